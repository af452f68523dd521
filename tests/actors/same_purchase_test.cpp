// Goal: a repeated request is the same purchase, another buyer's is a conflict, and an
// Idempotency-Key says which is which. Method: repeat, vary one thing at a time, and do it before,
// while and after the first purchase runs.
#include "support/trouble_database.hpp"
#include "support/virtual_theatre.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace taquilla::testing {

namespace {

purchase_order with_key(const std::string& key, const std::string& seat = "A1",
                        const std::string& email = "test@email.com") {
  auto o = order(seat, email);
  o.idempotency_key = key;
  return o;
}

std::string outcome(virtual_theatre& house, const purchase_order& what) {
  auto answer = house.buy(what);
  house.settle();
  if (!answer.ok()) return answer.text();
  return std::to_string(answer.value().id) + (answer.value().replayed ? " replayed" : "");
}

}  // namespace

TEST_CASE("another buyer of a sold seat is refused, and so is another price of the same buyer") {
  virtual_theatre house;
  CHECK(outcome(house, order()) == "1");
  CHECK(outcome(house, order("A1", "other@email.com")) == "seat_taken");
  auto dearer = order();
  dearer.amount = {5001};
  CHECK(outcome(house, dearer) == "seat_taken");
  CHECK(outcome(house, order("A2", "other@email.com")) == "2");
  CHECK(house.at_rest() == "");
}

TEST_CASE("a purchase with the fingerprint of another is not taken for it") {
  for (const bool other_price : {true, false}) {
    virtual_theatre house;
    auto sold = other_price ? order("A1") : order("A1", "other@email.com");
    if (other_price) sold.amount = {5001};
    auto& store = *house.base();  // as if identity_of had given both orders the same number
    REQUIRE(store.begin());
    const auto row =
        store.apply(record_purchase{"", identity_of(order("A1")), sold, house.today(), {}});
    REQUIRE(row);
    REQUIRE(store.apply(record_charge{row->id, sold.amount, house.today()}));
    REQUIRE(store.apply(confirm_purchase{row->id, house.today(), {}}));
    REQUIRE(store.commit() == commit_outcome::committed);
    house.chaos("inventory", "panic");  // the next incarnation knows the seat as that number's
    house.advance(1'000);
    CHECK(outcome(house, order("A1")) == "seat_taken");
  }
}

TEST_CASE("another buyer is refused while the seat is held, and may buy when the purchase failed") {
  virtual_theatre house;
  house.chaos("payment", "slow", {20'000});
  auto first = house.buy(order());
  house.advance(1'000);
  CHECK(outcome(house, order("A1", "other@email.com")) == "seat_taken");
  house.advance(14'000);
  REQUIRE(first.text() == "payment_timeout");
  house.chaos("payment", "recover");
  CHECK(outcome(house, order("A1", "other@email.com")) == "2");
  house.advance(60'000);
  CHECK(house.at_rest() == "");
}

TEST_CASE("identical requests at once join one purchase and are answered together") {
  virtual_theatre house;
  std::vector<reply<sale>> answers;
  for (int i = 0; i < 10; ++i) answers.push_back(house.buy(order()));
  house.settle();
  int originals = 0;
  for (const auto& answer : answers) {
    REQUIRE(answer.text() == "ok");
    CHECK(answer.value().id == 1);
    originals += answer.value().replayed ? 0 : 1;
  }
  CHECK(originals == 1);
  CHECK(house.charges().size() == 1);
  CHECK(house.at_rest() == "");
}

TEST_CASE("who joins a replay has a question of his own") {
  virtual_theatre house;
  CHECK(outcome(house, order()) == "1");
  house.chaos("inventory", "slow", {1'000});
  auto first = house.buy(order());
  house.advance(500);
  auto joined = house.buy(order());
  house.advance(500);
  CHECK(first.text() == "ok");
  CHECK(joined.text() == "pending");
  house.advance(1'000);
  REQUIRE(joined.text() == "ok");
  CHECK(joined.value().replayed);
  CHECK(house.at_rest() == "");
}

TEST_CASE("who joins a replay and whose ticket is cancelled meanwhile is not told that he has it") {
  virtual_theatre house;
  CHECK(outcome(house, order()) == "1");
  house.chaos("inventory", "slow", {1'000});
  auto first = house.buy(order());
  house.advance(500);
  auto joined = house.buy(order());
  house.advance(500);
  REQUIRE(first.text() == "ok");
  house.cancel(1);
  house.advance(1'000);
  CHECK(joined.text() == "key_in_flight");
  CHECK(joined.failure().detail == "an earlier purchase of this seat has just ended");
  CHECK(joined.failure().retry_after_ms == 1'000);
  house.advance(1'000);
  house.chaos("inventory", "recover");
  CHECK(outcome(house, order()) == "2");
  CHECK(house.at_rest() == "");
}

TEST_CASE("joiners share a refusal too, and no more than the limit may join") {
  theatre_setting setting;
  setting.options.reservation.joiners_max = 3;
  virtual_theatre house{setting};
  house.chaos("payment", "decline", {0, 1.0, 0, 1});
  house.chaos("payment", "slow", {1'000});
  std::vector<reply<sale>> answers;
  for (int i = 0; i < 6; ++i) answers.push_back(house.buy(order()));
  house.settle();
  int turned_away = 0;
  for (const auto& answer : answers) turned_away += answer.text() == "key_in_flight" ? 1 : 0;
  CHECK(turned_away == 2);
  house.advance(1'000);
  int declined = 0;
  for (const auto& answer : answers) declined += answer.text() == "payment_declined" ? 1 : 0;
  CHECK(declined == 4);
  house.chaos("payment", "recover");
  house.advance(10'000);
  CHECK(house.at_rest() == "");
}

TEST_CASE("the same key with the same body gets the stored answer, with another body none") {
  virtual_theatre house;
  CHECK(outcome(house, with_key("k")) == "1");
  CHECK(outcome(house, with_key("k")) == "1 replayed");
  CHECK(outcome(house, with_key("k", "A2")) == "key_reused");
  CHECK(outcome(house, with_key("k", "A1", "other@email.com")) == "key_reused");
  CHECK(outcome(house, with_key("other", "A1", "other@email.com")) == "seat_taken");
  CHECK(house.seats().size() == 1);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a key that is answered with a purchase made without it belongs to that purchase") {
  virtual_theatre house;
  CHECK(outcome(house, order()) == "1");
  CHECK(outcome(house, with_key("k")) == "1 replayed");
  CHECK(outcome(house, with_key("k", "A2")) == "key_reused");
  CHECK(outcome(house, with_key("k", "A1", "other@email.com")) == "key_reused");
  house.cancel(1);
  house.settle();
  CHECK(outcome(house, with_key("k", "A2")) == "2");
  CHECK(house.at_rest() == "");
}

TEST_CASE("a purchase may have several keys, and each of them names it alone") {
  virtual_theatre house;
  CHECK(outcome(house, with_key("k1")) == "1");
  CHECK(outcome(house, with_key("k2")) == "1 replayed");
  CHECK(outcome(house, with_key("k2")) == "1 replayed");
  for (const char* key : {"k1", "k2"}) CHECK(outcome(house, with_key(key, "A2")) == "key_reused");
  CHECK(outcome(house, with_key("k3", "A2")) == "2");
  CHECK(outcome(house, with_key("k3")) == "key_reused");
  CHECK(house.at_rest() == "");
}

TEST_CASE("a key that could not be written down is not answered with a ticket") {
  std::shared_ptr<trouble_database> disk;
  theatre_setting setting;
  setting.wrap = [&disk](std::shared_ptr<database> real) {
    return disk = std::make_shared<trouble_database>(std::move(real));
  };
  virtual_theatre house{setting};
  CHECK(outcome(house, order()) == "1");
  disk->now = trouble_database::trouble::full;
  CHECK(outcome(house, with_key("k")) == "storage_full");
  CHECK(outcome(house, order()) == "1 replayed");
  disk->now = trouble_database::trouble::none;
  CHECK(outcome(house, with_key("k", "A2")) == "2");
  CHECK(house.at_rest() == "");
}

TEST_CASE("a key in flight is a conflict with the same body and reused with another") {
  virtual_theatre house;
  house.chaos("payment", "slow", {1'000});
  auto first = house.buy(with_key("k"));
  house.advance(500);
  CHECK(outcome(house, with_key("k")) == "key_in_flight");
  CHECK(outcome(house, with_key("k", "A2")) == "key_reused");
  house.advance(500);
  CHECK(first.text() == "ok");
  CHECK(outcome(house, with_key("k")) == "1 replayed");
  CHECK(house.at_rest() == "");
}

TEST_CASE("who joins without a key hears nothing of the key under which the purchase began") {
  virtual_theatre house;
  CHECK(outcome(house, with_key("k", "A2")) == "1");
  house.chaos("inventory", "slow", {1'000, 1.0, 0, 1});
  auto with_a_used_key = house.buy(with_key("k", "A2", "other@email.com"));
  auto joined = house.buy(order("A2", "other@email.com"));
  house.advance(1'000);
  CHECK(with_a_used_key.text() == "key_reused");
  CHECK(joined.text() == "seat_taken");
  CHECK(house.at_rest() == "");
}

TEST_CASE("who joined and has to ask anew buys on his own account, not on the founder's") {
  virtual_theatre house;
  CHECK(outcome(house, with_key("k")) == "1");
  house.chaos("inventory", "slow", {1'000, 1.0, 0, 1});
  auto founder = with_key("k", "A2");
  founder.evidence = "what the limiter said of him";
  auto refused = house.buy(founder);
  auto joined = house.buy(order("A2"));
  house.advance(1'000);
  CHECK(refused.text() == "key_reused");
  REQUIRE(joined.text() == "ok");
  CHECK(timeline_text(house.reservation_of(joined.value().id)).find("admitted") ==
        std::string::npos);
}

TEST_CASE("a sale is told of once, however often its buyer asks") {
  virtual_theatre house;
  for (int i = 0; i < 3; ++i) outcome(house, order());
  const auto told = house.feed();
  CHECK(std::count_if(told.begin(), told.end(), [](const auto& event) {
          return event.kind == "reservation.confirmed";
        }) == 1);
}

TEST_CASE("a failed purchase frees its key for any body") {
  virtual_theatre house;
  house.chaos("payment", "decline", {0, 1.0, 0, 1});
  CHECK(outcome(house, with_key("k")) == "payment_declined");
  CHECK(outcome(house, with_key("k", "A2")) == "2");
  house.advance(10'000);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a cancelled purchase frees its seat and its key") {
  virtual_theatre house;
  CHECK(outcome(house, with_key("k")) == "1");
  CHECK(house.cancel(1).pending());
  house.settle();
  CHECK(outcome(house, with_key("k", "A1", "other@email.com")) == "2");
  house.advance(10'000);
  CHECK(house.at_rest() == "");
}

TEST_CASE("the same purchase after a failure or a cancellation is a new one") {
  virtual_theatre house;
  house.chaos("payment", "decline", {0, 1.0, 0, 1});
  CHECK(outcome(house, order()) == "payment_declined");
  CHECK(outcome(house, order()) == "2");
  house.cancel(2);
  house.settle();
  CHECK(outcome(house, order()) == "3");
  house.advance(10'000);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a replay asks INVENTORY first, so a crashed one refuses it as well") {
  virtual_theatre house;
  CHECK(outcome(house, order()) == "1");
  house.chaos("inventory", "crash");
  CHECK(outcome(house, order()) == "inventory_unavailable");
  house.chaos("inventory", "recover");
  CHECK(outcome(house, order()) == "1 replayed");
  CHECK(house.at_rest() == "");
}

TEST_CASE("under any schedule one of many rivals gets the seat and pays, and the others do not") {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    CAPTURE(seed);
    theatre_setting setting;
    setting.seed = seed;
    virtual_theatre house{setting};
    std::vector<reply<sale>> answers;
    for (int i = 0; i < 8; ++i)
      answers.push_back(house.buy(order("A1", "buyer" + std::to_string(i) + "@email.com")));
    house.advance(100);
    int sold = 0;
    for (const auto& answer : answers) {
      sold += answer.ok() ? 1 : 0;
      CHECK((answer.ok() || answer.text() == "seat_taken"));
    }
    CHECK(sold == 1);
    CHECK(house.charges().size() == 1);
    CHECK(house.at_rest() == "");
  }
}

}  // namespace taquilla::testing
