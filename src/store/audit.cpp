#include "store/audit.hpp"

#include "store/embedded_sql.hpp"
#include "store/sqlite_database.hpp"

#include <memory>

namespace taquilla {

namespace {

using store::sqlite_failure;

constexpr const char* readable = "the store can be read";
constexpr int busy_timeout_ms = 5000;

struct finalizer {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
using question = std::unique_ptr<sqlite3_stmt, finalizer>;

std::string column(sqlite3_stmt* row, int index) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, index));
  return text != nullptr ? text : "";
}

/// Runs one SELECT to its end, or until it has told enough.
void ask(sqlite3* db, sqlite3_stmt* question, audit_mode mode, audit_report& report) {
  const int position = sqlite3_bind_parameter_index(question, ":final");
  if (position > 0) sqlite3_bind_int(question, position, mode == audit_mode::final ? 1 : 0);
  ++report.checked;
  int code = sqlite3_step(question);
  for (std::size_t rows = 0; code == SQLITE_ROW && rows < audit_rows_max; ++rows) {
    report.broken.push_back({column(question, 0), column(question, 1)});
    code = sqlite3_step(question);
  }
  if (code != SQLITE_ROW && code != SQLITE_DONE) throw sqlite_failure{sqlite3_extended_errcode(db)};
}

void ask_everything(sqlite3* db, audit_mode mode, audit_report& report) {
  const char* rest = store::audit_sql;
  while (*rest != '\0') {
    sqlite3_stmt* prepared = nullptr;
    if (sqlite3_prepare_v2(db, rest, -1, &prepared, &rest) != SQLITE_OK)
      throw sqlite_failure{sqlite3_extended_errcode(db)};
    const question owned{prepared};
    if (owned) ask(db, owned.get(), mode, report);
  }
}

std::int64_t number(sqlite3* db, const char* sql) {
  store::statement question{db, sql};
  auto row = question.query();
  return row.next() ? row.integer(0) : 0;
}

/// All SELECTs see one snapshot, or a purchase could move between two of them.
audit_report audit_snapshot(sqlite3* db, audit_mode mode) {
  audit_report report;
  try {
    store::statement{db, "BEGIN"}.run();
    const auto version = number(db, "PRAGMA user_version");
    if (number(db, "PRAGMA application_id") != store::application_id)
      report.broken.push_back({readable, "the file is not a store of taquilla"});
    else if (version != store::schema_version)
      report.broken.push_back({readable, "schema version " + std::to_string(version) +
                                             ", known is " +
                                             std::to_string(store::schema_version)});
    else
      ask_everything(db, mode, report);
  } catch (const sqlite_failure& failure) {
    report.broken.push_back({readable, failure.what()});
  }
  if (sqlite3_get_autocommit(db) == 0) sqlite3_exec(db, "ROLLBACK", nullptr, nullptr, nullptr);
  return report;
}

}  // namespace

audit_report run_audit(const sqlite_options& options, audit_mode mode) {
  try {
    // An exclusive owner must be able to recover the WAL, which counts as writing.
    const int flags = options.exclusive ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    const std::unique_ptr<sqlite3, finalizer> db{
        store::open_handle(options.path, flags, options.vfs)};
    sqlite3_busy_timeout(db.get(), busy_timeout_ms);
    sqlite3_db_config(db.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (options.exclusive) store::statement{db.get(), "PRAGMA locking_mode = EXCLUSIVE"}.run();
    return audit_snapshot(db.get(), mode);
  } catch (const sqlite_failure& failure) {
    return {{{readable, options.path + ": " + failure.what()}}, 0};
  }
}

audit_report run_audit(const std::string& path, audit_mode mode) {
  sqlite_options options;
  options.path = path;
  return run_audit(options, mode);
}

audit_report run_audit(database& open, audit_mode mode) {
  auto* sqlite = dynamic_cast<store::sqlite_database*>(&open);
  if (sqlite == nullptr) return {{{readable, "not a SQLite store"}}, 0};
  return audit_snapshot(sqlite->handle(), mode);
}

}  // namespace taquilla
