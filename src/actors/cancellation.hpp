// CANCELLATION: one cancellation in flight. One transaction of the store turns the reservation,
// frees the seat, owes the refund and puts the mail in the outbox; afterwards INVENTORY is told,
// the relays are woken, and the buyer is answered. Should it die in between, nothing is lost: what
// is owed is in the store, and INVENTORY asks the store when somebody wants the seat.
#pragma once

#include "actors/reservation.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace taquilla {

using cancellation_actor = caf::typed_actor<caf::replies_to<cancel_reservation>::with<reservation>>;

cancellation_actor spawn_cancellation(caf::actor_system& system,
                                      std::shared_ptr<const reservation_world> world);

}  // namespace taquilla
