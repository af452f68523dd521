// The life of a purchase that is a row: confirmed, failed, cancelled (how it becomes one:
// sales.cpp). Every move is a conditional update; a row that did not change means that somebody
// else moved it, and the answer tells where it is now.
#include "store/mail_number.hpp"
#include "store/reservation_row.hpp"
#include "store/sqlite_database.hpp"
#include "store/timeline_text.hpp"

namespace taquilla::store {

purchase_statements::purchase_statements(preparation db)
    : live_by_key(db,
                  "SELECT r.event, r.seat_row, r.seat_number, r.email, r.cents, r.id, r.identity"
                  " FROM keys k JOIN reservations r ON r.id = k.reservation"
                  " WHERE k.idempotency_key = ?1 AND r.live = 1"),
      // What stands there is of an ended purchase, or the same.
      bind(db,
           "INSERT INTO keys (idempotency_key, reservation) VALUES (?1, ?2)"
           " ON CONFLICT (idempotency_key) DO UPDATE SET reservation = excluded.reservation"),
      ended_by_token(db, "SELECT id FROM reservations WHERE token = ?1 AND live = 0 LIMIT 1"),
      live_by_seat(db,
                   "SELECT id, token, email, cents FROM reservations"
                   " WHERE event = ?1 AND seat_row = ?2 AND seat_number = ?3 AND live = 1"),
      confirm(db,
              "UPDATE reservations SET state = 1, updated_at = ?2, timeline = timeline || ?3"
              " WHERE id = ?1 AND state = 0 AND cents ="
              " (SELECT cents FROM charges AS paid WHERE paid.id = ?1 AND paid.state = 0)"),
      fail(db,
           "UPDATE reservations SET state = 3, live = 0, updated_at = ?2, failure = ?3,"
           " timeline = timeline || ?4 WHERE id = ?1 AND state = 0"),
      state_of(db, "SELECT state FROM reservations WHERE id = ?1"),
      facts(db, select_reservations + " WHERE id = ?1"),
      cancel(db,
             "UPDATE reservations SET state = 2, live = 0, updated_at = ?2,"
             " timeline = timeline || ?3 WHERE id = ?1 AND state = 1"),
      // Whoever appends without end is cut off: a timeline is for people.
      append(db,
             "UPDATE reservations SET timeline = CASE WHEN length(timeline) < ?3"
             " THEN timeline || ?2 ELSE timeline END WHERE id = ?1") {}

namespace {

constexpr int timeline_characters_max = 65'536;

}  // namespace

result<key_owner> sqlite_database::apply(const bind_key& command) {
  return write<key_owner>([&]() -> result<key_owner> {
    const auto& order = command.order;
    {
      auto row = purchases_.live_by_key.query(order.idempotency_key);
      if (row.next()) return key_owner{row.as<reservation_id>(5), row.as<std::uint64_t>(6)};
    }
    reservation_id id = 0;
    {
      auto row = purchases_.live_by_seat.query(order.event, order.seat.row, order.seat.number);
      if (!row.next() || row.view(2) != order.email || row.integer(3) != order.amount.cents)
        return key_owner{};
      id = row.as<reservation_id>(0);
    }
    purchases_.bind.run(order.idempotency_key, id);
    return key_owner{id, identity_of(order)};
  });
}

result<purchase_confirmed> sqlite_database::confirm_row(const confirm_purchase& command) {
  const int moved =
      purchases_.confirm.run(command.id, command.at, encode_timeline(command.timeline));
  if (moved == 0) return why_not_confirmed(command.id);
  post_mail(command.id, mail_kind::confirmed, command.at);
  return purchase_confirmed{command.id};
}

result<purchase_confirmed> sqlite_database::why_not_confirmed(reservation_id id) {
  auto row = purchases_.state_of.query(id);
  if (!row.next()) return errc::unknown_reservation;
  const auto state = row.as<reservation_state>(0);
  // Cancelled means that it had been confirmed: the first answer holds.
  if (state == reservation_state::confirmed || state == reservation_state::cancelled)
    return purchase_confirmed{id};
  return errc::charge_voided;
}

result<purchase_failed> sqlite_database::apply(const fail_purchase& command) {
  return write<purchase_failed>([&]() -> result<purchase_failed> {
    const int moved = purchases_.fail.run(command.id, command.at, command.failure,
                                          encode_timeline(command.timeline));
    if (moved == 1) {
      settlements_.owe.run(command.id, settlement_kind::void_charge);
      return purchase_failed{command.id, reservation_state::failed};
    }
    auto row = purchases_.state_of.query(command.id);
    if (!row.next()) return errc::unknown_reservation;
    return purchase_failed{command.id, row.as<reservation_state>(0)};
  });
}

result<purchase_cancelled> sqlite_database::apply(const cancel_purchase& command) {
  return write<purchase_cancelled>([&]() -> result<purchase_cancelled> {
    reservation record;
    {
      auto row = purchases_.facts.query(command.id);
      if (!row.next()) return errc::unknown_reservation;
      record = reservation_from(row);
    }
    if (record.state == reservation_state::pending) return errc::reservation_pending;
    if (record.state != reservation_state::confirmed) return purchase_cancelled{record, false};
    purchases_.cancel.run(command.id, command.at,
                          encode_timeline({{command.at, 0, "cancelled", {}, {}}}));
    settlements_.owe.run(command.id, settlement_kind::refund);
    post_mail(command.id, mail_kind::cancelled, command.at);
    record.state = reservation_state::cancelled;
    record.updated_at = command.at;
    return purchase_cancelled{record, true};
  });
}

result<timeline_appended> sqlite_database::apply(const append_timeline& command) {
  return write<timeline_appended>([&]() -> result<timeline_appended> {
    const int found = purchases_.append.run(command.id, encode_timeline(command.entries),
                                            timeline_characters_max);
    if (found == 0) return errc::unknown_reservation;
    return timeline_appended{command.id};
  });
}

}  // namespace taquilla::store
