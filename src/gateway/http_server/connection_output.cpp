// The half of a connection that concerns output, deadlines and the end; connection.cpp has the
// rest.
#include "gateway/http_server/connection.hpp"
#include "gateway/http_server/reactor.hpp"

#include <asio/buffer.hpp>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace taquilla::gateway {

namespace {

// Unsent bytes of a stream above which nothing more is taken from it: enough for the socket to be
// busy, little enough that the bound of the owner stays the one that counts.
constexpr std::size_t stream_unsent_max = 64 * 1024;

auto now() { return std::chrono::steady_clock::now(); }

}  // namespace

/// The answer whose turn it is, or what the stream has; false when there is neither.
bool connection::write_next() {
  if (phase_ != phase::serving) return false;
  if (stream_) return take_from_stream();
  if (!pipeline_.front_ready()) return false;
  auto slot = pipeline_.pop();
  auto stream = slot.response->stream;
  const int status = slot.response->status;
  const bool streams = stream && !slot.shape.head_only && status != 204 && status != 304;
  // Who follows a stream is not kept waiting for what he asks behind it: that is not taken at all.
  const bool last = streams || (home_.leaving() && !next_ && pipeline_.empty());
  slot.shape.close = slot.shape.close || slot.response->close || last;
  if (slot.shape.close) take_no_more();
  auto first = stream ? std::move(slot.response->body) : std::string{};
  unsent_.adopt(home_.write(std::move(*slot.response), slot.shape));
  if (streams)
    open_stream(std::move(stream), !slot.shape.http_1_0, std::move(first));
  else if (stream)
    stream->closed();
  return true;
}

// The answer that says so is written: nothing that was sent behind its request is one any more.
void connection::take_no_more() {
  close_input();
  forget_input();
  discard_pipeline();
}

void connection::discard_pipeline() {
  while (!pipeline_.empty()) {
    auto slot = pipeline_.pop();
    if (slot.response) discard(*slot.response);
  }
}

void connection::open_stream(std::shared_ptr<byte_source> source, bool chunked, std::string first) {
  stream_ = std::move(source);
  stream_chunked_ = chunked;
  append_chunk(std::move(first));
  bell_ = std::make_shared<std::atomic<bool>>(false);
  home_.watch(*stream_, *this, bell_);
  if (home_.draining() || input_ == input::ended) end_stream();
}

void connection::on_stream_ready() {
  if (bell_) *bell_ = false;
  pump();
}

bool connection::take_from_stream() {
  if (unsent_.size() >= stream_unsent_max) return false;
  auto bytes = stream_->take(stream_unsent_max - unsent_.size());
  if (bytes.empty()) {
    if (!stream_->finished()) return false;
    end_stream();
    return true;
  }
  append_chunk(std::move(bytes));
  return true;
}

void connection::append_chunk(std::string&& bytes) {
  if (bytes.empty()) return;
  if (!stream_chunked_) return unsent_.adopt(std::move(bytes));
  char size[20];
  const int digits = std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  unsent_.append(std::string_view{size, static_cast<std::size_t>(digits)});
  unsent_.append(std::string_view{bytes});
  unsent_.append("\r\n");
}

void connection::end_stream() {
  if (stream_chunked_) unsent_.append("0\r\n\r\n");
  std::exchange(stream_, nullptr)->closed();
}

void connection::send() {
  while (!unsent_.empty() && !writing_) {
    std::error_code error;
    const auto bytes = unsent_.pending();
    const auto n = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), error);
    if (error == asio::error::would_block || error == asio::error::try_again) {
      await_writable();
    } else if (error) {
      return drop(false);
    } else {
      unsent_.sent(n);
      home_.outbound().note_progress(outbound_, this);
    }
  }
  note_output();
}

bool connection::all_is_sent() const {
  return unsent_.empty() && pipeline_.empty() && !next_ && !stream_;
}

// The deadline holds for what is unsent now; what is appended meanwhile gets its own afterwards.
void connection::note_output() {
  if (unsent_.empty() || unsent_.total_sent() < output_mark_) return;
  output_mark_ = unsent_.total_appended();
  output_due_ = now() + home_.options().write_timeout;
}

void connection::await_writable() {
  writing_ = true;
  socket_.async_wait(asio::ip::tcp::socket::wait_write,
                     [self = shared_from_this()](const std::error_code& error) {
                       self->writing_ = false;
                       if (self->phase_ == phase::gone) return;
                       if (error) return self->drop(false);
                       self->pump();
                     });
}

// To close a socket with input unread, or that gets some later, resets it, and the reset may
// overtake an answer that the kernel has still to deliver: so the end is announced, and what the
// client sends is read and thrown away until it ends as well, or for a while.
void connection::end_in_order() {
  const bool nothing_to_lose = input_ == input::ended || unsent_.total_sent() == 0;
  if (nothing_to_lose) return drop(false);
  std::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  phase_ = phase::lingering;
  linger_due_ = now() + home_.options().linger_timeout;
}

/// Tells what it holds, and how many it waits for.
void connection::account() {
  const auto in_flight = pipeline_.unanswered();
  if (in_flight != in_flight_) home_.counters().in_flight += in_flight - in_flight_;
  in_flight_ = in_flight;
  home_.inbound().set(inbound_, this,
                      framer_.held() + memory_of(leftover_) + (next_ ? memory_of(*next_) : 0));
  home_.outbound().set(outbound_, this, unsent_.held() + pipeline_.parked_bytes());
}

bool connection::idle() const {
  return phase_ == phase::serving && framer_.idle() && leftover_.empty() && all_is_sent();
}

void connection::keep_deadlines() {
  const bool rests = idle();
  if (rests && !resting_) {
    input_due_ = now() + home_.options().idle_timeout;
    home_.resting().join(rest_, this);
    home_.retire_resting();
  }
  if (!rests) home_.resting().leave(rest_);
  resting_ = rests;
  if (const auto next = next_deadline()) home_.wake_at(*this, alarm_, *next);
}

std::optional<connection::time_point> connection::next_deadline() const {
  if (phase_ == phase::lingering) return linger_due_;
  std::optional<time_point> next;
  const auto consider = [&next](time_point when) { next = next ? std::min(*next, when) : when; };
  if (!unsent_.empty()) consider(output_due_);
  if (const auto oldest = pipeline_.oldest_unanswered())
    consider(oldest->second + home_.options().answer_timeout);
  if (awaits_rest() || (idle() && input_ == input::open)) consider(input_due_);
  return next;
}

void connection::on_alarm(time_point now) {
  home_.cancel_alarm(alarm_);
  if (phase_ == phase::lingering && now >= linger_due_) return drop(false);
  if (phase_ == phase::serving && !unsent_.empty() && now >= output_due_) return cut_off();
  const auto oldest = pipeline_.oldest_unanswered();
  if (oldest && now >= oldest->second + home_.options().answer_timeout)
    fail(oldest->first, 504, "The request was not answered in time.");
  if (idle() && now >= input_due_) end_in_order();
  if (awaits_rest() && now >= input_due_)
    answer_last(home_.protocol_error(at_, 408, "The request did not arrive in time."));
  pump();
}

void connection::drain() {
  if (stream_) end_stream();
  pump();
}

// Whole answers may still be on their way in the kernel, and a reset would throw them away. It is
// for an answer that has no end any more, so that its beginning passes for nothing else.
void connection::stop() {
  const bool cut = phase_ == phase::serving && (!unsent_.empty() || stream_);
  drop(cut);
}

// At once, because its place is to be free at once: its last answer has been with the kernel since
// it came to rest. It stays when its next request is here already.
void connection::retire() {
  std::error_code ignored;
  if (socket_.available(ignored) > 0) return home_.resting().leave(rest_);
  ++home_.counters().retired;
  drop(false);
}

void connection::cut_off() {
  ++home_.counters().resets;
  drop(true);
}

void connection::drop(bool reset) {
  if (phase_ == phase::gone) return;
  phase_ = phase::gone;
  input_ = input::ended;
  std::error_code ignored;
  if (reset) socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
  socket_.close(ignored);
  if (stream_) std::exchange(stream_, nullptr)->closed();
  discard_pipeline();
  forget_input();
  unsent_ = {};
  account();
  home_.resting().leave(rest_);
  place_.give_up();
  home_.cancel_alarm(alarm_);
  home_.forget(shared_from_this());
}

}  // namespace taquilla::gateway
