// THEATRE: the whole box office on one actor system, put together. Production, virtual-time tests
// and the simulation call the same function and differ in what they hand in: the database, the
// clock's offset, whether STORE may have a thread of its own, where mail goes. Nothing below knows
// which it is.
//
//   SUPERVISOR
//   |- STORE (never restarted: its death is fail-stop)      |- EVENT FEED
//   |- INVENTORY   |- PAYMENT   |- NOTIFICATION             (each behind a door: chaos is there)
//   |- SETTLEMENT  |- MAIL RELAY                            (drain what is owed)
//   |- RESERVATION DESK -> RESERVATION, one a purchase
//   `- further children of the composition root (the GATEWAY)
#pragma once

#include "actors/clock.hpp"
#include "actors/door.hpp"
#include "actors/notification.hpp"
#include "actors/options.hpp"
#include "actors/protocol.hpp"
#include "domain/seat_map.hpp"
#include "store/database.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace taquilla {

/// One child of the SUPERVISOR.
struct child_spec {
  std::string name;                                     ///< "inventory", ...: logs, health, metrics
  std::function<caf::actor(caf::actor_system&)> start;  ///< a new incarnation
  door_actor door;                                      ///< null: nobody needs a stable handle
  bool vital = false;                                   ///< its death ends the process
  bool essential = false;                               ///< without it we are not ready
};

struct theatre_parts {
  theatre_options options;
  std::shared_ptr<const venue> plan;
  std::shared_ptr<database> base;
  bool store_has_own_thread = true;
  wall_clock wall;
  std::uint64_t seed = 0;               ///< of chaos rates and back-offs
  mail_transport* transport = nullptr;  ///< null: mails end in the mailbox
  /// A vital child died: nothing can be promised any more. Called once, on an actor's thread.
  std::function<void(const std::string& why)> on_fatal;
};

/// Handles that stay valid until the theatre is stopped.
struct theatre {
  supervisor_actor supervisor;
  store_actor store;
  desk_actor desk;
  inventory_actor inventory;
  payment_actor payment;
  notification_actor notification;
  event_feed_actor feed;
  std::vector<entrance> doors;  ///< stop them last, with `end_theatre`
};

/// Builds everything and starts nothing: send `start_children` to the supervisor.
/// @param more children that the composition root adds, started last and stopped first.
theatre build_theatre(caf::actor_system& system, theatre_parts parts,
                      const std::function<std::vector<child_spec>(const theatre&)>& more = {});

/// After `stop_children` was answered: lets the supervisor, the doors and the store go.
void end_theatre(theatre& what);

}  // namespace taquilla
