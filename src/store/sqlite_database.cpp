#include "store/sqlite_database.hpp"

#include <filesystem>
#include <fstream>

namespace taquilla::store {

sqlite_database::sqlite_database(const sqlite_options& options, bool prepare_at_once)
    : connection_(options),
      shown_(handle(), held_),
      begin_({handle(), prepare_at_once}, "BEGIN IMMEDIATE"),
      commit_({handle(), prepare_at_once}, "COMMIT"),
      rollback_({handle(), prepare_at_once}, "ROLLBACK"),
      purchases_({handle(), prepare_at_once}),
      sales_({handle(), prepare_at_once}),
      ledger_({handle(), prepare_at_once}),
      settlements_({handle(), prepare_at_once}),
      mail_({handle(), prepare_at_once}),
      queries_({handle(), prepare_at_once}) {
  if (prepare_at_once) questions_ = std::make_unique<audit_questions>(handle());
}

sqlite_database::session sqlite_database::now() const {
  auto all = now_;
  all.of_connection = connection_.now();
  return all;
}

void sqlite_database::be(const session& then) {
  held_.clear();
  now_ = then;
  connection_.be(then.of_connection);
}

void sqlite_database::take_over() {
  undo();
  held_.clear();  // of a batch that a power cut ended
  now_ = {};
  connection_.take_over();
}

bool sqlite_database::begin() {
  if (now_.state != batch::none) return false;
  try {
    begin_.run();
  } catch (const sqlite_failure&) {
    return false;
  }
  now_.state = batch::open;
  return true;
}

commit_outcome sqlite_database::commit() {
  if (now_.state == batch::open) write_held();
  if (now_.state == batch::broken) return commit_outcome::broken;
  if (now_.state != batch::open) {
    const bool full = now_.state == batch::lost && now_.lost.code == errc::storage_full;
    now_.state = batch::none;
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
      now_.state = batch::broken;
    }
    return commit();
  }
  return after_commit();
}

void sqlite_database::undo() {
  if (now_.state == batch::broken) return;
  if (now_.state == batch::open) roll_back();
  now_.state = batch::none;
}

commit_outcome sqlite_database::after_commit() {
  connection_.batch_over(true);
  ++now_.commits;
  now_.state = batch::none;
  if (connection_.checkpoint_if_due() == SQLITE_OK) return commit_outcome::committed;
  // The rows are safe in the WAL, but this disk has begun to fail: stop, and obey it after the
  // restart.
  connection_.abandon();
  now_.state = batch::broken;
  return commit_outcome::broken;
}

error sqlite_database::why_not_writable() const {
  if (now_.state == batch::lost || now_.state == batch::broken) return now_.lost;
  return {errc::internal_error, "a write outside a batch", 0};
}

error sqlite_database::why_not_readable() const {
  if (now_.state == batch::broken) return {errc::store_unavailable, "the store has failed", 0};
  return {errc::internal_error, "a read inside a batch would see what is not committed", 0};
}

error sqlite_database::after_failure(const sqlite_failure& failure, bool has_written) {
  if (failure.kind() == SQLITE_CONSTRAINT && !has_written && connection_.in_transaction()) {
    // The one statement undid itself: the command is refused, the batch goes on.
    if (failure.code == SQLITE_CONSTRAINT_FOREIGNKEY) return {errc::unknown_reservation, {}, 0};
    return {errc::invalid_field, failure.what(), 0};
  }
  const auto code = failure.kind() == SQLITE_FULL ? errc::storage_full : errc::store_unavailable;
  now_.lost = {code, failure.what(), 0};
  roll_back();
  // A file that contradicts itself is not written any further.
  const bool damaged = failure.kind() == SQLITE_CORRUPT || failure.kind() == SQLITE_NOTADB;
  now_.state = damaged ? batch::broken : batch::lost;
  if (damaged) connection_.abandon();
  return now_.lost;
}

/// SQLite has rolled back by itself after some errors and not after others.
void sqlite_database::roll_back() {
  held_.clear();
  connection_.batch_over(false);
  if (!connection_.in_transaction()) return;
  try {
    rollback_.run();
  } catch (const sqlite_failure&) {
    // Even when it complains, SQLite has left the transaction.
  }
}

namespace {

/// Which right is missing, and to what: SQLite's codes do not tell the file from its folder.
std::string advice_on_access(const std::string& path) {
  for (const char* part : {"", "-wal", "-shm"}) {
    const auto file = path + part;
    std::error_code problem;
    const bool there = std::filesystem::exists(file, problem);
    if (there && !std::fstream{file, std::ios::in | std::ios::out})
      return "give this user the right to read and write " + file;
  }
  return "see that the folder exists and may be written";
}

/// How to mend it; empty when nothing is known.
std::string advice_on(int kind, const std::string& path) {
  std::error_code problem;
  if (std::filesystem::is_directory(path, problem))
    return path + " is a folder: move it away, or choose another place with --data";
  switch (kind) {
    case SQLITE_ERROR:  // a table is missing
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "the file is damaged or no store at all: restore a copy, or move it away";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another process uses it: stop that one first";
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return advice_on_access(path);
    case SQLITE_FULL:
      return "make room on the disk";
    default:
      return {};
  }
}

}  // namespace

error why_not_opened(const std::string& path) {
  const auto failed = [&](const std::string& why) {
    return error{errc::store_unavailable, "the store " + path + " cannot be opened: " + why, 0};
  };
  try {
    throw;
  } catch (const refused_file& refusal) {
    return failed(refusal.what());
  } catch (const sqlite_failure& failure) {
    const auto advice = advice_on(failure.kind(), path);
    return failed(failure.what() + (advice.empty() ? "" : "; " + advice));
  }
}

}  // namespace taquilla::store

namespace taquilla {

result<std::unique_ptr<database>> open_sqlite(const sqlite_options& options) {
  try {
    return std::unique_ptr<database>{std::make_unique<store::sqlite_database>(options)};
  } catch (const std::runtime_error&) {
    return store::why_not_opened(options.path);
  }
}

}  // namespace taquilla
