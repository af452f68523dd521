// What framing hands on: the request that was read, or the reason why it was none. Plain values,
// shared by the readers of head and body, by the rules and by the reactor. No sockets.
#pragma once

#include "gateway/http.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace taquilla::gateway {

/// Why bytes are no request: a status of the table in docs/http.md and one English sentence.
struct framing_error {
  int status = 0;
  const char* detail = "";
};

/// A request whose every byte was judged. `request` lacks listener, peer and captures.
struct framed_request {
  http_request request;
  std::string target;         ///< origin-form as sent ("/a%20b?c=d"), or "*"
  bool http_1_0 = false;      ///< otherwise 1.1
  bool close = false;         ///< it ends after the answer: wanted, or HTTP/1.0, or CONNECT
  bool beside = false;        ///< may run beside others of its connection
  bool method_known = false;  ///< false: answered 501
};

/// Memory beside the object itself, as it was allocated.
std::size_t memory_of(const std::string& text);
std::size_t memory_of(const framed_request& framed);

}  // namespace taquilla::gateway
