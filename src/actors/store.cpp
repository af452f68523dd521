#include "actors/store.hpp"

#include "actors/clock.hpp"
#include "actors/errors.hpp"
#include "domain/planted.hpp"

#include <caf/all.hpp>
#include <caf/detail/set_thread_name.hpp>

#include <chrono>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

namespace taquilla {

namespace {

/// The purchases that this transaction recorded and has not ended: their next writes are near, and
/// a commit that waits for them spares them one of their own.
using expected_writes = std::unordered_set<reservation_id>;

void expect(expected_writes& next, const record_purchase&, const purchase_recorded& row) {
  if (!row.already_yours) next.insert(row.id);
}
void expect(expected_writes& next, const confirm_purchase& what, const purchase_confirmed&) {
  next.erase(what.id);
}
void expect(expected_writes& next, const fail_purchase& what, const purchase_failed&) {
  next.erase(what.id);
}
template <class Command, class Answer>
void expect(expected_writes&, const Command&, const Answer&) {}

/// One write of the open transaction: how to do it, and how to answer it after the commit.
class pending_write {
 public:
  virtual ~pending_write() = default;
  virtual void run(database& base, expected_writes& next) = 0;
  virtual bool answered() const = 0;  ///< before the commit
  virtual bool lost() const = 0;      ///< the whole transaction is gone with it
  virtual void answer() = 0;
  virtual void refuse(const error& why) = 0;
};

// Which outcomes may be told before their commit: those that only lead to a further write of the
// same purchase. The one writer keeps the order, so that write is durable only if this one is, and
// it is refused should this one be rolled back (store.hpp).
bool leads_to_a_write(const purchase_recorded& row) { return !row.already_yours; }
bool leads_to_a_write(const charge_record&) { return true; }

template <class Command>
constexpr bool may_answer_early =
    std::is_same_v<Command, record_purchase> || std::is_same_v<Command, record_charge>;

template <class Command, class Answer>
class pending final : public pending_write {
 public:
  pending(Command command, caf::typed_response_promise<Answer> promise)
      : command_(std::move(command)),
        promise_(std::move(promise)),
        outcome_(errc::store_unavailable) {}
  void run(database& base, expected_writes& next) override {
    outcome_ = base.apply(command_);
    if (!outcome_) return;
    expect(next, command_, *outcome_);
    if constexpr (may_answer_early<Command>) {
      if (!leads_to_a_write(*outcome_)) return;
      promise_.deliver(*outcome_);
      answered_ = true;
    }
  }
  bool answered() const override { return answered_; }
  bool lost() const override {
    if (outcome_) return false;
    const auto why = outcome_.failure().code;
    return why == errc::store_unavailable || why == errc::storage_full;
  }
  void answer() override {
    if (answered_) return;
    if (outcome_)
      promise_.deliver(std::move(*outcome_));
    else
      promise_.deliver(to_caf(outcome_.failure()));
  }
  void refuse(const error& why) override {
    if (!answered_) promise_.deliver(to_caf(why));
  }

 private:
  Command command_;
  caf::typed_response_promise<Answer> promise_;
  result<Answer> outcome_;
  bool answered_ = false;
};

class store_state {
 public:
  static inline const char* name = "store";
  using pointer = store_actor::stateful_pointer<store_state>;
  explicit store_state(pointer self) : self_(self) {}

  template <class Command, class Answer>
  auto write() {
    return [this](Command& command) -> caf::result<Answer> {
      auto promise = self_->make_response_promise<Answer>();
      take(std::make_unique<pending<Command, Answer>>(std::move(command), promise));
      return promise;
    };
  }

  template <class Question, class Answer>
  auto read() {
    return [this](const Question& question) -> caf::result<Answer> {
      commit();  // what is not committed may not be seen
      auto found = base_->read(question);
      if (!found) return to_caf(found.failure());
      return std::move(*found);
    };
  }

  store_actor::behavior_type start(std::shared_ptr<database> base, store_options options) {
    base_ = std::move(base);
    options_ = options;
    base_->undo();  // nobody outside was told of what an earlier incarnation left open
    // CAF looks for a message's handler from the top, so the steps of a sale come first.
    return {write<record_purchase, purchase_recorded>(),
            write<record_charge, charge_record>(),
            write<confirm_purchase, purchase_confirmed>(),
            write<deliver_mail, mail_filed>(),
            [this](const flush_batch&) { backlog_is_done(); },
            [this](const commit_due&) { delay_is_over(); },
            read<due_mails, mails>(),
            write<bind_key, key_owner>(),
            write<fail_purchase, purchase_failed>(),
            write<cancel_purchase, purchase_cancelled>(),
            write<append_timeline, timeline_appended>(),
            write<void_charge, charge_record>(),
            write<refund_charge, charge_record>(),
            write<settle, settled>(),
            write<postpone_mail, mail_filed>(),
            write<revive_mails, mails_revived>(),
            read<find_reservation, reservation>(),
            read<list_reservations, reservations>(),
            read<open_purchases, reservations>(),
            read<find_charge, charge_record>(),
            read<list_charges, charges>(),
            read<due_settlements, settlements>(),
            read<list_mailbox, mails>(),
            read<list_outbox, mails>(),
            read<live_seats, live_seats_page>(),
            read<find_seat_owner, live_seat>(),
            read<find_key, key_owner>(),
            read<count_everything, store_counts>(),
            [](const report_ready&) { return child_ready{}; }};
  }

 private:
  void take(std::unique_ptr<pending_write> write) {
    if (!open_ && !open()) return write->refuse({errc::store_unavailable, "no transaction", 1000});
    write->run(*base_, expected_);
    ++writes_;
    const bool lost = write->lost();
    if (!write->answered()) unanswered_.push_back(std::move(write));
    if (lost || writes_ >= options_.batch_max) return commit();
    if (!std::exchange(flush_is_sent_, true)) self_->send(store_actor{self_}, flush_batch{});
  }

  bool open() {
    if (!base_->begin()) return false;
    open_ = true;
    opened_at_ = now_ms(self_);
    if (options_.commit_delay_ms > 0) wake_after(options_.commit_delay_ms);
    return true;
  }

  void wake_after(duration_ms wait) {
    if (std::exchange(timer_runs_, true)) return;
    self_->delayed_send(store_actor{self_}, std::chrono::milliseconds{wait}, commit_due{});
  }

  /// The timer may have been set for a transaction that is over by now.
  void delay_is_over() {
    timer_runs_ = planted::is(planted::bug::timer_forgotten);
    if (!open_) return;
    const auto left = opened_at_ + options_.commit_delay_ms - now_ms(self_);
    if (left > 0)
      wake_after(left);
    else
      commit();
  }

  void backlog_is_done() {
    flush_is_sent_ = false;
    const bool wait = unanswered_.empty() || !expected_.empty();
    if (!wait || options_.commit_delay_ms <= 0) commit();
  }

  void commit() {
    if (!std::exchange(open_, false)) return;
    const auto batch = std::exchange(unanswered_, {});
    expected_.clear();
    writes_ = 0;
    switch (base_->commit()) {
      case commit_outcome::committed:
        for (const auto& one : batch) one->answer();
        return;
      case commit_outcome::rolled_back:
        return refuse(batch, {errc::not_kept, "nothing of this batch was kept", 1000});
      case commit_outcome::no_space:
        return refuse(batch, {errc::storage_full, "nothing of this batch was kept", 1000});
      case commit_outcome::broken:
        // Whether these rows are on the disk is for the restart to see: nobody is answered.
        self_->quit(to_caf({errc::store_unavailable, "the commit failed", 0}));
    }
  }

  static void refuse(const std::vector<std::unique_ptr<pending_write>>& batch, const error& why) {
    for (const auto& one : batch) one->refuse(why);
  }

  pointer self_;
  std::shared_ptr<database> base_;
  store_options options_;
  bool open_ = false;
  bool flush_is_sent_ = false;
  bool timer_runs_ = false;
  instant_ms opened_at_ = 0;
  std::size_t writes_ = 0;  ///< in the open transaction
  expected_writes expected_;
  std::vector<std::unique_ptr<pending_write>> unanswered_;
};

}  // namespace

store_actor spawn_store(caf::actor_system& system, std::shared_ptr<database> base,
                        store_options options, bool own_thread) {
  auto body = [](store_state::pointer self, std::shared_ptr<database> b, store_options o) {
    return self->state.start(std::move(b), o);
  };
  auto alone = [body](store_state::pointer self, std::shared_ptr<database> b, store_options o) {
    caf::detail::set_thread_name("taquilla.store");
    return body(self, std::move(b), o);
  };
  if (own_thread) return system.spawn<caf::detached>(alone, std::move(base), options);
  return system.spawn(body, std::move(base), options);
}

}  // namespace taquilla
