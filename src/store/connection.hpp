// One SQLite connection, opened the only way this project opens one: WAL, synchronous=FULL, foreign
// keys, each setting read back; a file that is not ours, newer than us or damaged is refused and
// left as it is.
//
// CLEAN MARK    The store notes when it was closed in order. If it was not, the next open checks
//               the file first (quick_check: some 3 s per million reservations).
// NUMBERS       A reservation id that was given out never comes to mean another purchase, whatever
//               became of its row: somebody may have been told (actors/store.hpp). So they never
//               go back, not even when a batch does; and before one is given out the file says
//               that it may have been: two transactions' worth at a time, and the next two from
//               the middle on. A process that did not close in order thus leaves a gap.
// OLDER FILES   Those of version 2 lack the columns for that, and are given them; those of 2 and 3
//               kept the words of each mail, and lose them (docs/adr/0017). Since 5 fewer mails
//               are in an index (mail.cpp).
// CHECKPOINTS   Run right after a commit once the WAL has grown by some 1000 pages, and here
//               rather than inside SQLite, because SQLite's own automatic checkpoint swallows
//               I/O errors.
// NEW FILES     SQLite syncs the folder when it creates the WAL, which makes the database's own
//               name durable too; the data folder's name in its parent is data_folder's business.
// One thread at a time.
#pragma once

#include "store/database.hpp"
#include "store/gathered_wal.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace taquilla::store {

inline constexpr int application_id = 0x54415155;  ///< "TAQU", in the file's header
inline constexpr int schema_version = 5;           ///< PRAGMA user_version

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
  /// The next reservation id. Nothing when the file does not allow it yet, since the transactions
  /// before were rolled back; the commit of this one mends it. Throws sqlite_failure.
  std::optional<std::int64_t> next_number();
  /// It was. Throws sqlite_failure.
  void number_taken();
  /// How many there are in the file, of whatever state.
  std::int64_t reservations() const { return now_.reservations; }
  /// The transaction has ended: whether what it wrote is in the file.
  void batch_over(bool kept);

  /// The disk may not hold what memory holds: leave it to the next open to find out.
  void abandon() { now_.abandoned = true; }

  // -- for a warm store (warm_store.hpp) ----------------------------------------

  /// What this connection knows of its file by itself; the rest is SQLite's.
  struct session {
    int wal_pages = 0;           ///< as the last commit left it
    int checkpointed_pages = 0;  ///< how long the WAL was at the last checkpoint
    bool abandoned = false;
    bool opened = false;
    std::int64_t reservations = 0;
    std::int64_t begun = 0;  ///< by the open transaction
    std::int64_t next_number = 1;
    std::int64_t reserved = 1;   ///< below it numbers may be given out, says the file
    std::int64_t reserving = 0;  ///< as the open transaction will have it; 0: as it is
  };
  const session& now() const { return now_; }
  void be(const session& then);
  /// Takes the file over that lies at the path, as if it had just been opened.
  void take_over();
  /// Leaves the file as nobody holds it: unlocked, unread, not even its WAL open. Memory is kept.
  void let_go();
  /// Closes in order and leaves every statement dead, without a word to those who hold one.
  void close_under_statements();
  void set_limits(const sqlite_options& from);

 private:
  struct closer {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };

  const std::string& vfs();
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
  void upgrade();
  void begin_numbers();
  void reserve_numbers();
  std::int64_t numbers_ahead() const { return 2 * options_.batch_max; }
  void write_back_what_was_read();
  void write_wal_again();

  sqlite_options options_;
  std::optional<gathered_wal> gathered_;  ///< outlives the connection
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
