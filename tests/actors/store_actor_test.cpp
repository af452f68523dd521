// Goal: STORE commits in groups, tells nobody of a write before its commit, refuses a batch that
// was rolled back, and stops for ever at a commit that nobody can judge. Method: a store that the
// test breaks, under the whole theatre.
#include "actors/errors.hpp"
#include "support/trouble_database.hpp"
#include "support/virtual_theatre.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace taquilla::testing {

namespace {

using trouble = trouble_database::trouble;

/// A theatre whose store can be broken.
struct breakable {
  std::shared_ptr<trouble_database> store;
  virtual_theatre house;

  explicit breakable(theatre_setting setting = {}) : house(wrapped(std::move(setting))) {
    house.settle();
    store->batches = store->commits = store->commands = 0;  // MAIL RELAY begins with a write
  }

 private:
  theatre_setting wrapped(theatre_setting setting) {
    setting.wrap = [this](std::shared_ptr<database> real) {
      store = std::make_shared<trouble_database>(std::move(real));
      return store;
    };
    return setting;
  }
};

std::vector<reply<sale>> crowd(virtual_theatre& house, int buyers) {
  std::vector<reply<sale>> out;
  for (int i = 1; i <= buyers; ++i) out.push_back(house.buy(order("A" + std::to_string(i))));
  return out;
}

}  // namespace

TEST_CASE("a crowd of purchases shares a few commits") {
  breakable b;
  const auto answers = crowd(b.house, 40);
  b.house.settle();
  for (const auto& answer : answers) CHECK(answer.ok());
  CHECK(b.store->commands >= 40 * 4);  // record, charge, confirm, deliver
  CHECK(b.store->batches * 8 <= b.store->commands);
  CHECK(b.house.at_rest() == "");
}

TEST_CASE("one purchase costs an idle store one commit, and its mail another") {
  breakable b;
  auto bought = b.house.buy(order());
  b.house.settle();
  CHECK(bought.ok());
  CHECK(b.store->batches == 2);
}

TEST_CASE("without a delay each write of a lone purchase is committed at once") {
  theatre_setting setting;
  setting.options.store.commit_delay_ms = 0;
  breakable b{setting};
  auto bought = b.house.buy(order());
  b.house.settle();
  CHECK(bought.ok());
  CHECK(b.store->batches == 4);
}

TEST_CASE("what a purchase that goes no further has written is committed after the delay") {
  breakable b;
  b.house.chaos("payment", "stall");
  b.house.settle();
  auto stuck = b.house.buy(order());
  b.house.settle();
  CHECK(b.store->commits == 0);
  b.house.advance(2);
  CHECK(b.store->commits == 1);
  CHECK(b.store->commands == 1);  // the record alone
}

TEST_CASE("a purchase that is done does not wait for one that hangs longer than the delay") {
  breakable b;
  chaos_wish first_only;
  first_only.times = 1;
  b.house.chaos("payment", "stall", first_only);
  auto stuck = b.house.buy(order("A1"));
  auto bought = b.house.buy(order("A2"));
  b.house.settle();
  CHECK(bought.pending());
  b.house.advance(2);
  CHECK(stuck.pending());
  CHECK(bought.ok());
}

TEST_CASE("a read makes the store commit first") {
  theatre_setting patient;
  patient.options.store.commit_delay_ms = 1'000;
  breakable b{patient};
  b.house.chaos("payment", "stall");
  b.house.settle();
  auto stuck = b.house.buy(order());
  b.house.settle();
  CHECK(b.store->commits == 0);
  b.house.kill("inventory");  // its next incarnation reads what is sold
  b.house.advance(500);
  CHECK(b.store->commits == 1);
}

TEST_CASE("a batch is never larger than its limit") {
  theatre_setting setting;
  setting.options.store.batch_max = 4;
  breakable b{setting};
  crowd(b.house, 40);
  b.house.settle();
  CHECK(b.store->largest == 4);
  CHECK(b.house.at_rest() == "");
}

TEST_CASE("who cannot be written off because he was confirmed has his ticket") {
  breakable b;
  b.store->kept_and_denied = true;
  auto bought = b.house.buy(order());
  b.house.settle();
  CHECK(bought.text() == "ok");
  CHECK(b.house.at_rest() == "");
}

TEST_CASE(
    "on a full disk purchases are refused as storage_full, charged to nobody, and later served") {
  breakable b;
  b.store->now = trouble::full;
  auto refused = b.house.buy(order());
  b.house.settle();
  CHECK(refused.text() == "storage_full");
  CHECK(b.house.charges().empty());
  b.house.advance(30'000);
  b.store->now = trouble::none;
  auto served = b.house.buy(order());
  b.house.settle();
  CHECK(served.text() == "ok");
  b.house.advance(60'000);
  CHECK(b.house.at_rest() == "");
}

TEST_CASE("a disk that fills up with mail due does not make the relays spin") {
  breakable b;
  b.house.chaos("notification", "stall");
  auto bought = b.house.buy(order());
  b.house.settle();
  REQUIRE(bought.ok());
  b.store->now = trouble::full;
  b.house.chaos("notification", "recover");
  const auto before = b.house.handled("mail_relay");
  b.house.advance(10'000);
  CHECK(b.house.handled("mail_relay") - before < 200);
  b.store->now = trouble::none;
  b.house.advance(60'000);
  CHECK(b.house.mailbox().size() == 1);
  CHECK(b.house.at_rest() == "");
}

TEST_CASE("a disk that fills up with a refund due does not make the relays spin") {
  breakable b;
  auto bought = b.house.buy(order());
  b.house.settle();
  b.house.chaos("payment", "crash");
  b.house.cancel(1);
  b.house.settle();
  b.store->now = trouble::full;
  const auto before = b.house.handled("settlement");
  b.house.chaos("payment", "recover");
  b.house.advance(10'000);
  CHECK(b.house.handled("settlement") - before < 200);
  b.store->now = trouble::none;
  b.house.advance(60'000);
  CHECK(b.house.charges().at(0).state == charge_state::refunded);
  CHECK(b.house.at_rest() == "");
}

TEST_CASE(
    "a disk that fills up in the middle of a purchase leaves it to the sweep, which ends it") {
  breakable b;
  b.house.chaos("payment", "slow", {2'000});
  auto buying = b.house.buy(order());
  b.house.advance(1'000);
  b.store->now = trouble::full;
  b.house.advance(25'000);
  CHECK(buying.text() == "outcome_unknown");
  b.store->now = trouble::none;
  b.house.chaos("payment", "recover");
  b.house.advance(120'000);
  CHECK(b.house.at_rest() == "");
}

TEST_CASE("a transaction that cannot begin refuses its batch and the store goes on") {
  breakable b;
  b.store->now = trouble::cannot_begin;
  auto asking = b.house.buy(order());
  b.house.settle();
  b.store->now = trouble::none;
  b.house.advance(60'000);
  CHECK_FALSE(asking.pending());
  CHECK(b.house.fatal().empty());
  auto served = b.house.buy(order("A2"));
  b.house.settle();
  CHECK(served.text() == "ok");
  b.house.advance(60'000);
  CHECK(b.house.at_rest() == "");
}

TEST_CASE(
    "a commit that nobody can judge is fail-stop: no answer of it goes out, and the process ends") {
  breakable b;
  b.store->now = trouble::broken;
  auto buying = b.house.buy(order());
  b.house.settle();
  CHECK_FALSE(buying.ok());
  CHECK(b.house.fatal().find("store") != std::string::npos);
  CHECK_FALSE(b.house.ready());
  CHECK(b.house.health().at("store").state == "gone");
  b.house.advance(60'000);
  CHECK(buying.text() == "outcome_unknown");
  CHECK(b.house.health().at("store").restarts == 0);
}

TEST_CASE("after a fail-stop the next process obeys the disk, whichever way the commit went") {
  breakable b;
  b.store->now = trouble::broken;  // the rows are on the disk, and nobody was told
  b.house.buy(order());
  b.house.advance(60'000);
  theatre_setting next;
  next.base = b.house.base();
  next.today = b.house.today() + 1'000;
  virtual_theatre house{next};
  house.advance(60'000);
  CHECK(house.reservation_of(1).state == reservation_state::confirmed);
  CHECK(house.mailbox().size() == 1);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a batch that was undone is a refusal, a store that did not answer is none") {
  for (const auto code : {errc::not_kept, errc::storage_full, errc::seat_taken})
    CHECK(is_refusal({code, {}, 0}));
  for (const auto code : {errc::store_unavailable, errc::deadline_expired, errc::internal_error})
    CHECK_FALSE(is_refusal({code, {}, 0}));
}

TEST_CASE("what a full disk did not keep of a timeline goes with the next write, once") {
  breakable b;
  b.house.chaos("payment", "stall");
  b.house.buy(order());
  b.house.advance(100);  // it is written down
  b.store->now = trouble::full;
  b.house.advance(5'400);  // the first attempt is over, and its lines are refused
  b.store->now = trouble::none;
  b.house.advance(60'000);
  const auto steps = b.house.reservation_of(1).timeline;
  const auto count = [&steps](const std::string& detail) {
    return std::count_if(steps.begin(), steps.end(), [&detail](const auto& one) {
      return one.step == "payment_attempt" && one.detail.rfind(detail, 0) == 0;
    });
  };
  CHECK(count("attempt 1 of 3") == 1);
  CHECK(count("attempt 2 of 3") == 1);
  CHECK(count("attempt 3 of 3") == 1);
}

}  // namespace taquilla::testing
