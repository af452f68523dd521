// Words that the tests of the circuit breaker share.
// Short names for the steps of a story, so that a test reads as one.
#pragma once

#include "policies/circuit_breaker.hpp"

namespace taquilla {

/// Two failures trip, 1000 ms open, leases of 100 ms: short enough to follow by eye.
inline circuit_breaker_config small_breaker() {
  circuit_breaker_config config;
  config.failures = 2;
  config.open_ms = 1'000;
  config.open_ms_max = 8'000;
  config.lease_ms = 100;
  return config;
}

/// One admitted call that ends as told, at one instant.
inline breaker_report call(circuit_breaker& breaker, instant_ms now, breaker_outcome outcome) {
  return breaker.report(now, breaker.acquire(now).permit, outcome);
}

inline constexpr auto ok = breaker_outcome::success;
inline constexpr auto bad = breaker_outcome::failure;
inline constexpr auto neutral = breaker_outcome::neutral;

/// Trips a closed breaker by failures in a row.
inline void trip(circuit_breaker& breaker, instant_ms now) {
  for (int failure = 0; failure < breaker.config().failures; ++failure) call(breaker, now, bad);
}

}  // namespace taquilla
