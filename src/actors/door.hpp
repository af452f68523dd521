// DOOR: what stands between a supervised actor and its peers. They keep one handle for ever, the
// door's DOORWAY (doorway.hpp); behind it incarnations come and go. While it is open and nothing is
// in the way, messages go past it; a closed one answers requests with the service's `unavailable`
// error at once, so that nobody waits for the dead; so does one whose service has died before it
// was told to close. What nobody says twice and finds it so is passed on once it opens: a wake-up
// (`something_due`), and the words that end a hold or a sale.
//
//   closed --open_door(child)--> open --close_door--> closed
//
// The door is also where chaos is played, so that no service knows of it: between the caller and
// the service a request can be delayed, refused, swallowed, or answered into the void after the
// work was done. Which messages chaos may touch is told by a `victim_finder`; looking (lists,
// health) is never disturbed. What a rule touches is counted, told to the event feed, and told to
// the purchase it touched, so that its timeline names the fault. The feed also hears of every rule
// that is set and of its end, be it by order, by a successor, by time or by count.
#pragma once

#include "actors/clock.hpp"
#include "actors/protocol.hpp"
#include "policies/chaos.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <functional>
#include <optional>
#include <string>

namespace taquilla {

/// What chaos needs to know of a message.
struct victim {
  bool may_be_delayed = false;
  bool may_be_hit = false;     ///< by the kinds that decide the answer
  bool asker_listens = false;  ///< wants to hear of faults (fault_touched)
  std::string key;             ///< names the request: "reservation 17"
  int attempt = 1;
  reservation_id id = 0;  ///< whose mail or money it is about, beyond the purchase that asks
  std::optional<chaos_kind> immune;  ///< makes no sense for this message
};
using victim_finder = std::function<victim(const caf::message&)>;

struct door_options {
  std::string service;                      ///< "inventory"
  errc unavailable = errc::internal_error;  ///< what a closed door says
  victim_finder find_victim;                ///< empty: chaos never touches this service
  std::uint64_t seed = 0;
  duration_ms lost_work_patience_ms = 60'000;  ///< how long a lost reply's work may still take
  std::size_t held_back_max = 10'000;  ///< messages behind a delay; one more, and the first goes
  std::size_t missed_max = 1'000;  ///< to be said once it opens; one more, and the first is lost
};

struct open_door {
  caf::actor child;
};
struct close_door {
  std::string reason;
};
struct set_rule {
  set_chaos what;
};
struct end_rules {};
struct show_rules {};
/// Whom to tell that a `crash` rule has touched its last request.
struct know_supervisor {
  supervisor_actor supervisor;
};

/// What the SUPERVISOR says to a door. Everybody else knows its doorway alone.
using door_actor =
    caf::typed_actor<caf::reacts_to<open_door>, caf::reacts_to<close_door>,
                     caf::reacts_to<know_supervisor>,
                     // Starts a rule of chaos. Errors: invalid_field.
                     caf::replies_to<set_rule>::with<chaos_report>, caf::reacts_to<end_rules>,
                     caf::replies_to<show_rules>::with<chaos_report>>;

/// A door, and the handle by which everybody but the supervisor knows what is behind it.
struct entrance {
  door_actor door;
  caf::actor way;
  std::string service;  ///< what is behind it
};

/// @param feed is told of every rule, and of every request that one touched; may be null.
entrance spawn_door(caf::actor_system& system, door_options options, wall_clock wall,
                    event_feed_actor feed);

TAQUILLA_MESSAGE(open_door, x.child)
TAQUILLA_MESSAGE(close_door, x.reason)
TAQUILLA_MESSAGE(set_rule, x.what)
TAQUILLA_EMPTY_MESSAGE(end_rules)
TAQUILLA_EMPTY_MESSAGE(show_rules)
TAQUILLA_MESSAGE(know_supervisor, x.supervisor)

// The victims of the three services of the original.
victim inventory_victim(const caf::message& what);
victim payment_victim(const caf::message& what);
victim notification_victim(const caf::message& what);

}  // namespace taquilla
