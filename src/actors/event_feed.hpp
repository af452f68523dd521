// EVENT FEED: what happened, in order, for whoever wants to watch: the live console, the log,
// tests. It keeps the last `kept_max` events and numbers all of them, so that a follower who comes
// late or loses some can tell. Nobody waits for it and nothing depends on it: it may die and be
// restarted with an empty memory (the numbers then start above every number given before).
#pragma once

#include "actors/clock.hpp"
#include "actors/options.hpp"
#include "actors/protocol.hpp"

#include <caf/actor_system.hpp>

namespace taquilla {

event_feed_actor spawn_event_feed(caf::actor_system& system, event_feed_options options,
                                  wall_clock wall);

}  // namespace taquilla
