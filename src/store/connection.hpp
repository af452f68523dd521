// One SQLite connection, opened the only way this project opens one: WAL, synchronous=FULL, foreign
// keys, each setting read back; a file that is not ours, newer than us or damaged is refused and
// left as it is.
//
// CLEAN MARK    The store notes when it was closed in order. If it was not, the next open checks
//               the file first (quick_check: some 3 s per million reservations).
// CHECKPOINTS   Run right after a commit once the WAL has grown by some 1000 pages, and here
//               rather than inside SQLite, because SQLite's own automatic checkpoint swallows
//               I/O errors.
// NEW FILES     SQLite syncs the folder when it creates the WAL, which makes the database's own
//               name durable too; the data folder's name in its parent is data_folder's business.
// One thread at a time.
#pragma once

#include "store/database.hpp"

#include <sqlite3.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace taquilla::store {

inline constexpr int application_id = 0x54415155;  ///< "TAQU", in the file's header
inline constexpr int schema_version = 2;           ///< PRAGMA user_version

class connection {
 public:
  /// Opens and, where the file is new, creates. Throws sqlite_failure for trouble with the file,
  /// and `refused_file` when it must not be used.
  explicit connection(const sqlite_options& options);
  /// Closes in order: writes the clean mark unless `abandon` was called, checkpoints, closes.
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  sqlite3* get() const { return db_.get(); }
  bool in_transaction() const { return sqlite3_get_autocommit(db_.get()) == 0; }

  /// After a commit: moves the WAL into the database when it has grown enough. SQLITE_OK, also when
  /// a reader or a full disk puts it off; else the I/O error.
  int checkpoint_if_due();
  /// The disk may not hold what memory holds: leave it to the next open to find out.
  void abandon() { now_.abandoned = true; }

  // -- for a warm store (warm_store.hpp) ----------------------------------------

  /// What this connection knows of its file by itself; the rest is SQLite's.
  struct session {
    int wal_pages = 0;           ///< as the last commit left it
    int checkpointed_pages = 0;  ///< how long the WAL was at the last checkpoint
    bool abandoned = false;
    bool opened = false;
  };
  const session& now() const { return now_; }
  void be(const session& then) { now_ = then; }
  /// Takes the file over that lies at the path, as if it had just been opened.
  void take_over();
  /// Leaves the file as nobody holds it: unlocked, unread, not even its WAL open. Memory is kept.
  void let_go();
  /// Closes in order and leaves every statement dead, without a word to those who hold one.
  void close_under_statements();

 private:
  struct closer {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };

  bool in_memory() const { return options_.path == ":memory:"; }
  void end_in_order();
  void execute(const char* sql);
  std::string ask(const char* sql);
  void expect(const char* pragma, const std::string& wanted);
  bool is_new_file();
  void journal_in_wal();
  void configure();
  void create();
  void check_after_crash();
  void write_back_what_was_read();
  void write_wal_again();

  sqlite_options options_;
  std::unique_ptr<sqlite3, closer> db_;
  session now_;
  bool configured_ = false;  ///< settings outlive the file
};

/// The file is there but must not be used; the text says why and what to do.
struct refused_file : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Opens with SQLite's flags and the VFS asked for. Throws sqlite_failure.
sqlite3* open_handle(const std::string& path, int flags, const std::string& vfs);

}  // namespace taquilla::store
