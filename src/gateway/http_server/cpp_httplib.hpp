// cpp-httplib at work, on memory: it parses the request line, matches the route and writes the
// response. It never sees a socket, a header field or a body of the client: framing is
// done before it, and what it would make of fields (decoding values, ranges, compression,
// keep-alive) is what this server must not do (docs/http.md). cpp_httplib.cpp alone includes it.
// Neither class is shared between threads; each reactor has its own.
#pragma once

#include "gateway/http_server/framing.hpp"

#include <memory>
#include <string>
#include <vector>

namespace taquilla::gateway {

/// The longest path that any pattern is tried on. std::regex recurses once per character, so this
/// bounds its stack; no route is as long.
inline constexpr std::size_t matched_path_bytes_max = 256;

/// The routes of one listener.
class route_matcher {
 public:
  /// Keeps pointers into `routes`. Throws std::regex_error for a pattern that is none.
  route_matcher(const std::vector<route>& routes, listener at);
  ~route_matcher();

  /// The route of the request, or nullptr. Fills `captures` on a match.
  const route* match(framed_request& framed);
  /// The methods that have a route for `path`, sorted, HEAD beside GET.
  std::vector<std::string> allowed(const std::string& path) const;

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

/// How an answer goes on the wire, beyond what the application said.
struct answer_shape {
  bool head_only = false;  ///< the request was HEAD
  bool close = false;      ///< says `Connection: close`
  bool http_1_0 = false;   ///< a stream to such a client ends with the connection
};

class response_writer {
 public:
  response_writer();
  ~response_writer();

  /// The bytes of the response; of a stream, the head alone. Fields that belong to the connection
  /// (Connection, Keep-Alive, Content-Length, Transfer-Encoding) are this server's: those of
  /// `response` are dropped, as are fields with control characters.
  std::string write(http_response response, const answer_shape& shape);

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace taquilla::gateway
