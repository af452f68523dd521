// What is owed to buyers: voids and refunds that the payment ledger has not acknowledged yet. A row
// is there while the money is owed and goes when it is settled.
#include "store/due_items.hpp"
#include "store/sqlite_database.hpp"

namespace taquilla {

const char* to_string(settlement_kind kind) {
  return kind == settlement_kind::refund ? "refund" : "void";
}

}  // namespace taquilla

namespace taquilla::store {

settlement_statements::settlement_statements(preparation db)
    // Due at once, whatever the clock of the process that looks: it may be behind ours.
    : owe(db,
          "INSERT INTO settlements (id, kind, attempts, not_before, last_error)"
          " VALUES (?1, ?2, 0, 0, '') ON CONFLICT DO NOTHING"),
      done(db, "DELETE FROM settlements WHERE id = ?1 AND kind = ?2"),
      postpone(db,
               "UPDATE settlements SET attempts = attempts + 1, not_before = ?3, last_error = ?4"
               " WHERE id = ?1 AND kind = ?2"),
      due(db,
          "SELECT id, kind, attempts, not_before FROM settlements"
          " WHERE not_before BETWEEN ?1 AND ?2 ORDER BY not_before, id LIMIT ?3"),
      next_at(db, "SELECT min(not_before) FROM settlements WHERE not_before > ?1"),
      owed_by(db, "SELECT kind, attempts, last_error FROM settlements WHERE id = ?1") {}

namespace {

settlement settlement_from(const statement::rows& row) {
  return {row.as<reservation_id>(0), row.as<settlement_kind>(1), row.as<std::uint32_t>(2),
          row.integer(3)};
}

}  // namespace

result<settled> sqlite_database::apply(const settle& command) {
  return write<settled>([&]() -> result<settled> {
    // Nothing changes when it was settled before: a repeat, or the loser of two workers.
    if (command.done)
      settlements_.done.run(command.id, command.kind);
    else
      settlements_.postpone.run(command.id, command.kind, command.not_before, command.last_error);
    return settled{command.id};
  });
}

result<settlements> sqlite_database::read(const due_settlements& query) {
  return look<settlements>([&]() -> result<settlements> {
    settlements out;
    out.next_at = take_due(query, settlements_.due, settlements_.next_at, out.due, settlement_from);
    return out;
  });
}

}  // namespace taquilla::store
