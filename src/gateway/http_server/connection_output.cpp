// What of a connection concerns output and the end.
#include "gateway/http_server/connection.hpp"
#include "gateway/http_server/platform.hpp"
#include "gateway/http_server/reactor.hpp"

#include <asio/buffer.hpp>

#include <algorithm>
#include <utility>

namespace taquilla::gateway {

namespace {

// Longer than a client may take nothing (gateway.http.write_timeout_ms as it comes).
constexpr std::chrono::milliseconds silence_max{30'000};

auto now() { return std::chrono::steady_clock::now(); }

}  // namespace

/// The answer whose turn it is, or what the stream has; false when there is neither.
bool connection::write_next() {
  if (phase_ != phase::serving) return false;
  if (stream_.is_open()) return stream_.pour(unsent_);
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

// The silent are limited here and not when they are accepted: the deadline of idle connections
// finds all others, and leaves what the kernel has for who is only slow.
void connection::open_stream(std::shared_ptr<byte_source> source, bool chunked, std::string first) {
  limit_silence(socket_.native_handle(), silence_max);
  stream_.open(std::move(source), chunked, std::move(first), unsent_);
  home_.watch(stream_.source(), *this, stream_.ringing());
  if (home_.draining() || input_ == input::ended) stream_.end(unsent_);
}

void connection::on_stream_ready() {
  stream_.heard();
  pump();
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
  return unsent_.empty() && pipeline_.empty() && !next_ && !stream_.is_open();
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

void connection::drain() {
  if (stream_.is_open()) stream_.end(unsent_);
  pump();
}

// Whole answers may still be on their way in the kernel, and a reset would throw them away. It is
// for an answer that has no end any more, so that its beginning passes for nothing else.
void connection::stop() {
  const bool cut = phase_ == phase::serving && (!unsent_.empty() || stream_.is_open());
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
  stream_.cut();
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
