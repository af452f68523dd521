// PAYMENT: a card provider with a durable ledger of its own. It is idempotent by reservation:
// however often a charge is asked for, the money moves once. A void leaves a tombstone, so a charge
// that comes after its void (a late attempt, a delayed message) finds the door shut for ever.
//
// It keeps nothing in memory: every answer is the ledger's own, given straight to whoever asked;
// that of a charge perhaps ahead of the commit that takes in the whole purchase (docs/adr/0008). It
// may die at any moment and lose nothing but requests.
#pragma once

#include "actors/clock.hpp"
#include "actors/protocol.hpp"

#include <caf/actor_system.hpp>

namespace taquilla {

payment_actor spawn_payment(caf::actor_system& system, store_actor ledger, wall_clock wall);

}  // namespace taquilla
