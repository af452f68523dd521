#include "store/sqlite_database.hpp"

namespace taquilla::store {

sqlite_database::sqlite_database(const sqlite_options& options)
    : connection_(options),
      begin_(handle(), "BEGIN IMMEDIATE"),
      commit_(handle(), "COMMIT"),
      rollback_(handle(), "ROLLBACK"),
      purchases_(handle()),
      ledger_(handle()),
      settlements_(handle()),
      mail_(handle()),
      queries_(handle()) {
  read_last_id();
}

void sqlite_database::read_last_id() {
  auto last = queries_.last_id.query();
  if (last.next()) next_id_ = last.as<reservation_id>(0) + 1;
}

void sqlite_database::start_over() {
  undo();
  commits_ = commands_ = 0;
  read_last_id();
}

bool sqlite_database::begin() {
  if (batch_ != batch::none) return false;
  try {
    begin_.run();
  } catch (const sqlite_failure&) {
    return false;
  }
  batch_ = batch::open;
  return true;
}

commit_outcome sqlite_database::commit() {
  if (batch_ == batch::broken) return commit_outcome::broken;
  if (batch_ != batch::open) {
    const bool full = batch_ == batch::lost && lost_.code == errc::storage_full;
    batch_ = batch::none;
    return full ? commit_outcome::no_space : commit_outcome::rolled_back;
  }
  try {
    commit_.run();
  } catch (const sqlite_failure& failure) {
    after_failure(failure, true);
    // After an I/O error the commit record may be on the disk or not; only a restart can tell, and
    // until then nothing is written, not even the mark of a clean end.
    if (failure.kind() == SQLITE_IOERR) {
      connection_.abandon();
      batch_ = batch::broken;
    }
    return commit();
  }
  return after_commit();
}

void sqlite_database::undo() {
  if (batch_ == batch::broken) return;
  if (batch_ == batch::open) roll_back();
  batch_ = batch::none;
}

commit_outcome sqlite_database::after_commit() {
  ++commits_;
  batch_ = batch::none;
  if (connection_.checkpoint_if_due() == SQLITE_OK) return commit_outcome::committed;
  // The rows are safe in the WAL, but this disk has begun to fail: stop, and obey it after the
  // restart.
  connection_.abandon();
  batch_ = batch::broken;
  return commit_outcome::broken;
}

error sqlite_database::why_not_writable() const {
  if (batch_ == batch::lost || batch_ == batch::broken) return lost_;
  return {errc::internal_error, "a write outside a batch", 0};
}

error sqlite_database::why_not_readable() const {
  if (batch_ == batch::broken) return {errc::store_unavailable, "the store has failed", 0};
  return {errc::internal_error, "a read inside a batch would see what is not committed", 0};
}

error sqlite_database::after_failure(const sqlite_failure& failure, bool has_written) {
  if (failure.kind() == SQLITE_CONSTRAINT && !has_written && connection_.in_transaction()) {
    // The one statement undid itself: the command is refused, the batch goes on.
    if (failure.code == SQLITE_CONSTRAINT_FOREIGNKEY) return {errc::unknown_reservation, {}, 0};
    return {errc::invalid_field, failure.what(), 0};
  }
  const auto code = failure.kind() == SQLITE_FULL ? errc::storage_full : errc::store_unavailable;
  lost_ = {code, failure.what(), 0};
  roll_back();
  // A file that contradicts itself is not written any further.
  const bool damaged = failure.kind() == SQLITE_CORRUPT || failure.kind() == SQLITE_NOTADB;
  batch_ = damaged ? batch::broken : batch::lost;
  if (damaged) connection_.abandon();
  return lost_;
}

/// SQLite has rolled back by itself after some errors and not after others.
void sqlite_database::roll_back() {
  if (!connection_.in_transaction()) return;
  try {
    rollback_.run();
  } catch (const sqlite_failure&) {
    // Even when it complains, SQLite has left the transaction.
  }
}

}  // namespace taquilla::store

namespace taquilla {

void expect_one_thread() { store::set_up_sqlite(true); }

result<std::unique_ptr<database>> open_sqlite(const sqlite_options& options) {
  const auto failed = [&](const std::string& why) {
    return error{errc::store_unavailable, "the store " + options.path + " cannot be opened: " + why,
                 0};
  };
  try {
    return std::unique_ptr<database>{std::make_unique<store::sqlite_database>(options)};
  } catch (const store::refused_file& refusal) {
    return failed(refusal.what());
  } catch (const store::sqlite_failure& failure) {
    const int kind = failure.kind();
    const char* advice = "";
    if (kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB)
      advice = "; the file is damaged or no store at all: restore a copy, or move it away";
    else if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED)
      advice = "; another process uses it: stop that one first";
    else if (kind == SQLITE_CANTOPEN || kind == SQLITE_PERM || kind == SQLITE_READONLY)
      advice = "; see that the folder exists and may be written";
    else if (kind == SQLITE_FULL)
      advice = "; make room on the disk";
    return failed(failure.what() + std::string{advice});
  }
}

}  // namespace taquilla
