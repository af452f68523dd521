// SUPERVISOR: starts the children in order, watches them, restarts what dies (one_for_one), and
// stops them in reverse order. How often a child may die is policies/restart_intensity: past that
// it stays down until the period is over, and is then tried again, because a box office that sells
// without mail is better than none. A child that is `vital` (STORE) is never restarted: its death
// is reported once to `on_fatal`, and the process ends.
//
//   starting --ready--> up --died--> restarting --back-off over--> starting
//      |  \not ready: killed, counts as died      \too often--> gave_up --period over--> starting
//      up --crash ordered--> down --recover--> starting          any --stop--> stopping --> gone
//
// The stop has two phases: every child is asked to leave, and killed when it has not left in time.
// Chaos orders come in here: `crash` and `panic` are deaths, so they are the supervisor's own
// business; every other kind is handed to the child's door.
#pragma once

#include "actors/theatre.hpp"

#include <caf/actor_system.hpp>

#include <map>
#include <string>
#include <vector>

namespace taquilla {

using heal_listener_actor = caf::typed_actor<caf::reacts_to<service_healed>>;

struct supervisor_parts {
  supervisor_options options;
  wall_clock wall;
  std::vector<child_spec> children;  ///< in starting order
  /// Who is told that a service is well again, by the service.
  std::map<std::string, std::vector<heal_listener_actor>> heal_listeners;
  event_feed_actor feed;
  std::function<void(const std::string&)> on_fatal;
};

supervisor_actor spawn_supervisor(caf::actor_system& system, supervisor_parts parts);

}  // namespace taquilla
