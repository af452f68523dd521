#include "gateway/http_server/connection.hpp"

#include "gateway/http_server/reactor.hpp"

#include <asio/buffer.hpp>
#include <asio/error.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace taquilla::gateway {

namespace {

// How often one event goes round before the others have their turn: a stream that always has more,
// with a client that always reads, would never end.
constexpr int turns_max = 16;

auto now() { return std::chrono::steady_clock::now(); }

}  // namespace

connection::connection(reactor& home, asio::ip::tcp::socket socket, listener at, std::string peer,
                       guest_list::place place)
    : home_{home},
      socket_{std::move(socket)},
      at_{at},
      peer_{std::move(peer)},
      place_{std::move(place)},
      framer_{home.options().framing} {}

// A client that connects and says nothing has the time of a head, not that of an idle connection
// which has proved itself by a request.
void connection::start() {
  input_due_ = now() + home_.options().head_timeout;
  pump();
}

// One read is under way whenever nothing is left over, beside a purchase too: so a client who goes
// is noticed, and an end of input always comes behind all that was sent before it. While nothing
// may be framed no more than one small buffer is read ahead; the rest is left in the kernel.
void connection::read() {
  const bool wanted = phase_ == phase::lingering ||
                      (phase_ == phase::serving &&
                       (stream_.is_open() || (input_ == input::open && leftover_.empty())));
  if (reading_ || !wanted) return;
  reading_ = true;
  socket_.async_read_some(asio::buffer(read_),
                          [self = shared_from_this()](const std::error_code& error, std::size_t n) {
                            self->reading_ = false;
                            if (self->phase_ != phase::gone) self->on_read(error, n);
                          });
}

// Most requests are whole in the buffer of their own connection; for the rest of a larger one there
// is a buffer that all share. (To wait and then read costs a system call more.)
void connection::on_read(const std::error_code& error, std::size_t bytes) {
  if (error == asio::error::eof) return end_of_input();
  if (error) return drop(false);
  auto& shared = home_.read_buffer();
  std::error_code none_or_end;  // an error shows again at the next read
  const bool all_here =
      bytes < read_.size() || (phase_ == phase::serving && !stream_.is_open() && !may_frame());
  const auto more = all_here ? 0 : socket_.read_some(asio::buffer(shared), none_or_end);
  if (phase_ == phase::lingering) return read();
  if (stream_.is_open() && stream_.overrun_by(bytes + more)) stream_.end(unsent_);
  if (input_ == input::open) leftover_.assign(read_.data(), bytes).append(shared.data(), more);
  pump();
}

// A half-closed client still gets what it asked for. For a stream, which has no end of its own, it
// is the way to say that it is enough: it ends in good order.
void connection::end_of_input() {
  input_ = input::ended;
  if (stream_.is_open()) stream_.end(unsent_);
  if (phase_ == phase::lingering || (pipeline_.empty() && unsent_.empty() && !next_))
    return drop(false);
  pump();
}

// While no read is under way (something is left over, or no more requests are wanted) a reset would
// go unnoticed: a client that went with answers unread. Only then, because a socket that waits for
// its error costs a system call for each read.
void connection::watch_for_reset() {
  if (phase_ != phase::serving || reading_ || watching_ || in_flight_ == 0) return;
  watching_ = true;
  socket_.async_wait(asio::ip::tcp::socket::wait_error,
                     [self = shared_from_this()](const std::error_code& error) {
                       self->watching_ = false;
                       if (!error && self->phase_ != phase::gone) self->on_exception();
                     });
}

// Urgent data wakes the watch as well, and would again: it means nothing here, and is thrown away.
void connection::on_exception() {
  std::error_code gone, none;
  socket_.remote_endpoint(gone);
  if (gone) return drop(false);
  char urgent = 0;
  socket_.receive(asio::buffer(&urgent, 1), asio::socket_base::message_out_of_band, none);
  if (!none) watch_for_reset();
}

// A request that has begun is read to its end; a new one is begun only below the limits, and not
// behind one that nothing may run beside: it would only be kept.
bool connection::may_frame() const {
  if (phase_ != phase::serving || input_ != input::open || next_ || stream_.is_open()) return false;
  if (framer_.now() == framer::state::expects_continue) return false;
  if (!framer_.idle()) return true;
  return pipeline_.may_join(true) && pipeline_.size() < home_.options().pipelined_max &&
         !owes_much();
}

// "100 Continue" comes behind the answers to all that was asked before, when the kernel has them,
// and only then the body's time begins: a client that waits for it could do nothing meanwhile.
bool connection::ask_for_body() {
  if (framer_.now() != framer::state::expects_continue) return false;
  if (phase_ != phase::serving || input_ != input::open || stream_.is_open() ||
      !pipeline_.empty() || !unsent_.empty())
    return false;
  unsent_.append("HTTP/1.1 100 Continue\r\n\r\n");
  framer_.go_on();
  input_due_ = now() + home_.options().body_timeout;
  return true;
}

bool connection::frame() {
  if (leftover_.empty() || !may_frame()) return false;
  auto bytes = std::exchange(leftover_, {});
  std::size_t at = 0;
  while (at < bytes.size() && may_frame()) {
    at += feed_framer(std::string_view{bytes}.substr(at));
    switch (framer_.now()) {
      case framer::state::reading:
      case framer::state::expects_continue:
        break;
      case framer::state::complete:
        next_ = framer_.take();
        next_->beside = home_.may_run_beside(next_->request);
        begin();
        break;
      case framer::state::failed:
        answer_last(home_.protocol_error(at_, framer_.error().status, framer_.error().detail));
    }
  }
  if (at < bytes.size() && input_ == input::open) leftover_ = std::move(bytes.erase(0, at));
  return true;
}

// Head and body have a deadline each, in total: a drip of bytes does not move it.
std::size_t connection::feed_framer(std::string_view bytes) {
  const bool was_idle = framer_.idle(), was_in_body = framer_.in_body();
  const auto consumed = framer_.feed(bytes);
  if (framer_.now() == framer::state::complete) return consumed;
  if (framer_.in_body() && !was_in_body)
    input_due_ = now() + home_.options().body_timeout;
  else if (was_idle)
    input_due_ = now() + home_.options().head_timeout;
  return consumed;
}

// One at a time is framed ahead: what is behind it stays bytes.
bool connection::begin() {
  if (!next_ || queued_ || stream_.is_open() || !pipeline_.may_join(next_->beside) || owes_much())
    return false;
  auto framed = std::move(*next_);
  next_.reset();
  pending_answer slot;
  slot.shape = {framed.request.method == "HEAD", framed.close, framed.http_1_0};
  slot.beside = framed.beside;
  const auto begun = slot.since = now();
  if (framed.close) close_input();
  resting_ = false;
  const auto ticket = pipeline_.push(std::move(slot));
  framed.request.at = at_;
  framed.request.peer = peer_;
  framed.request.client = weak_from_this();
  account();  // what it has held is the queue's now
  queued_ = home_.submit(*this, ticket, std::move(framed), begun);
  return true;
}

bool connection::owes_much() const {
  return unsent_.held() + pipeline_.parked_bytes() >= home_.options().connection_outbound_max;
}

void connection::answer(pipeline::ticket ticket, http_response response) {
  if (response.close) close_input();
  const auto stream = response.stream;
  const bool taken = phase_ != phase::gone && pipeline_.answer(ticket, std::move(response));
  if (!taken && stream) stream->closed();
}

void connection::fail(pipeline::ticket ticket, int status, const char* detail) {
  if (pipeline_.awaits(ticket)) answer(ticket, home_.unanswered(at_, status, detail));
}

// What was read is no request, or will not become one: the answer takes its place in line, and
// after it the connection ends.
void connection::answer_last(http_response last) {
  pending_answer slot;
  slot.shape = {next_ ? next_->request.method == "HEAD" : framer_.for_head(), true, false};
  slot.since = now();
  close_input();
  const auto ticket = pipeline_.push(std::move(slot));
  pipeline_.answer(ticket, std::move(last));
  forget_input();
}

// Swapped, not assigned: a string that an empty one is moved into keeps its memory.
void connection::forget_input() {
  framer fresh{home_.options().framing};
  std::swap(framer_, fresh);
  std::string{}.swap(leftover_);
  next_.reset();
}

// Later, because somebody else is being moved on just now. A stream is the last answer anyway.
void connection::give_way() {
  answer_last(home_.shed(at_, shed_reason::overloaded,
                         "Too much is being sent, and this came too slowly."));
  account();
  home_.pump_later(shared_from_this());
}

void connection::close_input() { input_ = std::max(input_, input::closed); }

// Memory may run out anywhere in here, and a stream's owner may throw: that costs this connection
// and no other.
void connection::pump() {
  try {
    move_on();
  } catch (const std::exception&) {
    drop(true);
  }
}

void connection::move_on() {
  bool moved = true;
  for (int turn = 0; moved && turn < turns_max; ++turn) {
    send();  // first, because it makes room
    if (phase_ == phase::serving && input_ != input::open && all_is_sent()) end_in_order();
    if (phase_ == phase::gone) return;
    moved = false;
    while (write_next() || begin() || ask_for_body() || frame()) moved = true;
  }
  if (phase_ == phase::gone) return;
  account();
  home_.make_room();
  if (phase_ == phase::gone) return;
  if (idle() && home_.draining()) end_in_order();
  if (phase_ == phase::gone) return;
  if (moved) home_.pump_later(shared_from_this());
  read();
  watch_for_reset();
  keep_deadlines();
}

}  // namespace taquilla::gateway
