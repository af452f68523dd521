// RESERVATION: one purchase in flight. The actor is a shell around domain/purchase_saga.hpp: it
// performs the effects of the table and feeds the answers back as events, and it keeps the
// timeline. It lives from the buyer's request to his answer; what must outlive it (the purchase,
// what is owed, the mail) is in the store before the answer goes out.
//
// No step waits longer than its own patience or what is left of the purchase's deadline, so a
// purchase always ends. A RESERVATION that dies leaves a pending row, which the desk's sweep
// resumes.
#pragma once

#include "actors/clock.hpp"
#include "actors/options.hpp"
#include "actors/protocol.hpp"

#include <caf/actor_system.hpp>

#include <memory>
#include <string>

namespace taquilla {

/// Whom a RESERVATION talks to. One per desk incarnation, shared by all its purchases.
struct reservation_world {
  theatre_options options;
  wall_clock wall;
  wall_ms started_at = 0;  ///< of this process: older pending rows are nobody's any more
  desk_actor desk;
  inventory_actor inventory;
  payment_actor payment;
  store_actor store;
  relay_actor settlement, mail_relay;
  event_feed_actor feed;
};

/// One purchase, as the desk hands it over.
struct purchase_ticket {
  purchase_order order;
  std::uint64_t identity = 0;    ///< of the order
  std::uint64_t token = 0;       ///< names the purchase among all that this desk ever ran
  breaker_permit permit;         ///< of the breaker in front of INVENTORY
  std::string breaker_evidence;  ///< the numbers that let it pass
  reservation_id resumes = 0;    ///< != 0: a pending row that a death left behind
  std::uint64_t hold = 0;        ///< token of its hold: its own, or that of whom it resumes
};

reservation_actor spawn_reservation(caf::actor_system& system,
                                    std::shared_ptr<const reservation_world> world,
                                    purchase_ticket ticket);

}  // namespace taquilla
