#include "actors/store.hpp"

#include "actors/errors.hpp"

#include <caf/all.hpp>

#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

namespace taquilla {

namespace {

/// One write that waits for its commit: how to do it, and how to answer it afterwards.
class pending_write {
 public:
  virtual ~pending_write() = default;
  virtual void run(database& base) = 0;
  virtual void answer() = 0;
  virtual void refuse(const error& why) = 0;
};

// Which outcomes may be told before their commit: those that only lead to a further write of the
// same purchase. The one writer keeps the order, so that write is durable only if this one is, and
// it is refused should this one be rolled back (store.hpp).
bool leads_to_a_write(const purchase_recorded& row) { return !row.already_yours; }
bool leads_to_a_write(const charge_record& row) { return row.state == charge_state::charged; }

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
  void run(database& base) override {
    outcome_ = base.apply(command_);
    if constexpr (may_answer_early<Command>) {
      if (!outcome_ || !leads_to_a_write(*outcome_)) return;
      promise_.deliver(*outcome_);
      answered_ = true;
    }
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
      batch_.push_back(std::make_unique<pending<Command, Answer>>(std::move(command), promise));
      if (batch_.size() == 1) self_->send(store_actor{self_}, flush_batch{});
      if (batch_.size() >= options_.batch_max) flush();
      return promise;
    };
  }

  template <class Question, class Answer>
  auto read() {
    return [this](const Question& question) -> caf::result<Answer> {
      auto found = base_->read(question);
      if (!found) return to_caf(found.failure());
      return std::move(*found);
    };
  }

  store_actor::behavior_type start(std::shared_ptr<database> base, store_options options) {
    base_ = std::move(base);
    options_ = options;
    return {write<record_purchase, purchase_recorded>(),
            write<confirm_purchase, purchase_confirmed>(),
            write<fail_purchase, purchase_failed>(),
            write<cancel_purchase, purchase_cancelled>(),
            write<append_timeline, timeline_appended>(),
            write<record_charge, charge_record>(),
            write<void_charge, charge_record>(),
            write<refund_charge, charge_record>(),
            write<settle, settled>(),
            write<deliver_mail, mail_filed>(),
            write<postpone_mail, mail_filed>(),
            read<find_reservation, reservation>(),
            read<list_reservations, reservations>(),
            read<open_purchases, reservations>(),
            read<find_charge, charge_record>(),
            read<list_charges, charges>(),
            read<due_settlements, settlements>(),
            read<due_mails, mails>(),
            read<list_mailbox, mails>(),
            read<list_outbox, mails>(),
            read<live_seats, live_seats_page>(),
            read<find_seat_owner, live_seat>(),
            read<find_key, key_owner>(),
            read<count_everything, store_counts>(),
            [](const report_ready&) { return child_ready{}; },
            [this](const flush_batch&) { flush(); }};
  }

 private:
  void flush() {
    if (batch_.empty()) return;  // a full batch went before its message came
    const auto batch = std::exchange(batch_, {});
    if (!base_->begin()) return refuse(batch, {errc::store_unavailable, "no transaction", 1000});
    for (const auto& one : batch) one->run(*base_);
    switch (base_->commit()) {
      case commit_outcome::committed:
        for (const auto& one : batch) one->answer();
        return;
      case commit_outcome::rolled_back:
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
  std::vector<std::unique_ptr<pending_write>> batch_;
};

}  // namespace

store_actor spawn_store(caf::actor_system& system, std::shared_ptr<database> base,
                        store_options options, bool own_thread) {
  auto body = [](store_state::pointer self, std::shared_ptr<database> b, store_options o) {
    return self->state.start(std::move(b), o);
  };
  if (own_thread) return system.spawn<caf::detached>(body, std::move(base), options);
  return system.spawn(body, std::move(base), options);
}

}  // namespace taquilla
