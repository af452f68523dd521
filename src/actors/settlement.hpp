// SETTLEMENT: pays back what is owed. A failed purchase owes a void, a cancelled one a refund; both
// were written down in the transaction that made them due, and each is repeated here, under its
// reservation id, until PAYMENT has acknowledged it. That is why "charged without a ticket" cannot
// last.
#pragma once

#include "actors/clock.hpp"
#include "actors/options.hpp"
#include "actors/protocol.hpp"

#include <caf/actor_system.hpp>

namespace taquilla {

relay_actor spawn_settlement(caf::actor_system& system, settlement_options options,
                             duration_ms store_patience_ms, store_actor store,
                             payment_actor payment, wall_clock wall, std::uint64_t seed);

}  // namespace taquilla
