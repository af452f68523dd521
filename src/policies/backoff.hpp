// Exponential backoff with full jitter, the one piece of arithmetic that retries, the outbox and
// restarts share.
//
// Pure functions, safe from any thread. They know nothing about why somebody waits. Full jitter
// (anything between nothing and the ceiling) spreads a crowd of waiters best; the caller draws the
// random number, so a simulation with a fixed seed waits the same every time.
#pragma once

#include "policies/time.hpp"

namespace taquilla {

/// min(cap, base * 2^step), without overflow.
/// @param step doublings so far; below 0 counts as 0.
duration_ms backoff_ceiling(duration_ms base_ms, duration_ms cap_ms, int step);

/// A delay in [0, ceiling], uniform in `draw`.
/// @param draw in [0,1); values outside (and NaN) are clamped to the nearest end.
duration_ms full_jitter(duration_ms ceiling_ms, double draw);

/// How the outbox waits between deliveries of one message.
struct outbox_backoff {
  int attempts_max = 8;              ///< deliveries in all, before the message is dead; at least 1
  duration_ms base_ms = 1'000;       ///< ceiling of the first wait
  duration_ms cap_ms = 15 * 60'000;  ///< ceiling of every wait

  /// True when no further delivery is due.
  /// @param attempts deliveries tried so far.
  bool exhausted(int attempts) const { return attempts >= attempts_max; }

  /// The wait after the `attempts`-th failed delivery (1 = the first): full jitter under
  /// min(cap, base * 2^(attempts-1)).
  duration_ms delay_ms(int attempts, double draw) const;
};

}  // namespace taquilla
