#include "store/audit.hpp"

#include "store/audit_questions.hpp"
#include "store/embedded_sql.hpp"
#include "store/sqlite_database.hpp"

#include <memory>
#include <stdexcept>
#include <utility>

namespace taquilla {

namespace {

using store::sqlite_failure;

constexpr const char* readable = "the store can be read";
constexpr int busy_timeout_ms = 5000;

struct closer {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};

std::string column(sqlite3_stmt* row, int index) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, index));
  return text != nullptr ? text : "";
}

std::int64_t number(sqlite3* db, const char* sql) {
  store::statement question{db, sql};
  auto row = question.query();
  return row.next() ? row.integer(0) : 0;
}

/// The reasons of connection.cpp, with what helps an auditor.
void must_be_a_store(sqlite3* db) {
  if (number(db, "PRAGMA application_id") != store::application_id)
    throw store::refused_file{
        "the file is no store of taquilla; name the folder that taquilla serves with --data"};
  const auto version = number(db, "PRAGMA user_version");
  if (version != store::schema_version)
    throw store::refused_file{"the store has schema version " + std::to_string(version) +
                              ", this program knows " + std::to_string(store::schema_version) +
                              "; audit it with the program that wrote it"};
}

/// All SELECTs see one snapshot, or a purchase could move between two of them.
/// @param questions prepared when they are first needed.
audit_report audit_snapshot(sqlite3* db, std::unique_ptr<store::audit_questions>& questions,
                            audit_mode mode, const std::string& path) {
  audit_report report;
  try {
    store::statement{db, "BEGIN"}.run();
    must_be_a_store(db);
    if (!questions) questions = std::make_unique<store::audit_questions>(db);
    questions->ask(mode, report);
  } catch (const std::runtime_error& failure) {
    if (report.checked == 0)
      report.unreadable = store::why_not_opened(path);
    else
      report.broken.push_back({readable, failure.what()});
  }
  if (sqlite3_get_autocommit(db) == 0) sqlite3_exec(db, "ROLLBACK", nullptr, nullptr, nullptr);
  return report;
}

audit_report not_judged(error why) {
  audit_report report;
  report.unreadable = std::move(why);
  return report;
}

}  // namespace

namespace store {

audit_questions::audit_questions(sqlite3* db) : db_(db) {
  const char* rest = audit_sql;
  while (*rest != '\0') {
    sqlite3_stmt* prepared = nullptr;
    if (sqlite3_prepare_v2(db, rest, -1, &prepared, &rest) != SQLITE_OK)
      throw sqlite_failure{sqlite3_extended_errcode(db)};
    if (prepared != nullptr) all_.emplace_back(prepared);
  }
}

void audit_questions::ask(audit_mode mode, audit_report& report) {
  for (const auto& one : all_) ask(one.get(), mode, report);
}

/// Runs one SELECT to its end, or until it has told enough.
void audit_questions::ask(sqlite3_stmt* question, audit_mode mode, audit_report& report) {
  const int position = sqlite3_bind_parameter_index(question, ":final");
  if (position > 0) sqlite3_bind_int(question, position, mode == audit_mode::final ? 1 : 0);
  ++report.checked;
  int code = sqlite3_step(question);
  for (std::size_t rows = 0; code == SQLITE_ROW && rows < audit_rows_max; ++rows) {
    report.broken.push_back({column(question, 0), column(question, 1)});
    code = sqlite3_step(question);
  }
  const int trouble = code != SQLITE_ROW && code != SQLITE_DONE ? sqlite3_extended_errcode(db_) : 0;
  sqlite3_reset(question);
  if (trouble != 0) throw sqlite_failure{trouble};
}

}  // namespace store

std::string audit_report::first_wrong() const {
  if (unreadable) return unreadable->detail;
  return broken.empty()
             ? std::string{}
             : broken.front().detail + ", where it should be that " + broken.front().invariant;
}

audit_report run_audit(const sqlite_options& options, audit_mode mode) {
  try {
    // An exclusive owner must be able to recover the WAL, which counts as writing.
    const int flags = options.exclusive ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    const std::unique_ptr<sqlite3, closer> db{store::open_handle(options.path, flags, options.vfs)};
    sqlite3_busy_timeout(db.get(), busy_timeout_ms);
    sqlite3_db_config(db.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (options.exclusive) store::statement{db.get(), "PRAGMA locking_mode = EXCLUSIVE"}.run();
    std::unique_ptr<store::audit_questions> questions;
    return audit_snapshot(db.get(), questions, mode, options.path);
  } catch (const sqlite_failure&) {
    return not_judged(store::why_not_opened(options.path));
  }
}

audit_report run_audit(const std::string& path, audit_mode mode) {
  sqlite_options options;
  options.path = path;
  return run_audit(options, mode);
}

audit_report run_audit(database& open, audit_mode mode) {
  auto* sqlite = dynamic_cast<store::sqlite_database*>(&open);
  if (sqlite == nullptr) return not_judged({errc::store_unavailable, "not a SQLite store", 0});
  return audit_snapshot(sqlite->handle(), sqlite->questions(), mode,
                        sqlite3_db_filename(sqlite->handle(), "main"));
}

}  // namespace taquilla
