// Time for actors. Policies and deadlines use `now_ms`: the actor system's own clock, which is
// virtual in tests and in the simulation. People read `wall_ms`, which is the same clock moved by
// an offset that the composition root measured once. Nobody below main reads a real clock.
#pragma once

#include "domain/reservation.hpp"
#include "policies/time.hpp"

#include <caf/actor_clock.hpp>

#include <chrono>

namespace taquilla {

template <class Self>
instant_ms now_ms(Self* self) {
  using std::chrono::duration_cast;
  return duration_cast<std::chrono::milliseconds>(self->clock().now().time_since_epoch()).count();
}

/// Turns an instant of the actor clock into a time of day.
struct wall_clock {
  std::int64_t offset_ms = 0;

  wall_ms at(instant_ms now) const { return now + offset_ms; }
  instant_ms instant(wall_ms at) const { return at - offset_ms; }
};

}  // namespace taquilla
