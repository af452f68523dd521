// MAIL RELAY: brings every mail of the durable outbox to NOTIFICATION, oldest first, again and
// again until it is filed. The buyer never waits for it: his answer went out when the mail was in
// the outbox.
#pragma once

#include "actors/clock.hpp"
#include "actors/options.hpp"
#include "actors/protocol.hpp"

#include <caf/actor_system.hpp>

namespace taquilla {

relay_actor spawn_mail_relay(caf::actor_system& system, notification_options options,
                             duration_ms store_patience_ms, store_actor store,
                             notification_actor notification, event_feed_actor feed,
                             wall_clock wall, std::uint64_t seed);

}  // namespace taquilla
