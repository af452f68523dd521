// Time as the policies see it: a number handed in by the caller.
//
// Every policy takes `now` as an argument and never reads a clock, so a test or a simulation can
// put a policy at any instant, replay a recorded run bit for bit, and ask what another
// configuration would have done. All instants given to one policy object must come from one
// monotonic source; what its zero means is the caller's business. Should the source step back all
// the same, each policy says in its own essay what it does about it.
#pragma once

#include <cstdint>
#include <limits>

namespace taquilla {

/// Milliseconds on one monotonic source.
using instant_ms = std::int64_t;

/// A length of time in milliseconds; negative only where a function says so.
using duration_ms = std::int64_t;

/// The instant that no run reaches: "no limit" for deadlines, "not before" for give-ups.
inline constexpr instant_ms instant_never = std::numeric_limits<instant_ms>::max();

/// `at + by`, saturating at `instant_never`, so that a huge wait cannot wrap into the past.
/// @param by must not be negative.
constexpr instant_ms later(instant_ms at, duration_ms by) {
  return at > instant_never - by ? instant_never : at + by;
}

}  // namespace taquilla
