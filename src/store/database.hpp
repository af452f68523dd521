// The store's port: everything that is kept, behind one interface that names no database. One
// SQLite implementation serves production, tests and simulation; a PostgreSQL one can follow with
// the same statements.
//
// PROTOCOL   Writes happen inside a batch:  begin, apply..., commit (or undo).  A command refuses
//            before it writes, so a refusal undoes nothing but itself. Nobody outside may be
//            told of a write before `commit` said `committed`; who writes next in the same
//            batch or a later one may (docs/adr/0008). Reads happen between batches and see
//            only committed rows; a read inside a batch and a write outside are refused with
//            internal_error.
// FAILURE    `apply` answers store_unavailable or storage_full when the whole batch is gone; commit
//            then says `rolled_back` or `no_space`: every command of it is undone and none may be
//            acknowledged.
//            `broken` means that nobody knows (an I/O error at COMMIT or at the checkpoint after
//            it, a damaged file): stop the process, obey the disk after the restart
//            (docs/ARCHITECTURE.md, "fail-stop"). A broken store answers nothing any more.
// THREADS    One thread at a time, normally the STORE actor's.
#pragma once

#include "domain/error.hpp"
#include "store/commands.hpp"

#include <memory>
#include <string>

namespace taquilla {

enum class commit_outcome : std::uint8_t {
  committed,
  rolled_back,  ///< nothing of the batch was kept
  no_space,     ///< the same, because the disk is full
  broken,       ///< see FAILURE
};

class database {
 public:
  virtual ~database() = default;

  virtual bool begin() = 0;
  virtual commit_outcome commit() = 0;
  /// Ends an open batch without a trace, for whoever takes over from a writer that died inside one.
  virtual void undo() = 0;

  virtual result<purchase_recorded> apply(const record_purchase&) = 0;
  virtual result<key_owner> apply(const bind_key&) = 0;
  virtual result<purchase_confirmed> apply(const confirm_purchase&) = 0;
  virtual result<purchase_failed> apply(const fail_purchase&) = 0;
  virtual result<purchase_cancelled> apply(const cancel_purchase&) = 0;
  virtual result<timeline_appended> apply(const append_timeline&) = 0;
  virtual result<charge_record> apply(const record_charge&) = 0;
  virtual result<charge_record> apply(const void_charge&) = 0;
  virtual result<charge_record> apply(const refund_charge&) = 0;
  virtual result<settled> apply(const settle&) = 0;
  virtual result<mail_filed> apply(const deliver_mail&) = 0;
  virtual result<mail_filed> apply(const postpone_mail&) = 0;
  virtual result<mails_revived> apply(const revive_mails&) = 0;

  virtual result<reservation> read(const find_reservation&) = 0;
  virtual result<reservations> read(const list_reservations&) = 0;
  virtual result<reservations> read(const open_purchases&) = 0;
  virtual result<charge_record> read(const find_charge&) = 0;
  virtual result<charges> read(const list_charges&) = 0;
  virtual result<settlements> read(const due_settlements&) = 0;
  virtual result<mails> read(const due_mails&) = 0;
  virtual result<mails> read(const list_mailbox&) = 0;
  virtual result<mails> read(const list_outbox&) = 0;
  virtual result<live_seats_page> read(const live_seats&) = 0;
  virtual result<live_seat> read(const find_seat_owner&) = 0;
  virtual result<key_owner> read(const find_key&) = 0;
  virtual result<store_counts> read(const count_everything&) = 0;
};

/// Where and how a SQLite store lives.
struct sqlite_options {
  std::string path = ":memory:";  ///< the database file
  std::string vfs;                ///< SQLite VFS by name; empty: the system's own
  bool exclusive = false;        ///< locking_mode=EXCLUSIVE: WAL without shared memory (simulation)
  std::int64_t batch_max = 512;  ///< commands in one transaction at most, as the STORE actor has it
  /// The WAL is moved into the database when it has grown by this many pages. A thousand are 4 MB:
  /// short recovery, few checkpoints.
  int checkpoint_pages = 1000;
  bool synchronous_full = true;  ///< false (NORMAL) is a planted bug: acknowledged rows get lost
};

/// Opens (creates, migrates) a store. The failure's detail says what, why and how to mend it: a
/// newer schema is refused untouched, a damaged file is refused, WAL and synchronous=FULL are read
/// back.
result<std::unique_ptr<database>> open_sqlite(const sqlite_options& options);

}  // namespace taquilla
