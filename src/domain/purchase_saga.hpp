// The whole life of one purchase as a pure table: on(stage, event) -> {stage, effects}.
//
//  holding -seat_held-> recording -recorded-> charging -charged-> confirming -confirmed-> closed
//     |seat_yours            |already yours        |  ^   \declined        |refused
//     v                      v                     v  |    v               v
//  checking_key -------> replaying             deciding  failing <---------+
//                                                 |granted  |failed
//  reconciling (after a restart: was it charged?) v         v
//     |yes -> confirming   |no -> failing      waiting    closed
//
// The table knows neither actors nor clocks: the RESERVATION actor feeds it events and performs
// the effects it answers with. Three rules shape it. What failed on the way is compensated before
// the buyer is told no. A silent part leaves the outcome unknown, never "no": a silent store is
// asked again, for its commands are idempotent. And a late or repeated event changes nothing (the
// last row).
#pragma once

#include "domain/error.hpp"
#include "domain/reservation.hpp"

#include <string>
#include <variant>
#include <vector>

namespace taquilla::saga {

// clang-format off
// -- events: what the other parts said ----------------------------------------------------------

struct seat_held {};                                  ///< INVENTORY: it is yours for now
struct seat_yours { reservation_id id = 0; };         ///< INVENTORY or STORE: you have it already
struct refused { error why; };                        ///< a definite no of whoever was asked
struct unheard { error why; };                        ///< deadline or death: the outcome is unknown
struct recorded { reservation_id id = 0; };           ///< STORE: written down, pending
struct charged {};                                    ///< PAYMENT: the money is there
struct not_charged {};                                ///< PAYMENT, asked again: nothing is known of it
struct retry_granted { std::int64_t after_ms = 0; };  ///< retry policy: once more, after a wait
struct retry_denied {};                               ///< retry policy: enough
struct wait_over {};
struct confirmed {};                                  ///< STORE: sold, mail in the outbox
struct failed {};                                     ///< STORE: failed, seat free, void owed
struct key_free {};                                   ///< STORE: the key is nobody's, or ours
struct key_taken {};                                  ///< STORE: the key belongs to another purchase
struct answer_found {};                               ///< STORE: confirmed, and the same purchase
struct answer_pending {};                             ///< STORE: the same purchase, still open
struct answer_stale {};                               ///< STORE: ours, and it has ended
struct deadline_passed {};                            ///< the buyer's patience is over

using event = std::variant<seat_held, seat_yours, refused, unheard, recorded, charged, not_charged,
                           retry_granted, retry_denied, wait_over, confirmed, failed, key_free,
                           key_taken, answer_found, answer_pending, answer_stale, deadline_passed>;

// -- stages ----------------------------------------------------------------------------------------

struct holding {};                                    ///< waits for INVENTORY
struct checking_key { reservation_id yours = 0; };    ///< waits for STORE: whose key? 0: seat is taken
struct replaying { reservation_id id = 0; };          ///< waits for STORE: the stored answer
struct recording { int tries = 1; };                  ///< waits for STORE
struct charging { reservation_id id = 0; int attempt = 1; };  ///< waits for PAYMENT
struct deciding { reservation_id id = 0; int attempt = 1; error last; };  ///< waits for the policy
struct waiting { reservation_id id = 0; int attempt = 1; };   ///< between two attempts
struct reconciling { reservation_id id = 0; int tries = 1; };  ///< after a restart: waits for PAYMENT
struct confirming { reservation_id id = 0; int tries = 1; };   ///< waits for STORE
struct failing { reservation_id id = 0; error why; int tries = 1; };  ///< waits for STORE
struct closed {};                                     ///< answered; nothing left to do

using stage = std::variant<holding, checking_key, replaying, recording, charging, deciding, waiting,
                           reconciling, confirming, failing, closed>;

// -- effects: what the RESERVATION actor must do ------------------------------------------------

struct hold_seat {};
struct release_seat { reservation_id ended = 0; };    ///< give the hold back; `ended`: this row is over
struct sell_seat { reservation_id id = 0; };          ///< tell INVENTORY that the hold became a sale
struct recheck_seat {};                               ///< INVENTORY's picture differs from the store's
struct look_up_key {};                                ///< is it another purchase's?
struct bind_key {};                                   ///< to the purchase that was made before
struct read_answer { reservation_id id = 0; };
struct record_purchase {};
struct charge_card { reservation_id id = 0; int attempt = 1; };
struct ask_for_retry { int attempt = 1; error last; };
struct wait { std::int64_t ms = 0; };
struct find_charge { reservation_id id = 0; };
struct confirm_purchase { reservation_id id = 0; };
struct fail_purchase { reservation_id id = 0; error why; };
struct announce_mail {};                              ///< the outbox has something new
struct announce_settlement {};                        ///< a void is owed
struct accept { reservation_id id = 0; bool replayed = false; };  ///< answer the buyer: yes
struct decline { error why; };                        ///< answer the buyer: no

using effect = std::variant<hold_seat, release_seat, sell_seat, recheck_seat, look_up_key,
                            bind_key, read_answer, record_purchase, charge_card, ask_for_retry, wait,
                            find_charge, confirm_purchase, fail_purchase, announce_mail,
                            announce_settlement, accept, decline>;

// clang-format on

struct transition {
  stage next;
  std::vector<effect> effects;
};

/// How often a silent STORE (or, after a restart, PAYMENT) is asked the same thing before the
/// purchase is left to the desk's sweep. Its commands are idempotent, so asking again is safe.
inline constexpr int tries_max = 5;

struct settings {
  bool has_key = false;  ///< the buyer sent an Idempotency-Key
};

/// First step of a new purchase, and of one that a restart or a lost answer left pending.
transition begin();
transition resume(reservation_id id);

/// The table. Total: every stage accepts every event.
transition step(const settings& how, const stage& now, const event& what);

/// Names for timelines, traces and the golden matrix.
const char* name_of(const stage& which);
const char* name_of(const event& which);
const char* name_of(const effect& which);

}  // namespace taquilla::saga
