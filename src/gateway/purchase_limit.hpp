// The rate limiter at the door of POST /api/reservations: one table for all listeners, one lock,
// one key per client address. It decides before the body is parsed (it is read by then), and turns
// its numbers into the fields that tell a client when to come back (RateLimit and RateLimit-Policy
// of the IETF httpapi draft, Retry-After of RFC 9110). Callable from any thread.
#pragma once

#include "gateway/http.hpp"
#include "policies/rate_limiter.hpp"

#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace taquilla::gateway {

class purchase_limit {
 public:
  /// What a client may still do.
  struct allowance {
    std::vector<std::pair<std::string, std::string>> fields;  ///< none while the limiter is off
    std::string evidence;  ///< the same numbers for a purchase's timeline; empty likewise
  };

  explicit purchase_limit(const rate_limiter_config& config) : config_(config), limiter_(config) {}

  /// Decides about one request of the client at `address`, and charges it if it passes.
  limit_decision decide(const std::string& address, instant_ms now);
  /// What a decision has left, as of its moment.
  allowance left_by(const limit_decision& decision) const;
  limiter_counters counters() const;

 private:
  const rate_limiter_config config_;
  mutable std::mutex mutex_;
  rate_limiter limiter_;
};

}  // namespace taquilla::gateway
