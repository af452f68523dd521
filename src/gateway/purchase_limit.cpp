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

purchase_limit::state purchase_limit::state_of(const std::string& address, instant_ms now) const {
  const auto key = client_key(address);
  const std::lock_guard lock{mutex_};
  const auto& config = limiter_.config();
  if (!config.enabled) return {};
  // `peek` tells of the request that would come next, which lifts the excess by one request.
  constexpr std::int64_t one_request = 1000;
  const auto next = limiter_.peek(key, now);
  const auto excess = std::max<std::int64_t>(0, next.excess_milli - one_request);
  const auto room = std::max<std::int64_t>(0, config.burst * one_request - excess);
  const auto quota = config.burst + 1;
  const auto remaining = std::min(quota, room / one_request);
  const auto window_s = ceil_div(quota * one_request, config.rate_milli);
  const auto reset_s = ceil_div(excess, config.rate_milli);
  const auto left = std::to_string(remaining);
  return {{{"RateLimit-Policy",
            "\"reservations\";q=" + std::to_string(quota) + ";w=" + std::to_string(window_s)},
           {"RateLimit", "\"reservations\";r=" + left + ";t=" + std::to_string(reset_s)}},
          "excess_milli=" + std::to_string(excess) + " burst=" + std::to_string(config.burst) +
              " remaining=" + left};
}

limiter_counters purchase_limit::counters() const {
  const std::lock_guard lock{mutex_};
  return limiter_.counters();
}

}  // namespace taquilla::gateway
