// INVENTORY: who holds and who owns which seat, in memory, so that a hold costs no disk. It really
// dies when it crashes; the next incarnation rebuilds its seats from the store, page by page, and
// is ready only then. It can never oversell: a hold is a promise of this memory alone, and the
// store refuses a second living purchase of a seat whatever INVENTORY believes.
//
// It also doubts itself. A hold that nobody ended in time, and a refusal because a seat is sold,
// make it ask the store who lives there (one question at a time): a lost message costs a moment,
// not a seat.
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
