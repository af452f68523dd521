// INVENTORY: who holds and who owns which seat, in memory, so that a hold costs no disk. It really
// dies when it crashes; the next incarnation rebuilds its seats from the store, page by page, and
// is ready only then. It can never oversell: a hold is a promise of this memory alone, and the
// store refuses a second living purchase of a seat whatever INVENTORY believes.
//
// It also doubts itself, for its picture lives on words that may be lost or late:
//
//   comparing  Every period it reads some pages of the store's living seats and believes them,
//              except where a message came after the question. An owned seat that a whole round has
//              not named is free. This is what mends everything in the end (docs/adr/0010).
//   asking     A hold that nobody ended in time, and a refusal because a seat is taken, make it ask
//              for that one seat at once (one question at a time), so that a buyer who comes back
//              need not wait for the round.
#pragma once

#include "actors/clock.hpp"
#include "actors/options.hpp"
#include "actors/protocol.hpp"
#include "domain/seat_map.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace taquilla {

inventory_actor spawn_inventory(caf::actor_system& system, std::shared_ptr<const venue> plan,
                                inventory_options options, store_actor store,
                                duration_ms store_patience_ms);

}  // namespace taquilla
