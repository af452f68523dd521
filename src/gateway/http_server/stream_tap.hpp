// An answer without an end of its own (server-sent events) on its way to one client: what its
// source has is taken while there is room for it, in chunks for whoever speaks HTTP/1.1, until the
// source or the connection ends it. Knows no socket and no clock; on the thread of its reactor, but
// for the bell.
#pragma once

#include "gateway/http.hpp"
#include "gateway/http_server/unsent_bytes.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

namespace taquilla::gateway {

class stream_tap {
 public:
  /// True while a wake-up for the source is on its way: one is enough. Any thread.
  using bell = std::shared_ptr<std::atomic<bool>>;

  bool is_open() const { return source_ != nullptr; }
  byte_source& source() { return *source_; }
  const bell& ringing() const { return ringing_; }

  /// `first` goes before what the source has. Not chunked, the end of the connection is the end.
  void open(std::shared_ptr<byte_source> source, bool chunked, std::string first,
            unsent_bytes& out);
  /// The wake-up has come: the next one may be sent.
  void heard() {
    if (ringing_) *ringing_ = false;
  }
  /// Moves what the source has to `out`, as far as there is room, or its end. False: nothing moved.
  bool pour(unsent_bytes& out);
  /// Ends it in good order, now.
  void end(unsent_bytes& out);
  /// Ends it where it is, if it is open.
  void cut();
  /// Notes what the client has sent behind its request, where nobody will read it. True: it is more
  /// than is put up with.
  bool overrun_by(std::size_t bytes);

 private:
  void append(std::string&& bytes, unsent_bytes& out);

  std::shared_ptr<byte_source> source_;
  bell ringing_;
  bool chunked_ = false;
  std::size_t overrun_ = 0;
};

}  // namespace taquilla::gateway
