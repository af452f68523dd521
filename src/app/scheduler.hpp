// The scheduler of the real box office: CAF's work sharing, with a cheaper clock.
//
// WHY   Every request here has a deadline, and nearly every one is answered long before it. CAF
//       0.17.6 hands each timer and each cancellation to a clock thread through a queue, which
//       costs several times the request itself. This clock keeps the timers under a mutex: setting
//       and cancelling are a map operation on the caller's thread, and the clock's thread wakes
//       only when something is really due. Deadlines are as exact as before.
//
// The simulation loads its own module instead; the actors cannot tell.
#pragma once

#include <caf/actor_system_config.hpp>

namespace taquilla {

/// Once per configuration, before its system is made.
void use_box_office_scheduler(caf::actor_system_config& config);

}  // namespace taquilla
