// The port of database.hpp over one SQLite file. The members are implemented by family: sales.cpp,
// purchases.cpp, ledger.cpp, settlements.cpp, mail.cpp, queries.cpp and aftermath.cpp; each has its
// statements, prepared once.
//
// WRITES     A command decides whether to refuse before it writes its first row, so a refusal has
//            nothing to undo and no savepoint is needed. A constraint that stops the first write
//            undoes that statement alone and refuses the command. Any other trouble rolls the
//            whole batch back.
// HELD       A new purchase is not a row before it is confirmed, or anything but the next step of a
//            sale is asked for, or the batch ends (held_purchases.hpp).
// NUMBERS    A reservation id is taken by a row that was written, or will be with its batch, and by
//            nothing else; the rest is told in connection.hpp.
// Private to src/store and its tests. One thread at a time.
#pragma once

#include "store/audit_questions.hpp"
#include "store/connection.hpp"
#include "store/held_purchases.hpp"
#include "store/held_table.hpp"
#include "store/statement.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace taquilla::store {

struct purchase_statements {
  explicit purchase_statements(preparation db);
  statement live_by_key, bind, ended_by_token, live_by_seat;
  statement confirm, fail, state_of, facts, cancel, append;
};
/// Each writes all that is held.
struct sale_statements {
  explicit sale_statements(preparation db);
  statement insert, bind, charge, post;
};
struct ledger_statements {
  explicit ledger_statements(preparation db);
  statement charge, void_or_bury, refund, find, page;
};
struct settlement_statements {
  explicit settlement_statements(preparation db);
  statement owe, done, postpone, due, next_at, owed_by;
};
struct mail_statements {
  explicit mail_statements(preparation db);
  statement post, posted, file, take_off, was_delivered, postpone, revive, fresh, due, next_at;
  statement outbox_page, mailbox_page, mailbox_of, waiting_of, delivered_of;
};
struct query_statements {
  explicit query_statements(preparation db);
  statement find, page, page_of_buyer, page_of_open, open_after, live_page, owner, key_owner;
  statement count_open, count_owed, count_fresh, count_due, count_dead;
};

class sqlite_database final : public database {
 public:
  explicit sqlite_database(const sqlite_options& options) : sqlite_database(options, false) {}

  bool begin() override;
  commit_outcome commit() override;
  void undo() override;

  result<purchase_recorded> apply(const record_purchase&) override;
  result<key_owner> apply(const bind_key&) override;
  result<purchase_confirmed> apply(const confirm_purchase&) override;
  result<purchase_failed> apply(const fail_purchase&) override;
  result<purchase_cancelled> apply(const cancel_purchase&) override;
  result<timeline_appended> apply(const append_timeline&) override;
  result<charge_record> apply(const record_charge&) override;
  result<charge_record> apply(const void_charge&) override;
  result<charge_record> apply(const refund_charge&) override;
  result<settled> apply(const settle&) override;
  result<mail_filed> apply(const deliver_mail&) override;
  result<mail_filed> apply(const postpone_mail&) override;
  result<mails_revived> apply(const revive_mails&) override;

  result<reservation> read(const find_reservation&) override;
  result<reservations> read(const list_reservations&) override;
  result<reservations> read(const open_purchases&) override;
  result<charge_record> read(const find_charge&) override;
  result<charges> read(const list_charges&) override;
  result<settlements> read(const due_settlements&) override;
  result<mails> read(const due_mails&) override;
  result<mails> read(const list_mailbox&) override;
  result<mails> read(const list_outbox&) override;
  result<live_seats_page> read(const live_seats&) override;
  result<live_seat> read(const find_seat_owner&) override;
  result<key_owner> read(const find_key&) override;
  result<store_counts> read(const count_everything&) override;

  /// The connection, for the audit of an open store and for tests that break it by hand.
  sqlite3* handle() const { return connection_.get(); }
  /// Where an audit of this very connection keeps its questions from one time to the next.
  std::unique_ptr<audit_questions>& questions() { return questions_; }

  // -- for a warm store (warm_store.hpp) ----------------------------------------

  sqlite_database(const sqlite_options& options, bool prepare_at_once);
  enum class batch { none, open, lost, broken };
  /// What this object knows by itself; the rest is SQLite's.
  struct session {
    batch state = batch::none;
    error lost;  ///< why the batch is gone
    std::uint64_t commits = 0, commands = 0;
    std::int64_t fresh_from = 0;  ///< no mail below this number is yet to be tried (mail.cpp)
    connection::session of_connection;
  };
  session now() const;
  void be(const session& then);
  void take_over();
  void let_go() { connection_.let_go(); }
  void close() { connection_.close_under_statements(); }
  void set_limits(const sqlite_options& from) { connection_.set_limits(from); }

 private:
  /// Runs a command for which all that is held must be rows.
  template <class T, class Body>
  result<T> write(Body&& body) {
    if (!write_held()) return now_.lost;
    return step<T>(std::forward<Body>(body));
  }
  /// Runs a command that knows of what is held, or that it is none of its business; turns trouble
  /// into the answer.
  template <class T, class Body>
  result<T> step(Body&& body) {
    if (now_.state != batch::open) return why_not_writable();
    ++now_.commands;
    const auto changes_before = sqlite3_total_changes64(handle());
    try {
      return body();
    } catch (const sqlite_failure& failure) {
      return after_failure(failure, sqlite3_total_changes64(handle()) != changes_before);
    }
  }
  /// Runs a query between batches.
  template <class T, class Body>
  result<T> look(Body&& body) {
    if (now_.state != batch::none) return why_not_readable();
    try {
      return body();
    } catch (const sqlite_failure& failure) {
      return error{errc::store_unavailable, failure.what(), 0};
    }
  }
  error why_not_writable() const;
  error why_not_readable() const;
  error after_failure(const sqlite_failure& failure, bool has_written);
  void roll_back();
  commit_outcome after_commit();

  std::optional<purchase_order> order_under_key(const std::string& key);
  /// Empty: nobody's token, go on. Else the answer.
  std::optional<result<purchase_recorded>> known_attempt(const record_purchase& command);
  /// Empty: nobody's seat. Else the answer.
  std::optional<result<purchase_recorded>> owner_of_seat(const record_purchase& command);
  bool write_held();  ///< false: the batch is lost
  result<charge_record> charge_row(const record_charge& command);
  result<purchase_confirmed> confirm_row(const confirm_purchase& command);
  result<purchase_confirmed> why_not_confirmed(reservation_id id);
  void post_mail(reservation_id id, mail_kind kind, wall_ms at);
  /// The mail of a held sale is from now on; no other is touched. False: the batch is lost.
  bool mail_is_written(const std::string& message_id);
  /// A confirmation's: it will be looked for.
  void mail_is_posted(std::int64_t number);
  /// False: there are more than fit.
  bool take_fresh_mails(std::uint32_t limit, std::vector<mail>& into);
  /// What became of its money and its mails, as entries of its timeline (aftermath.cpp).
  std::vector<timeline_entry> aftermath_of(const reservation& record);
  result<charge_record> charge_of(reservation_id id);
  result<mail_filed> not_in_outbox(std::int64_t number, const std::string& message_id);

  held_purchases held_;  ///< empty between batches
  connection connection_;
  held_table shown_;
  statement begin_, commit_, rollback_;
  purchase_statements purchases_;
  sale_statements sales_;
  ledger_statements ledger_;
  settlement_statements settlements_;
  mail_statements mail_;
  query_statements queries_;
  std::unique_ptr<audit_questions> questions_;
  session now_;
};

/// Says what stopped an opening, and how to mend it. Only inside a handler of what it threw.
error why_not_opened(const std::string& path);

}  // namespace taquilla::store
