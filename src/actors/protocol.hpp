// Every message and every typed interface of the box office, in one place. Who says what to whom:
//
//   FRONT DESK --purchase_order--> RESERVATION DESK --spawns--> RESERVATION (one a purchase)
//   RESERVATION --hold_seat--> INVENTORY      RESERVATION --charge_card--> PAYMENT
//   RESERVATION --record/confirm/fail--> STORE
//   SETTLEMENT --void/refund--> PAYMENT       MAIL RELAY --send_mail--> NOTIFICATION
//   everybody --happened--> EVENT FEED        SUPERVISOR starts, watches, restarts, stops them all
//
// INVENTORY, PAYMENT, NOTIFICATION and the DESK are reached through a door (door.hpp): a handle
// that stays the same while incarnations come and go. Requests are imperatives, facts are in the
// past tense, refusals travel as CAF errors of category `taquilla` (errors.def). Messages marked
// INTERNAL an actor sends to itself. Times: `*_ms` of clock() where nothing else is said, wall_ms
// for people.
#pragma once

#include "domain/error.hpp"
#include "domain/reservation.hpp"
#include "policies/circuit_breaker_config.hpp"
#include "store/commands.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/typed_actor.hpp>

#include <string>
#include <vector>

// Fixed here, at global scope as CAF wants it: an errc becomes a caf::error of this category.
CAF_ERROR_CODE_ENUM(taquilla::errc, "taquilla")

namespace taquilla {

// -- life of every supervised actor ------------------------------------------------------------

/// Answered once the actor can serve; an error is a failed start.
struct report_ready {};
struct child_ready {};

// -- INVENTORY ------------------------------------------------------------------------------------

struct hold_seat {
  std::string event;
  seat_id seat;
  std::uint64_t identity = 0;
  std::uint64_t token = 0;  ///< names this hold
};
struct hold_answer {
  reservation_id yours = 0;  ///< 0: held for you now; else the seat is already this purchase's
};
/// Gives the hold of `token` back (0: there was none), and forgets the purchase `id` (0: likewise).
struct release_seat {
  std::string event;
  seat_id seat;
  std::uint64_t token = 0;
  reservation_id id = 0;
};
struct seat_released {};
struct sell_seat {
  std::string event;
  seat_id seat;
  std::uint64_t identity = 0;
  reservation_id id = 0;
  std::uint64_t token = 0;  ///< of the hold that it ends
};
/// Somebody saw a difference between INVENTORY's picture of a seat and the store's.
struct recheck_seat {
  std::string event;
  seat_id seat;
};
struct list_seats {
  std::string event;
  std::string after;  ///< seat as text; empty: from the beginning
  std::uint32_t limit = 1000;
};
struct seat_line {
  seat_id seat;
  seat_state state = seat_state::free;
  std::int64_t held_for_ms = 0;
};
struct seat_page {
  std::vector<seat_line> seats;
};
struct list_events {};
struct event_line {
  std::string id, name;
  std::uint64_t seats = 0, held = 0, sold = 0;
};
struct event_list {
  std::vector<event_line> events;
};
struct check_holds {};  ///< INTERNAL: whose time is over?

using inventory_actor = caf::typed_actor<
    // Holds a seat for a purchase. Errors: unknown_event, unknown_seat, seat_taken.
    caf::replies_to<hold_seat>::with<hold_answer>,
    // Frees a hold, or a sale that was cancelled.
    caf::replies_to<release_seat>::with<seat_released>,
    // The store has confirmed the purchase: the hold is a sale now.
    caf::reacts_to<sell_seat>,
    // Asks the store who lives on a seat and believes it.
    caf::reacts_to<recheck_seat>, caf::replies_to<list_seats>::with<seat_page>,
    caf::replies_to<list_events>::with<event_list>,
    caf::replies_to<report_ready>::with<child_ready>, caf::reacts_to<check_holds>>;

// -- PAYMENT --------------------------------------------------------------------------------------

struct charge_card {
  reservation_id id = 0;  ///< the idempotency key of all attempts
  money amount;
  int attempt = 1;
};
struct void_payment {
  reservation_id id = 0;
};
struct refund_payment {
  reservation_id id = 0;
};
struct find_payment {
  reservation_id id = 0;
};

using payment_actor = caf::typed_actor<
    // Charges once per reservation, however often it is asked. Errors: payment_declined,
    // charge_voided.
    caf::replies_to<charge_card>::with<charge_record>,
    // Leaves a tombstone: what was voided can never be charged.
    caf::replies_to<void_payment>::with<charge_record>,
    caf::replies_to<refund_payment>::with<charge_record>,
    caf::replies_to<find_payment>::with<charge_record>,
    caf::replies_to<report_ready>::with<child_ready>>;

// -- NOTIFICATION -----------------------------------------------------------------------------

struct send_mail {
  mail what;
  std::uint64_t era = 0;  ///< of the asker; it is over when the service is healed
};
struct transport_answered {  ///< INTERNAL: the SMTP server took the mail, or did not
  std::string message_id;
  error why;  ///< code none: it took it
};

using notification_actor = caf::typed_actor<
    // Delivers a mail, once by message id. Errors: mail_undeliverable (for good, says this era),
    // mail_bounced, notification_unavailable.
    caf::replies_to<send_mail>::with<mail_filed>, caf::replies_to<report_ready>::with<child_ready>,
    caf::reacts_to<transport_answered>>;

// -- relays of what is owed -------------------------------------------------------------------

struct something_due {};  ///< the store has new work for a relay
struct look_again {};     ///< INTERNAL: a wait is over
/// The supervisor has seen a service come back: whoever waits for it need not wait any longer.
struct service_healed {
  std::string service;  ///< "inventory", "payment", "notification"
};

/// A door tells whom an injected fault touched, so that the timeline can name it.
struct fault_touched {
  std::string fault_id;  ///< e.g. "payment#3"
  std::string kind;
  reservation_id id = 0;  ///< whose mail or money; 0: the purchase that is told
};

/// SETTLEMENT and MAIL RELAY: drain a durable queue of the store, each item until it is
/// acknowledged.
using relay_actor =
    caf::typed_actor<caf::reacts_to<something_due>, caf::reacts_to<service_healed>,
                     caf::reacts_to<fault_touched>,
                     caf::replies_to<report_ready>::with<child_ready>, caf::reacts_to<look_again>>;

// -- STORE ------------------------------------------------------------------------------------

struct flush_batch {};  ///< INTERNAL: behind the backlog, so the batch is as large as it gets
struct commit_due {};   ///< INTERNAL: a transaction may have been open for long enough

using store_actor = caf::typed_actor<
    // Writes (store/commands.hpp): answered after the commit that made them durable, all but
    // "recorded" and "charged", which only the purchase itself hears of early (docs/adr/0008).
    caf::replies_to<record_purchase>::with<purchase_recorded>,
    caf::replies_to<bind_key>::with<key_owner>,
    caf::replies_to<confirm_purchase>::with<purchase_confirmed>,
    caf::replies_to<fail_purchase>::with<purchase_failed>,
    caf::replies_to<cancel_purchase>::with<purchase_cancelled>,
    caf::replies_to<append_timeline>::with<timeline_appended>,
    caf::replies_to<record_charge>::with<charge_record>,
    caf::replies_to<void_charge>::with<charge_record>,
    caf::replies_to<refund_charge>::with<charge_record>, caf::replies_to<settle>::with<settled>,
    caf::replies_to<deliver_mail>::with<mail_filed>,
    caf::replies_to<postpone_mail>::with<mail_filed>,
    caf::replies_to<revive_mails>::with<mails_revived>,
    // Reads: of committed rows only.
    caf::replies_to<find_reservation>::with<reservation>,
    caf::replies_to<list_reservations>::with<reservations>,
    caf::replies_to<open_purchases>::with<reservations>,
    caf::replies_to<find_charge>::with<charge_record>, caf::replies_to<list_charges>::with<charges>,
    caf::replies_to<due_settlements>::with<settlements>, caf::replies_to<due_mails>::with<mails>,
    caf::replies_to<list_mailbox>::with<mails>, caf::replies_to<list_outbox>::with<mails>,
    caf::replies_to<live_seats>::with<live_seats_page>,
    caf::replies_to<find_seat_owner>::with<live_seat>, caf::replies_to<find_key>::with<key_owner>,
    caf::replies_to<count_everything>::with<store_counts>,
    caf::replies_to<report_ready>::with<child_ready>, caf::reacts_to<flush_batch>,
    caf::reacts_to<commit_due>>;

// -- RESERVATION and its DESK -----------------------------------------------------------------

struct purchase_accepted {
  reservation_id id = 0;
  bool replayed = false;
};
struct step_timer {  ///< INTERNAL: a wait between attempts is over, or the deadline passed
  bool deadline = false;
  int attempt = 0;
};
using reservation_actor =
    caf::typed_actor<caf::reacts_to<fault_touched>, caf::reacts_to<step_timer>>;

struct cancel_reservation {
  reservation_id id = 0;
};
/// What INVENTORY was to the purchase that asked it: the breaker's evidence.
struct inventory_heard {
  breaker_permit permit;
  breaker_outcome outcome = breaker_outcome::neutral;
};
struct retry_wanted {
  std::uint64_t token = 0;
  int attempt = 1;
  bool outcome_unknown = true;
  std::int64_t remaining_ms = 0;
};
struct retry_answer {
  bool again = false;
  std::int64_t after_ms = 0;
  std::string evidence;  ///< the numbers behind the verdict, for the timeline
};
/// The last word of a RESERVATION to its desk, which answers the buyer and whoever joined him.
struct purchase_over {
  std::uint64_t token = 0;
  bool accepted = false;
  purchase_accepted answer;
  error why;
  bool was_charged = false;  ///< PAYMENT answered well: credit for the retry budget
};
struct report_desk {};
struct breaker_turn {  ///< how often the breaker went to `to` because of `cause`
  std::string to, cause;
  std::uint64_t count = 0;
};
struct desk_report {
  std::uint64_t in_flight = 0;
  std::int64_t tokens_milli = 0;
  std::string breaker_state;
  std::uint64_t consecutive = 0, trips = 0, rejected = 0;
  std::int64_t retry_after_ms = 0;
  bool draining = false;
  std::vector<breaker_turn> breaker_turns;
};
/// Begin nothing, and end what is under way: by itself until `limit_ms` are over, then as it is.
struct drain_desk {
  duration_ms limit_ms = 0;
};
struct desk_drained {
  std::uint64_t left = 0;  ///< purchases that are pending in the store, for the next process
};
struct drain_over {};  ///< INTERNAL
struct sweep_open {};  ///< INTERNAL: purchases that a death or a lost answer left pending

using desk_actor = caf::typed_actor<
    // Sells. The same purchase again gets the stored answer. Errors: most of errors.def.
    caf::replies_to<purchase_order>::with<purchase_accepted>,
    // Cancels: refund owed, seat free, mail due. Repeating it changes nothing.
    caf::replies_to<cancel_reservation>::with<reservation>, caf::reacts_to<inventory_heard>,
    caf::replies_to<retry_wanted>::with<retry_answer>, caf::reacts_to<purchase_over>,
    caf::reacts_to<service_healed>, caf::replies_to<report_desk>::with<desk_report>,
    // Refuses new purchases from now on; answered when none is in flight.
    caf::replies_to<drain_desk>::with<desk_drained>,
    caf::replies_to<report_ready>::with<child_ready>, caf::reacts_to<sweep_open>,
    caf::reacts_to<drain_over>>;

// -- EVENT FEED -------------------------------------------------------------------------------

struct happened {
  std::string kind;  ///< "reservation.confirmed", "breaker.open", "actor.restarting", ...
  std::string service;
  reservation_id id = 0;
  std::string subject;  ///< a seat, an actor, a fault id
  std::string detail;
};
struct feed_event {
  std::uint64_t sequence = 0;
  wall_ms at = 0;
  happened what;
};
struct read_feed {
  std::uint64_t after = 0;
  std::uint32_t limit = 256;
};
struct feed_page {
  std::vector<feed_event> events;
};
using feed_follower_actor = caf::typed_actor<caf::reacts_to<feed_page>>;
struct follow_feed {
  feed_follower_actor follower;
};
struct tell_followers {};  ///< INTERNAL: behind the backlog, so that a burst is told at once

using event_feed_actor =
    caf::typed_actor<caf::reacts_to<happened>, caf::replies_to<read_feed>::with<feed_page>,
                     // From now on every event is sent to the follower, until it dies.
                     caf::reacts_to<follow_feed>, caf::replies_to<report_ready>::with<child_ready>,
                     caf::reacts_to<tell_followers>>;

// -- SUPERVISOR -------------------------------------------------------------------------------

struct start_children {};
struct children_started {};
struct stop_children {};
struct children_stopped {};
struct set_chaos {
  std::string service;  ///< inventory, payment, notification
  std::string kind;     ///< of policies/chaos.hpp; "recover" ends all
  std::int64_t delay_ms = 0;
  std::uint32_t rate_ppm = 1'000'000;
  std::int64_t for_ms = 0;  ///< 0: until it is ended
  std::uint64_t times = 0;  ///< 0: every request
};
struct show_chaos {
  std::string service;
};
struct chaos_rule {
  std::string id, kind;
  std::int64_t delay_ms = 0;
  std::uint32_t rate_ppm = 0;
  std::int64_t for_ms = 0;
  std::uint64_t times = 0, touched = 0;
  wall_ms since = 0, last_touched = 0, ends_at = 0;
  std::string last_request;
};
struct chaos_report {
  bool down = false;
  std::vector<chaos_rule> active;
};
struct report_health {};
struct child_health {
  std::string name, state, reason;
  wall_ms since = 0;
  std::uint64_t restarts = 0;
};
struct health_report {
  std::vector<child_health> children;
  bool ready = false;
};
struct restart_due {  ///< INTERNAL: a back-off is over
  std::string name;
  std::uint64_t wait = 0;  ///< which one
};
struct crash_over {  ///< a `crash` ran out, by time (INTERNAL) or by count (from the door)
  std::string service;
  std::uint64_t order = 0;  ///< whose time is over; 0: the door has counted to the end
};
struct stop_overdue {  ///< INTERNAL: a child did not leave in time
  std::size_t index = 0;
};

using supervisor_actor = caf::typed_actor<
    // Starts every child in order; an error names the child that could not start.
    caf::replies_to<start_children>::with<children_started>,
    caf::replies_to<stop_children>::with<children_stopped>,
    // Breaks or heals a service. `recover` is answered when the new incarnation serves.
    caf::replies_to<set_chaos>::with<chaos_report>, caf::replies_to<show_chaos>::with<chaos_report>,
    caf::replies_to<report_health>::with<health_report>, caf::reacts_to<restart_due>,
    caf::reacts_to<crash_over>, caf::reacts_to<stop_overdue>>;

}  // namespace taquilla

#include "actors/protocol_inspect.hpp"
