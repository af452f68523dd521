// LOG FOLLOWER: turns what the EVENT FEED tells into lines of the log book. It follows the feed
// from its first event on, finds out by itself when a restarted feed has forgotten it, and catches
// up from what the feed still keeps. Steps of purchases are the only lines that load can multiply,
// so they are limited per second; what is left out is counted and said. One actor; nobody depends
// on it.
#pragma once

#include "actors/protocol.hpp"
#include "app/log_book.hpp"

#include <caf/actor_system.hpp>

namespace taquilla::app {

/// @param feed must be serving. @param book must outlive the actor system.
caf::actor spawn_log_follower(caf::actor_system& system, event_feed_actor feed, log_book& book,
                              log_options options);

/// After what it was already sent; an exit message would overtake that.
void end_log_follower(const caf::actor& follower);

/// How loud an event is, and whose. Pure.
log_line line_of(const feed_event& event);
/// True for the steps of purchases: the lines that load multiplies.
bool is_purchase_step(const happened& what);

}  // namespace taquilla::app
