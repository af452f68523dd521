#include "store/connection.hpp"

#include "domain/planted.hpp"
#include "store/embedded_sql.hpp"
#include "store/statement.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>
#include <vector>

namespace taquilla::store {

namespace {

constexpr int busy_timeout_ms = 2000;
constexpr int oldest_version = 2;  ///< that can be brought up to date

/// What SQLite must be told before anything else in the process; the simulator tells it more
/// (simulation/disk/sqlite_memory.hpp), and sooner.
void set_up_sqlite() {
  // Nobody asks SQLite how much memory it holds, and counting takes a global lock for each block.
  static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(once);
}

/// The check itself writes down that the disk failed it, as if that were damage.
bool tells_of_unreadable_page(const std::string& verdict) {
  static const std::string words = "error code=";
  const auto at = verdict.find(words);
  constexpr int primary = 0xff;
  return at != std::string::npos &&
         (std::atoi(verdict.c_str() + at + words.size()) & primary) == SQLITE_IOERR;
}

}  // namespace

sqlite3* open_handle(const std::string& path, int flags, const std::string& vfs) {
  set_up_sqlite();
  sqlite3* db = nullptr;
  // One thread at a time is the rule of the port, so SQLite's own locks would be paid for nothing.
  const int code =
      sqlite3_open_v2(path.c_str(), &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                      vfs.empty() ? nullptr : vfs.c_str());
  if (code == SQLITE_OK) return db;
  const int extended = db != nullptr ? sqlite3_extended_errcode(db) : code;
  sqlite3_close_v2(db);
  throw sqlite_failure{extended};
}

connection::connection(const sqlite_options& options)
    : options_(options),
      db_(open_handle(options.path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs())) {
  sqlite3_busy_timeout(get(), busy_timeout_ms);
  // A file we refuse must stay as it is, so closing must not move a WAL left by others into it.
  sqlite3_db_config(get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  take_over();
  sqlite3_db_config(get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

/// The file system for this connection.
const std::string& connection::vfs() {
  set_up_sqlite();
  if (in_memory() || !options_.synchronous_full) return options_.vfs;
  return gathered_.emplace(options_.vfs).name();
}

void connection::be(const session& then) {
  now_ = then;
  if (!gathered_) return;
  gathered_->forget();
  gathered_->expect_commits(then.opened);
}

void connection::take_over() {
  // Memory is nobody else's: it is as this connection left it.
  if (in_memory() && configured_) return;
  now_ = {};
  if (gathered_) gathered_->expect_commits(false);
  // Before the file is touched: without shared memory a WAL can only be read by an exclusive owner.
  if (options_.exclusive) execute("PRAGMA locking_mode = EXCLUSIVE");
  const bool fresh = is_new_file();
  journal_in_wal();
  if (!std::exchange(configured_, true)) configure();
  if (fresh)
    create();
  else
    check_after_crash();
  upgrade();
  begin_numbers();
  now_.opened = true;
  if (gathered_) gathered_->expect_commits(true);
}

/// One commit for both: that the store is in use, and how far its numbers may go.
void connection::begin_numbers() {
  now_.reservations = std::stoll(ask("SELECT reservations FROM shutdown"));
  if (now_.reservations < 0)
    now_.reservations = std::stoll(ask("SELECT count(*) FROM reservations"));
  execute(("UPDATE shutdown SET clean = 0, reservations = -1, numbers = " +
           std::to_string(numbers_ahead()) +
           " + max(numbers, 1 + ifnull((SELECT max(id) FROM reservations), 0))")
              .c_str());
  now_.reserved = std::stoll(ask("SELECT numbers FROM shutdown"));
  now_.next_number = now_.reserved - numbers_ahead();
}

std::optional<std::int64_t> connection::next_number() {
  if (now_.next_number < now_.reserved) return now_.next_number;
  reserve_numbers();
  return std::nullopt;
}

void connection::number_taken() {
  ++now_.next_number;
  ++now_.begun;
  if (now_.reserved - now_.next_number <= options_.batch_max) reserve_numbers();
}

void connection::reserve_numbers() {
  if (now_.reserving != 0) return;
  const auto until = now_.reserved + numbers_ahead();
  execute(("UPDATE shutdown SET numbers = " + std::to_string(until)).c_str());
  now_.reserving = until;
}

void connection::batch_over(bool kept) {
  if (kept && now_.reserving != 0) now_.reserved = now_.reserving;
  if (kept) now_.reservations += now_.begun;
  now_.reserving = now_.begun = 0;
}

connection::~connection() { end_in_order(); }

void connection::end_in_order() {
  if (!now_.opened || now_.abandoned) {
    // Nothing more is written: closing would checkpoint what nobody vouches for.
    sqlite3_db_config(get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return;
  }
  try {
    if (in_transaction()) execute("ROLLBACK");
    execute(("UPDATE shutdown SET clean = 1, numbers = " + std::to_string(now_.next_number) +
             ", reservations = " + std::to_string(now_.reservations))
                .c_str());
    execute("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (const sqlite_failure&) {
    // Without the mark the next open checks the file: that is all the mark is for.
  }
}

/// What is reserved may be more than such batches would have: in memory, where no next process
/// asks, it is not.
void connection::set_limits(const sqlite_options& from) {
  options_.batch_max = from.batch_max;
  options_.checkpoint_pages = from.checkpoint_pages;
  if (in_memory()) now_.reserved = std::min(now_.reserved, now_.next_number + numbers_ahead());
}

void connection::let_go() {
  if (in_memory()) return;
  // Without its WAL the file needs no exclusive owner; a read in the usual mode ends with no lock.
  execute("PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL; SELECT 1 FROM shutdown");
  sqlite3_db_release_memory(get());
  now_ = {};
}

void connection::close_under_statements() {
  end_in_order();
  while (auto* open = sqlite3_next_stmt(get(), nullptr)) sqlite3_finalize(open);
  sqlite3_close_v2(get());
}

void connection::execute(const char* sql) {
  if (sqlite3_exec(get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    throw sqlite_failure{sqlite3_extended_errcode(get())};
}

std::string connection::ask(const char* sql) {
  statement question{get(), sql};
  auto rows = question.query();
  return rows.next() ? rows.text(0) : std::string{};
}

void connection::expect(const char* pragma, const std::string& wanted) {
  const auto found = ask(pragma);
  if (found != wanted)
    throw refused_file{std::string{pragma} + " is " + found + " where " + wanted +
                       " is needed: the file system of the data folder cannot hold a safe store; "
                       "choose another with --data"};
}

bool connection::is_new_file() {
  const auto application = ask("PRAGMA application_id");
  const auto version = ask("PRAGMA user_version");
  if (application == "0" && version == "0" && ask("SELECT count(*) FROM sqlite_schema") == "0")
    return true;
  if (application != std::to_string(application_id))
    throw refused_file{
        "the file is a database of another program and was left as it is; "
        "choose another folder with --data"};
  const auto number = std::stoi(version);
  if (number < oldest_version || number > schema_version)
    throw refused_file{"the store has schema version " + version + ", this program knows " +
                       std::to_string(schema_version) +
                       ", so it was left as it is; start the program that wrote it, or choose "
                       "another folder with --data"};
  return false;
}

void connection::journal_in_wal() {
  const auto mode = ask("PRAGMA journal_mode = WAL");
  if (mode != (in_memory() ? "memory" : "wal"))
    throw refused_file{"write-ahead logging cannot be had on this file system (journal mode " +
                       mode + "); choose another folder with --data"};
}

void connection::configure() {
  execute(options_.synchronous_full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  if (options_.synchronous_full) expect("PRAGMA synchronous", "2");
  // secure_delete: Debian's SQLite would overwrite with zeros what is deleted, and so write pages
  // of the outbox that are free; the mails themselves stay, in the mailbox.
  execute(
      "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
      "PRAGMA secure_delete = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -3072;"
      "PRAGMA wal_autocheckpoint = 0");
  expect("PRAGMA foreign_keys", "1");
  // No memory mapping: a read error there is a signal, here it is an answer.
  ask("PRAGMA mmap_size = 0");
  sqlite3_wal_hook(
      get(),
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<connection*>(self)->now_.wal_pages = pages;
        return SQLITE_OK;
      },
      this);
}

void connection::create() {
  const auto script = "BEGIN IMMEDIATE; PRAGMA application_id = " + std::to_string(application_id) +
                      "; PRAGMA user_version = " + std::to_string(schema_version) + ";" +
                      schema_sql + "COMMIT";
  execute(script.c_str());
}

void connection::check_after_crash() {
  const auto verdict =
      ask("SELECT clean FROM shutdown") == "1" ? "ok" : ask("PRAGMA quick_check(1)");
  if (tells_of_unreadable_page(verdict))
    throw refused_file{"the store could not be read to the end (" + verdict +
                       ") and was left as it is; look at the disk, and start again"};
  if (verdict != "ok")
    throw refused_file{"the store is damaged (" + verdict +
                       ") and was left as it is; restore a copy, or move it away to start anew"};
  write_back_what_was_read();
}

/// One step a version, and all of them or none.
void connection::upgrade() {
  const auto version = std::stoi(ask("PRAGMA user_version"));
  if (version == schema_version) return;
  std::string script = "BEGIN IMMEDIATE;";
  if (version < 3)
    script +=
        "ALTER TABLE shutdown ADD COLUMN numbers INTEGER NOT NULL DEFAULT 1 CHECK (numbers > 0);"
        "ALTER TABLE shutdown ADD COLUMN reservations INTEGER NOT NULL DEFAULT -1"
        " CHECK (reservations >= -1);";
  if (version < 4)
    for (const char* table : {"outbox", "mailbox"})
      for (const char* column : {"recipient", "subject", "body"})
        script += std::string{"ALTER TABLE "} + table + " DROP COLUMN " + column + ";";
  if (version < 5)
    script +=
        "DROP INDEX outbox_due; DROP INDEX outbox_dead;"
        "UPDATE outbox SET not_before = 1 WHERE not_before < 1;"
        "CREATE INDEX outbox_due ON outbox (dead, not_before, created_at) WHERE not_before > 0;";
  script += "PRAGMA user_version = " + std::to_string(schema_version) + "; COMMIT";
  execute(script.c_str());
}

// What we read may be in the system's cache alone: after a sync that failed, the system takes its
// pages for written, and a later sync says yes without them. So write all of it once more before
// anything is promised on top of it: first the WAL, for what a power cut left of an older one would
// undo half of the pages that went from it into the database; then, from the WAL, the database.
// Even after a clean end, for its mark may be such a page; then there is no WAL, and this costs
// nothing.
void connection::write_back_what_was_read() {
  write_wal_again();
  const int code =
      sqlite3_wal_checkpoint_v2(get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code != SQLITE_OK) throw sqlite_failure{sqlite3_extended_errcode(get())};
}

void connection::write_wal_again() {
  sqlite3_file* wal = nullptr;
  sqlite3_file_control(get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
  if (wal == nullptr || wal->pMethods == nullptr) return;
  const auto must = [](int code) {
    if (code != SQLITE_OK) throw sqlite_failure{code};
  };
  sqlite3_int64 size = 0;
  must(wal->pMethods->xFileSize(wal, &size));
  if (size == 0) return;
  std::vector<char> part(std::size_t{64} * 1024);
  for (sqlite3_int64 at = 0; at < size; at += static_cast<sqlite3_int64>(part.size())) {
    const auto count =
        static_cast<int>(std::min(size - at, static_cast<sqlite3_int64>(part.size())));
    must(wal->pMethods->xRead(wal, part.data(), count, at));
    must(wal->pMethods->xWrite(wal, part.data(), count, at));
  }
  must(wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL));
}

int connection::checkpoint_if_due() {
  if (now_.wal_pages < now_.checkpointed_pages) now_.checkpointed_pages = 0;  // the WAL began anew
  if (now_.wal_pages - now_.checkpointed_pages < options_.checkpoint_pages) return SQLITE_OK;
  if (planted::is(planted::bug::checkpoint_forgotten)) return SQLITE_OK;
  const int code =
      sqlite3_wal_checkpoint_v2(get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  now_.checkpointed_pages = now_.wal_pages;
  const int kind = code & 0xff;
  // Busy: a reader still needs the old pages. Full: the WAL holds everything and goes on growing.
  return kind == SQLITE_BUSY || kind == SQLITE_LOCKED || kind == SQLITE_FULL ? SQLITE_OK : code;
}

}  // namespace taquilla::store
