// The requests of one connection that are not answered on the wire yet, in the order they came:
// whatever order the answers become ready in, they leave in this one. Pure bookkeeping, one thread.
#pragma once

#include "gateway/http.hpp"
#include "gateway/http_server/cpp_httplib.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace taquilla::gateway {

struct pending_answer {
  answer_shape shape;
  bool beside = false;  ///< may run beside others of this kind: GET, HEAD, OPTIONS, no long answer
  std::chrono::steady_clock::time_point since{};
  std::optional<http_response> response;  ///< set once it is ready
};

class pipeline {
 public:
  using ticket = std::uint64_t;

  ticket push(pending_answer slot);
  /// Stores the answer; false when that ticket was answered before or is unknown.
  bool answer(ticket which, http_response response);
  bool awaits(ticket which) const;
  /// RFC 9112, 9.3.2: only such requests run side by side; any other one runs alone.
  bool may_join(bool beside) const;
  bool front_ready() const;
  pending_answer pop();

  bool empty() const { return slots_.empty(); }
  std::size_t size() const { return slots_.size(); }
  std::size_t unanswered() const;
  /// Memory of answers that are ready and wait for an earlier one.
  std::size_t parked_bytes() const;
  /// The oldest request without an answer and when it began; nothing when all are ready.
  std::optional<std::pair<ticket, std::chrono::steady_clock::time_point>> oldest_unanswered() const;

 private:
  std::vector<pending_answer> slots_;
  ticket first_ = 0;
};

}  // namespace taquilla::gateway
