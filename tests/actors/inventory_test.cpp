// Goal: INVENTORY is rebuilt from the store, never sells a seat twice, and doubts itself: holds
// that nobody ends are checked and let go. Method: crash it at awkward moments; leave holds behind.
#include "support/virtual_theatre.hpp"

#include <doctest/doctest.h>

namespace taquilla::testing {

namespace {

/// A1 is sold and the buyer knows, but what tells INVENTORY so waits at the door for 1.5 s more.
reservation_id sold_behind_a_slow_door(virtual_theatre& house) {
  house.chaos("inventory", "slow", {1'500, 1.0, 1'501});
  auto bought = house.buy(order());
  house.advance(1'500);
  REQUIRE(bought.text() == "ok");
  return bought.value().id;
}

}  // namespace

TEST_CASE("a new incarnation knows the sold seats and refuses them to others") {
  virtual_theatre house;
  house.buy(order("A1"));
  house.buy(order("B3"));
  house.settle();
  house.chaos("inventory", "panic");
  house.advance(1);
  CHECK(house.seats() == std::map<std::string, std::string>{{"A1", "sold"}, {"B3", "sold"}});
  auto rival = house.buy(order("A1", "other@email.com"));
  house.settle();
  CHECK(rival.text() == "seat_taken");
  CHECK(house.at_rest() == "");
}

TEST_CASE(
    "a new incarnation knows a purchase that is still being paid, and shows its seat as held") {
  virtual_theatre house;
  house.chaos("payment", "slow", {3'000});
  auto buying = house.buy(order());
  house.advance(1'000);
  house.chaos("inventory", "panic");
  house.advance(1);
  CHECK(house.seats().at("A1") == "held");
  auto rival = house.buy(order("A1", "other@email.com"));
  house.settle();
  CHECK(rival.text() == "seat_taken");
  house.advance(2'000);
  CHECK(buying.text() == "ok");
  CHECK(house.seats().at("A1") == "sold");
  house.chaos("payment", "recover");
  CHECK(house.at_rest() == "");
}

TEST_CASE(
    "a purchase whose hold died with INVENTORY is confirmed all the same, by the store's word") {
  virtual_theatre house;
  house.chaos("payment", "slow", {3'000});
  auto buying = house.buy(order());
  house.advance(1'000);
  house.chaos("inventory", "crash");
  house.advance(2'000);
  CHECK(buying.text() == "ok");
  house.chaos("inventory", "recover");
  CHECK(house.seats().at("A1") == "sold");
  CHECK(house.at_rest() == "");
}

TEST_CASE("a purchase that fails after INVENTORY was rebuilt gives its seat back") {
  virtual_theatre house;
  house.chaos("payment", "slow", {30'000});
  auto buying = house.buy(order());
  house.advance(1'000);
  house.chaos("inventory", "panic");
  house.advance(14'000);
  CHECK(buying.text() == "payment_timeout");
  CHECK(house.seats().empty());
  house.chaos("payment", "recover");
  house.advance(60'000);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a hold that nobody ends is let go after its time, and not before") {
  virtual_theatre house;
  house.hold({"A", 1}, 77, 1);
  house.settle();
  house.advance(59'000);
  CHECK(house.seats().at("A1") == "held");
  house.advance(6'000);
  CHECK(house.seats().empty());
  CHECK(house.at_rest() == "");
}

TEST_CASE("many holds left behind are all let go within one period of checking") {
  virtual_theatre house;
  for (std::uint32_t seat = 1; seat <= 40; ++seat) house.hold({"A", seat}, seat, seat);
  house.settle();
  CHECK(house.seats().size() == 40);
  house.advance(65'000);
  CHECK(house.seats().empty());
}

TEST_CASE("a hold longer than its time whose purchase is alive becomes that purchase's seat") {
  theatre_setting setting;
  setting.options.inventory.hold_ms = 1'000;
  virtual_theatre house{setting};
  house.chaos("payment", "slow", {4'000});
  auto buying = house.buy(order());
  house.advance(3'000);
  CHECK(house.seats().at("A1") == "held");
  auto rival = house.buy(order("A1", "other@email.com"));
  house.settle();
  CHECK(rival.text() == "seat_taken");
  house.advance(2'000);
  CHECK(buying.text() == "ok");
  CHECK(house.seats().at("A1") == "sold");
  house.chaos("payment", "recover");
  CHECK(house.at_rest() == "");
}

TEST_CASE("a hold whose answer is lost is given back, and the seat can be bought") {
  virtual_theatre house;
  house.chaos("inventory", "lossy", {0, 1.0, 0, 1});
  auto lost = house.buy(order());
  house.advance(2'000);
  CHECK(lost.text() == "inventory_unavailable");
  auto other = house.buy(order("A1", "other@email.com"));
  house.settle();
  CHECK(other.text() == "ok");
  CHECK(house.at_rest() == "");
}

TEST_CASE("a slow INVENTORY never leaves a hold behind that overtook its own end") {
  virtual_theatre house;
  house.chaos("inventory", "slow", {3'000});
  auto slow = house.buy(order());
  house.advance(2'000);
  CHECK(slow.text() == "inventory_unavailable");
  house.advance(10'000);
  house.chaos("inventory", "recover");
  CHECK(house.seats().empty());
  CHECK(house.at_rest() == "");
}

TEST_CASE(
    "a seat or an event that does not exist is refused and does not count against INVENTORY") {
  virtual_theatre house;
  for (int i = 0; i < 10; ++i) {
    auto nowhere = house.buy(order("Z9"));
    house.settle();
    CHECK(nowhere.text() == "unknown_seat");
  }
  auto other_event = order();
  other_event.event = "EVT-404";
  auto nothing = house.buy(other_event);
  house.settle();
  CHECK(nothing.text() == "unknown_event");
  CHECK(house.desk().breaker == "closed");
  CHECK(house.at_rest() == "");
}

TEST_CASE("events are seats of their own: the same seat of two events is sold twice") {
  virtual_theatre house;
  auto first = house.buy(order("A1"));
  auto elsewhere = order("A1", "other@email.com");
  elsewhere.event = "EVT-002";
  auto second = house.buy(elsewhere);
  house.settle();
  CHECK(first.text() == "ok");
  CHECK(second.text() == "ok");
  CHECK(house.at_rest() == "");
}

TEST_CASE("a sale that is still under way when it is cancelled does not come back as a sale") {
  virtual_theatre house;
  const auto id = sold_behind_a_slow_door(house);
  auto cancelled = house.cancel(id);
  house.advance(1'500);
  CHECK(cancelled.text() == "ok");
  auto other = house.buy(order("A1", "other@email.com"));
  house.settle();
  CHECK(other.text() == "ok");
  house.advance(70'000);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a sale that is cancelled before INVENTORY hears of it leaves no hold behind") {
  virtual_theatre house;
  const auto id = sold_behind_a_slow_door(house);
  house.cancel(id);
  house.advance(3'000);
  CHECK(house.seats().empty());
}

TEST_CASE("the late word of a cancelled sale leaves the seat to its buyer's next purchase") {
  virtual_theatre house;
  const auto id = sold_behind_a_slow_door(house);
  house.chaos("inventory", "slow", {3'000, 1.0, 50});
  house.cancel(id);  // and the word of this waits for 3 s
  house.advance(200);
  house.chaos("payment", "slow", {4'500});
  auto second = house.buy(order());
  house.advance(2'900);
  CHECK(house.seats()["A1"] == "held");
  house.advance(2'000);
  CHECK(second.text() == "ok");
  CHECK(house.seats()["A1"] == "sold");
  house.chaos("payment", "recover");
  CHECK(house.at_rest() == "");
}

TEST_CASE("a purchase that a death left behind gives back the hold of its first life") {
  virtual_theatre house;
  house.chaos("payment", "decline");
  house.hold({"A", 1}, 77, 5);
  auto& store = *house.base();  // a purchase that is pending, and nobody's
  REQUIRE(store.begin());
  REQUIRE(store.apply(record_purchase{"5", 77, order(), house.today() - 3'600'000, {}}));
  REQUIRE(store.commit() == commit_outcome::committed);
  house.advance(40'000);
  CHECK(house.seats().empty());
  CHECK(house.at_rest() == "");
}

TEST_CASE("a sale that is cancelled while INVENTORY is rebuilt is not shown by the new one") {
  for (int steps = 0; steps < 40; ++steps) {  // wherever in the rebuilding the cancellation comes
    CAPTURE(steps);
    virtual_theatre house;
    const auto sold = house.buy(order());
    house.settle();
    house.kill("inventory");
    for (int i = 0; i < steps; ++i) house.step();
    house.cancel(sold.value().id);
    house.advance(1);
    CHECK(house.seats().empty());
  }
}

TEST_CASE("what INVENTORY shows wrongly it finds out by itself, both ways") {
  virtual_theatre house;
  for (const char* seat : {"A1", "A2"}) house.buy(order(seat));
  house.settle();
  REQUIRE(house.seats().size() == 2);
  auto& store = *house.base();  // behind everybody's back: A1 is cancelled, A3 is sold
  REQUIRE(store.begin());
  REQUIRE(store.apply(cancel_purchase{1, house.today()}));
  record_purchase sale{"", 77, order("A3", "other@email.com"), house.today(), {}};
  const auto row = store.apply(sale);
  REQUIRE(row);
  REQUIRE(store.apply(record_charge{row->id, sale.order.amount, house.today()}));
  REQUIRE(store.apply(confirm_purchase{row->id, house.today(), {}}));
  REQUIRE(store.commit() == commit_outcome::committed);
  house.advance(10'000);
  const std::map<std::string, std::string> truth{{"A2", "sold"}, {"A3", "sold"}};
  CHECK(house.seats() == truth);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a hold that is delayed when the fault is over is not overtaken by its own release") {
  virtual_theatre house;
  house.chaos("inventory", "slow", {20'000, 1.0, 1'000});
  auto slow = house.buy(order());
  house.advance(2'000);
  CHECK(slow.text() == "inventory_unavailable");
  house.advance(18'000);
  CHECK(house.seats().empty());
  CHECK(house.at_rest() == "");
}

}  // namespace taquilla::testing
