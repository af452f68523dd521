// Turns the bytes of a connection into requests, one after the other, before anything else looks at
// them. Incremental and pure: no socket, no clock, no library. The same bytes give the same
// requests and the same error however they are cut into reads. After an error the stream cannot be
// trusted any more and the framer takes nothing further: the connection is to be closed.
#pragma once

#include "gateway/http_server/body_reader.hpp"
#include "gateway/http_server/framing.hpp"
#include "gateway/http_server/head_reader.hpp"

#include <cstddef>
#include <string_view>

namespace taquilla::gateway {

class framer {
 public:
  enum class state {
    reading,           ///< needs more bytes
    expects_continue,  ///< head is right, the client waits for "100 Continue": call `go_on`
    complete,          ///< `take` the request
    failed,            ///< `error` says why
  };

  explicit framer(const framing_limits& limits) : limits_{limits}, head_{limits} {}

  /// Consumes from the front until the state is no longer `reading`; returns the bytes consumed.
  std::size_t feed(std::string_view bytes);

  state now() const { return state_; }
  /// No byte of a request has been seen since the last one was taken.
  bool idle() const { return state_ == state::reading && !in_body_ && head_.untouched(); }
  bool in_body() const { return in_body_; }
  /// Memory of what has been read of a request that is not complete.
  std::size_t held() const { return head_.held(); }
  const framing_error& error() const { return error_; }
  /// What has been read so far belongs to a HEAD request: an answer to it has no body.
  bool for_head() { return head_.head().request.method == "HEAD"; }

  /// After `expects_continue`: reads the body.
  void go_on();
  /// After `complete`: the request; the framer is ready for the next one.
  framed_request take();

 private:
  void end_head();
  void fail(const framing_error& error);

  framing_limits limits_;
  head_reader head_;
  body_reader body_ = body_reader::of_length(0);
  bool in_body_ = false;
  state state_ = state::reading;
  framing_error error_;
};

}  // namespace taquilla::gateway
