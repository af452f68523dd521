// The table of exact answers (docs/http.md) as data: bytes a client sends, the statuses it gets,
// and what becomes of the connection. Every row runs against the framer and against a real server.
#pragma once

#include <string>
#include <vector>

namespace taquilla::gateway::testing {

enum class afterwards {
  kept,     ///< all requests are answered and the next one may follow
  closed,   ///< all requests are answered, then the server closes
  refused,  ///< the last status is the framer's verdict on the bytes; then the server closes
};

struct attack {
  std::string name;
  std::string bytes;
  std::vector<int> statuses;
  afterwards then;
};

const std::vector<attack>& attacks();

}  // namespace taquilla::gateway::testing
