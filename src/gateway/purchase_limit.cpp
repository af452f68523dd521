#include "gateway/purchase_limit.hpp"

#include "policies/client_key.hpp"

#include <algorithm>

namespace taquilla::gateway {

namespace {

constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

limit_decision purchase_limit::decide(const std::string& address, instant_ms now) {
  const auto key = client_key(address);
  const std::lock_guard lock{mutex_};
  return limiter_.decide(key, now);
}

purchase_limit::allowance purchase_limit::left_by(const limit_decision& decision) const {
  if (decision.cause == limit_cause::disabled) return {};
  constexpr std::int64_t one_request = 1000;
  // A decision over the limit has the excess that the request would have left, had it been charged.
  const bool charged = decision.cause != limit_cause::over_limit;
  const auto excess =
      std::max<std::int64_t>(0, decision.excess_milli - (charged ? 0 : one_request));
  const auto room = std::max<std::int64_t>(0, config_.burst * one_request - excess);
  const auto quota = config_.burst + 1;
  const auto remaining = std::min(quota, room / one_request);
  const auto window_s = ceil_div(quota * one_request, config_.rate_milli);
  const auto reset_s = ceil_div(excess, config_.rate_milli);
  const auto left = std::to_string(remaining);
  return {{{"RateLimit-Policy",
            "\"reservations\";q=" + std::to_string(quota) + ";w=" + std::to_string(window_s)},
           {"RateLimit", "\"reservations\";r=" + left + ";t=" + std::to_string(reset_s)}},
          "excess_milli=" + std::to_string(excess) + " burst=" + std::to_string(config_.burst) +
              " remaining=" + left};
}

limiter_counters purchase_limit::counters() const {
  const std::lock_guard lock{mutex_};
  return limiter_.counters();
}

}  // namespace taquilla::gateway
