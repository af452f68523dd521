// RESERVATION DESK: where purchases come in. It spawns one RESERVATION per purchase, knows all that
// are in flight, answers the buyers, and keeps what purchases share: the circuit breaker in front
// of INVENTORY, the retry budget of PAYMENT, the limit of purchases in flight.
//
//   same purchase in flight         -> joins it, gets its answer          (at most joiners_max)
//   same Idempotency-Key in flight  -> 409; with another body 422
//   breaker open                    -> 503, Retry-After = when the next probe may pass
//   too many in flight, draining    -> 503
//
// Its sweep resumes purchases that a death or a lost answer left pending, so nothing stays open.
#pragma once

#include "actors/reservation.hpp"

#include <caf/actor_system.hpp>

namespace taquilla {

/// @param world without its `desk`: every incarnation fills in itself.
desk_actor spawn_reservation_desk(caf::actor_system& system, reservation_world world);

}  // namespace taquilla
