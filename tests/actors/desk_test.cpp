// Goal: the RESERVATION DESK limits what is in flight, drains, shares the retry budget and the
// breaker between purchases, and resumes what a death left open. Method: crowds, two processes over
// one store, and a RESERVATION killed after every single message of its life.
#include "support/virtual_theatre.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace taquilla::testing {

namespace {

/// What the next process finds: the same store, a moment later.
theatre_setting after(const virtual_theatre& earlier) {
  theatre_setting next;
  next.base = earlier.base();
  next.today = earlier.today() + 1'000;
  return next;
}

}  // namespace

TEST_CASE("one purchase more than may be in flight is told so and has touched nothing") {
  theatre_setting setting;
  setting.options.reservation.in_flight_max = 3;
  virtual_theatre house{setting};
  house.chaos("payment", "slow", {1'000});
  std::vector<reply<sale>> answers;
  for (int i = 1; i <= 4; ++i) answers.push_back(house.buy(order("A" + std::to_string(i))));
  house.settle();
  CHECK(answers[3].text() == "overloaded");
  CHECK(answers[3].failure().retry_after_ms > 0);
  CHECK(house.desk().in_flight == 3);
  CHECK(house.seats().size() == 3);
  CHECK(house.counts().reservations == 3);
  house.advance(1'000);
  for (int i = 0; i < 3; ++i) CHECK(answers[static_cast<std::size_t>(i)].text() == "ok");
  CHECK(house.desk().in_flight == 0);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a draining desk ends what is in flight, refuses what is new, and says when it is done") {
  virtual_theatre house;
  house.chaos("payment", "slow", {1'000});
  auto running = house.buy(order());
  house.settle();
  auto drained = house.drain();
  house.settle();
  CHECK(drained.pending());
  CHECK(house.desk().draining);
  auto late = house.buy(order("A2"));
  house.settle();
  CHECK(late.text() == "draining");
  house.advance(1'000);
  CHECK(running.text() == "ok");
  CHECK(drained.ok());
}

TEST_CASE("a purchase that outlasts the drain is left to the next process, and its buyer told so") {
  virtual_theatre house;
  house.chaos("payment", "stall");
  auto stuck = house.buy(order());
  auto other = house.buy(order("A2"));
  house.settle();
  auto drained = house.drain(3'000);
  house.advance(2'999);
  CHECK(stuck.pending());
  CHECK(drained.pending());
  house.advance(1);
  CHECK(stuck.text() == "outcome_unknown");
  CHECK(other.text() == "outcome_unknown");
  REQUIRE(drained.ok());
  CHECK(drained.value() == 2);
  CHECK(house.counts().pending == 2);
  for (const auto& event : house.feed()) CHECK(event.kind != "reservation.lost");  // it was ordered
}

TEST_CASE("who joined a purchase and would have to ask anew is turned away by a draining desk") {
  virtual_theatre house;
  house.buy(order());
  house.settle();
  house.chaos("inventory", "slow", {1'000});
  auto first = house.buy(order());
  house.advance(500);
  auto joined = house.buy(order());
  house.settle();
  auto drained = house.drain();
  house.advance(500);
  CHECK(first.text() == "ok");
  CHECK(joined.text() == "draining");
  CHECK(drained.ok());
}

TEST_CASE("an idle desk is drained at once, and again") {
  virtual_theatre house;
  auto first = house.drain(), second = house.drain();
  house.settle();
  CHECK(first.ok());
  CHECK(second.ok());
}

TEST_CASE("a purchase that an earlier process charged is confirmed by the next, with its mail") {
  reservation_id id = 0;
  theatre_setting next;
  {
    virtual_theatre house;
    house.chaos("payment", "lossy");
    house.buy(order());
    house.advance(1'000);
    REQUIRE(house.charges().size() == 1);
    id = house.charges()[0].id;
    next = after(house);
  }
  virtual_theatre house{next};
  house.advance(100);
  CHECK(house.reservation_of(id).state == reservation_state::confirmed);
  CHECK(house.seats().at("A1") == "sold");
  CHECK(house.mailbox().size() == 1);
  house.advance(60'000);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a purchase that an earlier process had not charged is failed by the next, and voided") {
  theatre_setting next;
  {
    virtual_theatre house;
    house.chaos("payment", "stall");
    house.buy(order());
    house.advance(1'000);
    REQUIRE(house.counts().pending == 1);
    next = after(house);
  }
  virtual_theatre house{next};
  house.advance(100);
  CHECK(house.reservation_of(1).state == reservation_state::failed);
  CHECK(house.seats().empty());
  auto late = house.charge(1, {5000});
  house.advance(60'000);
  CHECK(late.text() == "charge_voided");
  CHECK(house.at_rest() == "");
}

TEST_CASE("many leftovers of an earlier process are all resumed") {
  theatre_setting next;
  {
    virtual_theatre house;
    house.chaos("payment", "lossy", {0, 0.5});
    for (int i = 1; i <= 40; ++i) house.buy(order("A" + std::to_string(i)));
    house.advance(1'000);
    CHECK(house.counts().pending > 5);
    next = after(house);
  }
  virtual_theatre house{next};
  house.advance(60'000);
  CHECK(house.counts().pending == 0);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a leftover waits for a crashed PAYMENT and is decided when it is back") {
  theatre_setting next;
  {
    virtual_theatre house;
    house.chaos("payment", "lossy");
    house.buy(order());
    house.advance(1'000);
    next = after(house);
  }
  virtual_theatre house{next};
  house.chaos("payment", "crash");
  house.advance(120'000);
  house.chaos("payment", "recover");
  house.advance(30'000);
  CHECK(house.counts().pending == 0);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a RESERVATION killed after any of its messages leaves nothing open after the sweep") {
  int killed = 0;
  for (int message = 1; message < 200; ++message) {
    CAPTURE(message);
    virtual_theatre house;
    const auto before = house.handled("reservation");
    auto bought = house.buy(order());
    while (house.handled("reservation") < before + static_cast<std::uint64_t>(message))
      if (!house.step()) break;
    if (house.kill("reservation") == 0) break;
    ++killed;
    house.settle();
    CHECK((bought.text() == "outcome_unknown" || bought.ok()));
    house.advance(120'000);
    CHECK(house.at_rest() == "");
    const bool sold = !house.seats().empty();
    CHECK(house.mailbox().size() == (sold ? 1 : 0));
    auto again = house.buy(order());
    house.settle();
    CHECK(again.text() == "ok");
    CHECK(again.value().replayed == sold);
  }
  CHECK(killed >= 4);
}

TEST_CASE(
    "the whole process killed after any message of a purchase leaves nothing open in the next") {
  int kept = 0;
  for (int messages = 1;; ++messages) {
    CAPTURE(messages);
    theatre_setting next;
    bool over = false, acknowledged = false;
    {
      virtual_theatre house;
      auto bought = house.buy(order());
      for (int i = 0; i < messages && !over; ++i) over = !house.step();
      acknowledged = bought.ok();
      next = after(house);
    }
    virtual_theatre house{next};
    house.advance(120'000);
    CHECK(house.at_rest() == "");
    if (acknowledged) CHECK(house.reservation_of(1).state == reservation_state::confirmed);
    kept += acknowledged ? 1 : 0;
    if (!over) continue;
    CHECK(acknowledged);
    CHECK(messages - kept > 20);  // so many messages a purchase takes up to its answer
    break;
  }
  CHECK(kept > 1);  // the answer is not the last message: its mail comes behind it
}

TEST_CASE("a desk that dies answers nobody for ever, and its purchases end without it") {
  virtual_theatre house;
  house.chaos("payment", "slow", {1'000});
  auto bought = house.buy(order());
  house.advance(500);
  CHECK(house.kill("reservation_desk") == 1);
  house.settle();
  CHECK(bought.text() == "outcome_unknown");
  house.advance(1);
  auto again = house.buy(order());
  house.settle();
  CHECK(again.text() == "key_in_flight");
  CHECK(again.failure().detail == "");  // under way, and not just ended
  house.advance(60'000);
  CHECK(house.reservation_of(1).state == reservation_state::confirmed);
  house.chaos("payment", "recover");
  auto finally = house.buy(order());
  house.settle();
  CHECK(finally.text() == "ok");
  CHECK(finally.value().replayed);
  CHECK(house.at_rest() == "");
}

TEST_CASE(
    "an exhausted retry budget ends purchases after their first silence, a recover fills it") {
  theatre_setting setting;
  setting.options.payment.budget = {4'000, 1'000, 100};
  virtual_theatre house{setting};
  house.chaos("payment", "stall");
  auto first = house.buy(order("A1"));
  house.advance(20'000);
  CHECK(first.text() == "payment_timeout");
  auto second = house.buy(order("A2"));
  house.advance(5'000);
  CHECK(second.text() == "payment_timeout");  // after one attempt of three
  CHECK(house.desk().tokens_milli < 2'000);
  house.chaos("inventory", "recover");  // says nothing about PAYMENT
  house.settle();
  CHECK(house.desk().tokens_milli < 2'000);
  house.chaos("payment", "recover");
  house.settle();
  CHECK(house.desk().tokens_milli == 4'000);
  house.advance(60'000);
  CHECK(house.at_rest() == "");
}

TEST_CASE(
    "each charge that PAYMENT answered fills the retry budget a little, a refused card does not") {
  theatre_setting setting;
  setting.options.payment.budget = {4'000, 1'000, 100};
  virtual_theatre house{setting};
  house.chaos("payment", "flaky", {0, 1.0, 0, 1});
  auto first = house.buy(order("A1"));
  house.advance(1'000);
  CHECK(first.text() == "ok");
  CHECK(house.desk().tokens_milli == 3'100);
  house.chaos("payment", "decline", {0, 1.0, 0, 1});
  auto declined = house.buy(order("A2"));
  house.advance(1'000);
  CHECK(declined.text() == "payment_declined");
  CHECK(house.desk().tokens_milli == 3'100);
  auto second = house.buy(order("A2"));
  house.advance(1'000);
  CHECK(second.text() == "ok");
  CHECK(house.desk().tokens_milli == 3'200);
}

TEST_CASE("no purchase outlives its deadline, whatever is slow") {
  theatre_setting setting;
  setting.options.reservation.deadline_ms = 7'500;  // it comes in the middle of a second attempt
  virtual_theatre house{setting};
  house.chaos("inventory", "slow", {1'900});
  house.chaos("payment", "stall");
  auto bought = house.buy(order());
  house.advance(7'399);
  CHECK(bought.pending());
  house.advance(111);
  CHECK_FALSE(bought.pending());
  house.chaos("inventory", "recover");
  house.chaos("payment", "recover");
  house.advance(120'000);
  CHECK(house.at_rest() == "");
}

}  // namespace taquilla::testing
