#include "simulation/world/breakable_store.hpp"

#include "domain/planted.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace taquilla::simulation {

namespace {

using planted::bug;
using planted::is;

class breakable_store final : public database {
 public:
  explicit breakable_store(std::shared_ptr<database> base) : base_(std::move(base)) {}

  bool begin() override { return std::exchange(left_open_, false) || base_->begin(); }
  commit_outcome commit() override {
    // Every second batch is told "done" while its transaction is still open.
    left_open_ = is(bug::ack_before_commit) && (++commits_ & 1) != 0;
    return left_open_ ? commit_outcome::committed : base_->commit();
  }
  void undo() override {
    left_open_ = false;
    base_->undo();
  }

  result<purchase_recorded> apply(const record_purchase& c) override {
    auto command = c;
    if (is(bug::key_ignored)) command.order.idempotency_key.clear();
    auto answer = base_->apply(command);
    const auto seat = c.order.event + to_string(c.order.seat);
    if (is(bug::seat_stolen) && !answer && answer.failure().code == errc::seat_taken) {
      base_->apply(cancel_purchase{owners_[seat], c.at});
      answer = base_->apply(command);
    }
    if (answer) owners_[seat] = answer->id;
    return answer;
  }
  result<key_owner> apply(const bind_key& c) override {
    if (is(bug::key_not_bound)) return key_owner{};
    return base_->apply(c);
  }
  result<purchase_confirmed> apply(const confirm_purchase& c) override {
    if (is(bug::confirmation_forgotten)) return purchase_confirmed{c.id};
    return base_->apply(c);
  }
  result<purchase_failed> apply(const fail_purchase& c) override {
    auto command = c;
    if (is(bug::failure_unnamed)) command.failure.clear();
    auto answer = base_->apply(command);
    if (is(bug::void_not_owed)) forgive(c.id, settlement_kind::void_charge);
    return answer;
  }
  result<purchase_cancelled> apply(const cancel_purchase& c) override {
    if (is(bug::cancellation_forgotten)) {
      purchase_cancelled lie;
      lie.record.id = c.id;
      lie.record.state = reservation_state::cancelled;
      return lie;
    }
    auto answer = base_->apply(c);
    if (is(bug::refund_not_owed)) forgive(c.id, settlement_kind::refund);
    return answer;
  }
  result<timeline_appended> apply(const append_timeline& c) override { return base_->apply(c); }
  result<charge_record> apply(const record_charge& c) override {
    charged_.insert(c.id);
    return base_->apply(c);
  }
  result<charge_record> apply(const void_charge& c) override {
    const bool exists = charged_.count(c.id) != 0;
    if ((is(bug::no_tombstone) && !exists) || (is(bug::void_ignored) && exists))
      return charge_record{c.id, {}, charge_state::voided, c.at, true};
    return base_->apply(c);
  }
  result<charge_record> apply(const refund_charge& c) override {
    if (is(bug::refund_ignored)) return charge_record{c.id, {}, charge_state::refunded, c.at, true};
    return base_->apply(c);
  }
  result<settled> apply(const settle& c) override {
    auto command = c;
    if (is(bug::void_not_repeated)) command.done = true;
    return base_->apply(command);
  }
  result<mail_filed> apply(const deliver_mail& c) override {
    if (!is(bug::mail_not_filed)) return base_->apply(c);
    base_->apply(postpone_mail{c.message_id, c.at, "", true});
    return mail_filed{c.message_id, false};
  }
  result<mail_filed> apply(const postpone_mail& c) override {
    auto command = c;
    if (is(bug::mail_given_up)) command.dead = true;
    return base_->apply(command);
  }
  result<mails_revived> apply(const revive_mails& c) override {
    if (is(bug::mail_given_up) || is(bug::mail_not_filed)) return mails_revived{};
    return base_->apply(c);
  }

  result<reservation> read(const find_reservation& q) override { return base_->read(q); }
  result<reservations> read(const list_reservations& q) override { return base_->read(q); }
  result<reservations> read(const open_purchases& q) override {
    if (is(bug::recovery_skipped)) return reservations{};
    return base_->read(q);
  }
  result<charge_record> read(const find_charge& q) override { return base_->read(q); }
  result<charges> read(const list_charges& q) override { return base_->read(q); }
  result<settlements> read(const due_settlements& q) override { return base_->read(q); }
  result<mails> read(const due_mails& q) override { return base_->read(q); }
  result<mails> read(const list_mailbox& q) override {
    auto page = base_->read(q);
    const bool his = !q.to.empty() && !q.after.empty();
    if (is(bug::page_cut_short) && page && his && !page->list.empty())
      page->list.erase(page->list.begin());
    return page;
  }
  result<mails> read(const list_outbox& q) override { return base_->read(q); }
  result<live_seats_page> read(const live_seats& q) override {
    if (is(bug::rebuild_forgets_sold)) return live_seats_page{};
    return base_->read(q);
  }
  result<live_seat> read(const find_seat_owner& q) override { return base_->read(q); }
  result<key_owner> read(const find_key& q) override { return base_->read(q); }
  result<store_counts> read(const count_everything& q) override { return base_->read(q); }

 private:
  void forgive(reservation_id id, settlement_kind kind) {
    base_->apply(settle{id, kind, true, 0, {}});
  }

  std::shared_ptr<database> base_;
  std::map<std::string, reservation_id> owners_;  // by event and seat, as far as this process knows
  std::set<reservation_id> charged_;
  std::uint64_t commits_ = 0;
  bool left_open_ = false;
};

}  // namespace

std::shared_ptr<database> make_breakable(std::shared_ptr<database> base) {
  return std::make_shared<breakable_store>(std::move(base));
}

}  // namespace taquilla::simulation
