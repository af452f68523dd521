// TROUBLE DATABASE: a store that passes everything on to a real one until the test breaks it. It
// can be full (every batch is rolled back whole) or broken (nobody knows what became of a commit),
// and it counts batches and commands. Reads always work, but for sweeps that a test refuses. Test
// support; one thread.
#pragma once

#include "store/database.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

namespace taquilla::testing {

class trouble_database final : public database {
 public:
  enum class trouble { none, full, cannot_begin, broken };

  explicit trouble_database(std::shared_ptr<database> real) : real_(std::move(real)) {}

  trouble now = trouble::none;
  std::uint64_t batches = 0, commits = 0, commands = 0;
  std::uint64_t largest = 0;     ///< commands of the largest batch
  int sweeps_refused = 0;        ///< so many of the next
  bool kept_and_denied = false;  ///< confirmations

  bool begin() override {
    ++batches;
    in_batch_ = 0;
    if (now == trouble::cannot_begin) return false;
    return now == trouble::full || real_->begin();
  }
  commit_outcome commit() override {
    ++commits;
    if (now == trouble::full) return commit_outcome::no_space;
    const auto outcome = real_->commit();
    return now == trouble::broken ? commit_outcome::broken : outcome;
  }
  void undo() override { real_->undo(); }

  result<purchase_recorded> apply(const record_purchase& c) override {
    return write<purchase_recorded>(c);
  }
  result<key_owner> apply(const bind_key& c) override { return write<key_owner>(c); }
  result<purchase_confirmed> apply(const confirm_purchase& c) override {
    auto done = write<purchase_confirmed>(c);
    if (!kept_and_denied) return done;
    return error{errc::storage_full, "injected", 0};
  }
  result<purchase_failed> apply(const fail_purchase& c) override {
    return write<purchase_failed>(c);
  }
  result<purchase_cancelled> apply(const cancel_purchase& c) override {
    return write<purchase_cancelled>(c);
  }
  result<timeline_appended> apply(const append_timeline& c) override {
    return write<timeline_appended>(c);
  }
  result<charge_record> apply(const record_charge& c) override { return write<charge_record>(c); }
  result<charge_record> apply(const void_charge& c) override { return write<charge_record>(c); }
  result<charge_record> apply(const refund_charge& c) override { return write<charge_record>(c); }
  result<settled> apply(const settle& c) override { return write<settled>(c); }
  result<mail_filed> apply(const deliver_mail& c) override { return write<mail_filed>(c); }
  result<mail_filed> apply(const postpone_mail& c) override { return write<mail_filed>(c); }
  result<mails_revived> apply(const revive_mails& c) override { return write<mails_revived>(c); }

  result<reservation> read(const find_reservation& q) override { return real_->read(q); }
  result<reservations> read(const list_reservations& q) override { return real_->read(q); }
  result<reservations> read(const open_purchases& q) override {
    if (sweeps_refused == 0) return real_->read(q);
    --sweeps_refused;
    return error{errc::store_unavailable, "injected", 0};
  }
  result<charge_record> read(const find_charge& q) override { return real_->read(q); }
  result<charges> read(const list_charges& q) override { return real_->read(q); }
  result<settlements> read(const due_settlements& q) override { return real_->read(q); }
  result<mails> read(const due_mails& q) override { return real_->read(q); }
  result<mails> read(const list_mailbox& q) override { return real_->read(q); }
  result<mails> read(const list_outbox& q) override { return real_->read(q); }
  result<live_seats_page> read(const live_seats& q) override { return real_->read(q); }
  result<live_seat> read(const find_seat_owner& q) override { return real_->read(q); }
  result<key_owner> read(const find_key& q) override { return real_->read(q); }
  result<store_counts> read(const count_everything& q) override { return real_->read(q); }

 private:
  template <class Answer, class Command>
  result<Answer> write(const Command& command) {
    ++commands;
    largest = std::max(largest, ++in_batch_);
    if (now == trouble::full) return error{errc::storage_full, "injected", 0};
    return real_->apply(command);
  }

  std::shared_ptr<database> real_;
  std::uint64_t in_batch_ = 0;
};

}  // namespace taquilla::testing
