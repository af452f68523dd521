// The payment provider's own book: one line a purchase, by the purchase's id. It knows nothing of
// reservations beyond that the id is one; whether the two books agree is the audit's question.
#include "store/page_scan.hpp"
#include "store/sqlite_database.hpp"

namespace taquilla {

const char* to_string(charge_state state) {
  switch (state) {
    case charge_state::charged:
      return "charged";
    case charge_state::voided:
      return "voided";
    case charge_state::refunded:
      return "refunded";
  }
  return "?";
}

}  // namespace taquilla

namespace taquilla::store {

ledger_statements::ledger_statements(preparation db)
    : charge(db,
             "INSERT INTO charges (id, cents, state, at) VALUES (?1, ?2, 0, ?3)"
             " ON CONFLICT (id) DO NOTHING"),
      // One statement voids a charge or leaves a tombstone, so no charge can slip in between.
      void_or_bury(db,
                   "INSERT INTO charges (id, cents, state, at) VALUES (?1, 0, 1, ?2)"
                   " ON CONFLICT (id) DO UPDATE SET state = 1, at = excluded.at WHERE state = 0"),
      refund(db, "UPDATE charges SET state = 2, at = ?2 WHERE id = ?1 AND state = 0"),
      find(db, "SELECT id, cents, state, at FROM charges WHERE id = ?1"),
      page(db, "SELECT id, cents, state, at FROM charges WHERE id > ?1 ORDER BY id") {}

namespace {

charge_record charge_from(const statement::rows& row) {
  return {row.as<reservation_id>(0), money{row.integer(1)}, row.as<charge_state>(2), row.integer(3),
          true};
}

bool is_charge_state(const std::string& text) {
  return text == to_string(charge_state::charged) || text == to_string(charge_state::voided) ||
         text == to_string(charge_state::refunded);
}

}  // namespace

result<charge_record> sqlite_database::charge_of(reservation_id id) {
  auto row = ledger_.find.query(id);
  if (!row.next()) return errc::unknown_reservation;
  return charge_from(row);
}

result<charge_record> sqlite_database::charge_row(const record_charge& command) {
  if (ledger_.charge.run(command.id, command.amount.cents, command.at) == 1)
    return charge_record{command.id, command.amount, charge_state::charged, command.at, true};
  auto first = charge_of(command.id);
  if (first && first->state != charge_state::charged)
    return error{errc::charge_voided, to_string(first->state), 0};
  // The same key with another amount is another request, and a mistake.
  if (first && first->amount != command.amount) return errc::key_reused;
  return first;
}

result<charge_record> sqlite_database::apply(const void_charge& command) {
  return write<charge_record>([&]() -> result<charge_record> {
    ledger_.void_or_bury.run(command.id, command.at);
    return charge_of(command.id);
  });
}

result<charge_record> sqlite_database::apply(const refund_charge& command) {
  return write<charge_record>([&]() -> result<charge_record> {
    ledger_.refund.run(command.id, command.at);
    return charge_of(command.id);
  });
}

result<charge_record> sqlite_database::read(const find_charge& query) {
  return look<charge_record>([&]() -> result<charge_record> {
    auto row = ledger_.find.query(query.id);
    if (row.next()) return charge_from(row);
    return charge_record{query.id, {}, charge_state::voided, 0, false};
  });
}

result<charges> sqlite_database::read(const list_charges& query) {
  return look<charges>([&]() -> result<charges> {
    if (!query.state.empty() && !is_charge_state(query.state))
      return error{errc::invalid_field, "state: charged, voided or refunded", 0};
    charges page;
    page_scan scan{query.limit};
    auto row = ledger_.page.query(query.after);
    while (row.next()) {
      const auto charge = charge_from(row);
      const bool wanted = query.state.empty() || query.state == to_string(charge.state);
      const auto verdict = scan.see(charge.id, wanted);
      if (verdict == page_scan::verdict::stop) break;
      if (verdict == page_scan::verdict::take) page.list.push_back(charge);
    }
    page.next = scan.next();
    return page;
  });
}

}  // namespace taquilla::store
