// Everything that can be asked of the store, one plain struct per intent, with its answer beside
// it. These are the messages of the STORE actor and the arguments of `database` at once, so that
// there is nothing to translate between them.
//
// Writes are idempotent: repeating one that was applied gives the first answer again and changes
// nothing. Reads are bounded: every listing has a limit and a cursor. `at` is wall-clock
// milliseconds; where a row's time matters it always comes from the caller, never from SQLite.
#pragma once

#include "domain/mail_text.hpp"
#include "domain/reservation.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace taquilla {

inline constexpr std::uint32_t page_limit_max = 1000;

// -- the purchase -----------------------------------------------------------------------------

/// Writes a purchase down as pending, before anybody is charged. Refused with seat_taken when
/// another purchase lives on the seat, with key_reused when the idempotency key belongs to another
/// live purchase.
struct record_purchase {
  std::string token;  ///< names this attempt; the same token again is the same row
  std::uint64_t identity = 0;
  purchase_order order;
  wall_ms at = 0;
  std::vector<timeline_entry> timeline;
};
struct purchase_recorded {
  reservation_id id = 0;
  bool already_yours =
      false;  ///< the seat is already this identity's: `id` is the living reservation
};

/// The order equals a purchase that was made before, and brings an idempotency key: from now on the
/// key is that purchase's, unless another live one has it. The answer says whose it is then.
struct bind_key {
  purchase_order order;
};
/// Whose live purchase an idempotency key belongs to (id 0: nobody's).
struct key_owner {
  reservation_id id = 0;
  std::uint64_t identity = 0;
};

/// pending -> confirmed, and the confirmation mail into the outbox, in one transaction. Refused
/// with charge_voided unless the ledger holds exactly this purchase's live charge.
struct confirm_purchase {
  reservation_id id = 0;
  wall_ms at = 0;
  std::vector<timeline_entry> timeline;
};
struct purchase_confirmed {
  reservation_id id = 0;
};

/// pending -> failed, the seat freed, a void owed to the payment ledger, in one transaction. A
/// purchase that is already confirmed stays so: the answer tells which state holds.
struct fail_purchase {
  reservation_id id = 0;
  std::string failure;  ///< code of the error
  wall_ms at = 0;
  std::vector<timeline_entry> timeline;
};
struct purchase_failed {
  reservation_id id = 0;
  reservation_state state = reservation_state::failed;
};

/// confirmed -> cancelled, the seat freed, a refund owed and a cancellation mail due, in one
/// transaction. unknown_reservation; reservation_pending while it is pending; a failed or cancelled
/// one answers as it is, changing nothing.
struct cancel_purchase {
  reservation_id id = 0;
  wall_ms at = 0;
};
struct purchase_cancelled {
  reservation record;    ///< as it is now, without its timeline
  bool changed = false;  ///< false: it was cancelled or failed before
};

struct append_timeline {
  reservation_id id = 0;
  std::vector<timeline_entry> entries;
};
struct timeline_appended {
  reservation_id id = 0;
};

// -- the payment provider's ledger -------------------------------------------------------------

enum class charge_state : std::uint8_t { charged, voided, refunded };
const char* to_string(charge_state state);

/// Charges once per reservation. What was voided (a tombstone may have been there before any
/// charge) or refunded is refused with charge_voided, another amount with key_reused.
struct record_charge {
  reservation_id id = 0;
  money amount;
  wall_ms at = 0;
};
/// Voids a charge, or leaves a tombstone where there is none, so that it can never be charged
/// later.
struct void_charge {
  reservation_id id = 0;
  wall_ms at = 0;
};
/// charged -> refunded. A voided one stays voided.
struct refund_charge {
  reservation_id id = 0;
  wall_ms at = 0;
};
struct charge_record {
  reservation_id id = 0;  ///< also the charge's own id: one purchase, one charge
  money amount;
  charge_state state = charge_state::charged;
  wall_ms at = 0;
  bool existed = true;  ///< false only in answers to find_charge: nothing is known of it
};
struct find_charge {
  reservation_id id = 0;
};

// -- what is owed: voids and refunds -----------------------------------------------------------

enum class settlement_kind : std::uint8_t { void_charge, refund };
const char* to_string(settlement_kind kind);
struct settlement {
  reservation_id id = 0;
  settlement_kind kind = settlement_kind::void_charge;
  std::uint32_t attempts = 0;
  wall_ms not_before = 0;
};
struct due_settlements {
  wall_ms now = 0;
  std::uint32_t limit = 100;
  /// No wait of the asker's ends later: one that does was written down by a clock that was ahead of
  /// his, and is over.
  wall_ms latest = std::numeric_limits<wall_ms>::max();
};
struct settlements {
  std::vector<settlement> due;
  wall_ms next_at = 0;  ///< when the earliest of the others becomes due; `now`: more than `limit`
                        ///< are due already; 0: there is none
};
struct settle {
  reservation_id id = 0;
  settlement_kind kind = settlement_kind::void_charge;
  bool done = true;  ///< false: try again at `not_before`
  wall_ms not_before = 0;
  std::string last_error;
};
struct settled {
  reservation_id id = 0;
};

// -- the outbox and the mailbox ----------------------------------------------------------------

/// A mail is what it is about and whom it is for; its words follow (text_of in
/// domain/mail_text.hpp) and are put together by whoever shows or sends it.
struct mail {
  std::string message_id;  ///< "<reservation>-confirmed" or "<reservation>-cancelled": stable
  mail_facts about;
  std::string to;
  wall_ms created_at = 0;
  wall_ms not_before = 0;
  std::uint32_t attempts = 0;
  bool dead = false;  ///< given up after the last attempt: shown, and tried anew after a healing
  std::string last_error;
  wall_ms delivered_at = 0;  ///< only in the mailbox
};
/// Oldest due first; per reservation in order (the confirmation before the cancellation).
struct due_mails {
  wall_ms now = 0;
  std::uint32_t limit = 100;
  wall_ms latest = std::numeric_limits<wall_ms>::max();  ///< as in due_settlements
};
struct mails {
  std::vector<mail> list;
  wall_ms next_at = 0;  ///< as in settlements
  std::string next;     ///< cursor of a listing; empty: the end
};
/// Puts a mail into the mailbox, once by message id, and takes it off the outbox, in one
/// transaction. unknown_reservation when no such mail was ever posted.
struct deliver_mail {
  std::string message_id;
  wall_ms at = 0;
};
/// The delivery failed: try again at `not_before`, or (dead) not until it is revived.
struct postpone_mail {
  std::string message_id;
  wall_ms not_before = 0;
  std::string last_error;
  bool dead = false;
};
/// The service is healed, or the process new: mails that were given up are due again, as if never
/// tried. Not a confirmation beside its cancellation, which has not waited for it.
struct revive_mails {
  std::uint32_t limit = page_limit_max;  ///< at most
};
struct mails_revived {
  std::uint32_t count = 0;
};
struct mail_filed {
  std::string message_id;
  bool repeated = false;  ///< it had been delivered before
};
/// In order of the reservations, whenever each mail was delivered: whoever follows the mailbox by
/// cursor does not see a mail that was delivered late behind it.
struct list_mailbox {
  std::string to;  ///< empty: everybody's
  std::uint32_t limit = 100;
  std::string after;
};
struct list_outbox {
  std::uint32_t limit = 100;
  std::string after;
};

// -- looking -----------------------------------------------------------------------------------

struct find_reservation {
  reservation_id id = 0;
};
/// A filter with few matches ends a page early, empty even, with a cursor that goes on: the number
/// of rows looked at is bounded as well.
struct list_reservations {
  std::string email, event, state;  ///< empty: any
  std::uint32_t limit = 100;
  reservation_id after = 0;  ///< cursor: ids above it
};
struct reservations {
  std::vector<reservation> list;
  reservation_id next = 0;  ///< 0: the end
};
struct list_charges {
  std::string state;
  std::uint32_t limit = 100;
  reservation_id after = 0;
};
struct charges {
  std::vector<charge_record> list;
  reservation_id next = 0;
};
/// Purchases that are still pending: what a restart or a lost answer left open. Oldest first.
struct open_purchases {
  wall_ms after_created_at = 0;  ///< cursor: those created later, or as late with a higher id
  reservation_id after_id = 0;
  std::uint32_t limit = 1000;
};
/// Who lives on which seat, for INVENTORY's rebuild; pages of `limit` in order of reservation id. A
/// page may be short and its cursor still go on, as in list_reservations.
struct live_seats {
  reservation_id after = 0;
  std::uint32_t limit = 20'000;
};
struct live_seat {
  reservation_id id = 0;
  std::string event;
  seat_id seat;
  std::uint64_t identity = 0;
  bool confirmed = false;
  std::uint64_t token = 0;  ///< of the hold that it began with
};
struct live_seats_page {
  std::vector<live_seat> seats;
  reservation_id next = 0;  ///< 0: the end
};
/// Who lives on this one seat now (id 0: nobody).
struct find_seat_owner {
  std::string event;
  seat_id seat;
};
struct find_key {
  std::string idempotency_key;
};
struct count_everything {
  wall_ms now = 0;
};
struct store_counts {
  std::uint64_t reservations = 0;  ///< that were ever written down
  std::uint64_t pending = 0, settlements_due = 0, outbox_due = 0, outbox_dead = 0;
  std::uint64_t commits = 0, commands = 0;  ///< since this incarnation opened
  wall_ms oldest_mail_at = 0;               ///< creation of the oldest undelivered mail; 0: none
};

// -- what CAF needs to carry and print them; templates, so nothing of CAF is included here ------

#define TAQUILLA_FIELDS(type, ...)                                 \
  template <class Inspector>                                       \
  typename Inspector::result_type inspect(Inspector& f, type& x) { \
    return f(__VA_ARGS__);                                         \
  }
TAQUILLA_FIELDS(record_purchase, x.token, x.identity, x.order, x.at, x.timeline)
TAQUILLA_FIELDS(purchase_recorded, x.id, x.already_yours)
TAQUILLA_FIELDS(bind_key, x.order)
TAQUILLA_FIELDS(confirm_purchase, x.id, x.at, x.timeline)
TAQUILLA_FIELDS(purchase_confirmed, x.id)
TAQUILLA_FIELDS(fail_purchase, x.id, x.failure, x.at, x.timeline)
TAQUILLA_FIELDS(purchase_failed, x.id, x.state)
TAQUILLA_FIELDS(cancel_purchase, x.id, x.at)
TAQUILLA_FIELDS(purchase_cancelled, x.record, x.changed)
TAQUILLA_FIELDS(append_timeline, x.id, x.entries)
TAQUILLA_FIELDS(timeline_appended, x.id)
TAQUILLA_FIELDS(record_charge, x.id, x.amount, x.at)
TAQUILLA_FIELDS(void_charge, x.id, x.at)
TAQUILLA_FIELDS(refund_charge, x.id, x.at)
TAQUILLA_FIELDS(charge_record, x.id, x.amount, x.state, x.at, x.existed)
TAQUILLA_FIELDS(find_charge, x.id)
TAQUILLA_FIELDS(settlement, x.id, x.kind, x.attempts, x.not_before)
TAQUILLA_FIELDS(due_settlements, x.now, x.limit, x.latest)
TAQUILLA_FIELDS(settlements, x.due, x.next_at)
TAQUILLA_FIELDS(settle, x.id, x.kind, x.done, x.not_before, x.last_error)
TAQUILLA_FIELDS(settled, x.id)
TAQUILLA_FIELDS(mail, x.message_id, x.about, x.to, x.created_at, x.not_before, x.attempts, x.dead,
                x.last_error, x.delivered_at)
TAQUILLA_FIELDS(due_mails, x.now, x.limit, x.latest)
TAQUILLA_FIELDS(mails, x.list, x.next_at, x.next)
TAQUILLA_FIELDS(deliver_mail, x.message_id, x.at)
TAQUILLA_FIELDS(postpone_mail, x.message_id, x.not_before, x.last_error, x.dead)
TAQUILLA_FIELDS(revive_mails, x.limit)
TAQUILLA_FIELDS(mails_revived, x.count)
TAQUILLA_FIELDS(mail_filed, x.message_id, x.repeated)
TAQUILLA_FIELDS(list_mailbox, x.to, x.limit, x.after)
TAQUILLA_FIELDS(list_outbox, x.limit, x.after)
TAQUILLA_FIELDS(find_reservation, x.id)
TAQUILLA_FIELDS(list_reservations, x.email, x.event, x.state, x.limit, x.after)
TAQUILLA_FIELDS(reservations, x.list, x.next)
TAQUILLA_FIELDS(list_charges, x.state, x.limit, x.after)
TAQUILLA_FIELDS(charges, x.list, x.next)
TAQUILLA_FIELDS(open_purchases, x.after_created_at, x.after_id, x.limit)
TAQUILLA_FIELDS(live_seats, x.after, x.limit)
TAQUILLA_FIELDS(live_seat, x.id, x.event, x.seat, x.identity, x.confirmed, x.token)
TAQUILLA_FIELDS(live_seats_page, x.seats, x.next)
TAQUILLA_FIELDS(find_seat_owner, x.event, x.seat)
TAQUILLA_FIELDS(find_key, x.idempotency_key)
TAQUILLA_FIELDS(key_owner, x.id, x.identity)
TAQUILLA_FIELDS(count_everything, x.now)
TAQUILLA_FIELDS(store_counts, x.reservations, x.pending, x.settlements_due, x.outbox_due,
                x.outbox_dead, x.commits, x.commands, x.oldest_mail_at)

}  // namespace taquilla
