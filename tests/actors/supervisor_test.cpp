// Goal: what dies comes back, what dies too often waits, a crash lasts as long as it was ordered,
// and the stop ends everybody. Method: kill, panic and crash children of the whole theatre and read
// its health.
#include "support/virtual_theatre.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

namespace taquilla::testing {

namespace {

std::string state_of(virtual_theatre& house, const std::string& child) {
  return house.health().at(child).state;
}

bool sells(virtual_theatre& house, const std::string& seat) {
  auto bought = house.buy(order(seat));
  house.settle();
  return bought.ok();
}

}  // namespace

TEST_CASE("every child is up after the start, and the house is ready") {
  virtual_theatre house;
  for (const auto& [name, child] : house.health()) {
    CAPTURE(name);
    CHECK(child.state == "up");
    CHECK(child.restarts == 0);
  }
  CHECK(house.health().size() == 8);
  CHECK(house.ready());
}

TEST_CASE("a child that panics is restarted at once and its peers do not notice") {
  virtual_theatre house;
  for (const char* service : {"inventory", "payment", "notification"}) {
    CAPTURE(std::string{service});
    CHECK(house.chaos(service, "panic").ok());
    house.advance(1);
    CHECK(state_of(house, service) == "up");
    CHECK(house.health().at(service).restarts == 1);
  }
  CHECK(sells(house, "A1"));
  CHECK(house.at_rest() == "");
}

TEST_CASE("every child but STORE may be killed, and the house sells again") {
  for (const char* role : {"event_feed", "inventory", "payment", "notification", "settlement",
                           "mail_relay", "reservation_desk"}) {
    CAPTURE(std::string{role});
    virtual_theatre house;
    CHECK(sells(house, "A1"));
    CHECK(house.kill(role) == 1);
    house.advance(100);
    CHECK(state_of(house, role) == "up");
    CHECK(sells(house, "A2"));
    house.advance(10'000);
    CHECK(house.at_rest() == "");
    CHECK(house.fatal().empty());
  }
}

TEST_CASE("the death of STORE is told once and is never mended here") {
  virtual_theatre house;
  house.kill("store");
  house.advance(60'000);
  CHECK(house.fatal().find("store died: ") == 0);
  CHECK(house.fatal().rfind("store died: ") == 0);  // what is told is strung together
  CHECK(state_of(house, "store") == "gone");
  CHECK_FALSE(house.ready());
}

TEST_CASE("a child that dies too often is given up, and tried again when the period is over") {
  virtual_theatre house;
  int deaths = 0;
  for (; deaths < 20 && state_of(house, "notification") != "gave_up"; ++deaths) {
    house.kill("notification");
    house.advance(800);
  }
  CHECK(deaths == 6);  // five restarts are granted within the period
  CHECK(state_of(house, "notification") == "gave_up");
  auto bought = house.buy(order());
  house.settle();
  CHECK(bought.text() == "ok");
  CHECK(house.mailbox().empty());
  house.advance(20'000);
  CHECK(state_of(house, "notification") == "up");
  CHECK(house.mailbox().size() == 1);
  CHECK(house.at_rest() == "");
}

TEST_CASE("the first restart is immediate, and each further one in the period waits longer") {
  virtual_theatre house;
  house.kill("payment");
  house.advance(1);
  CHECK(state_of(house, "payment") == "up");
  for (const std::int64_t wait_ms : {50, 100, 200}) {
    CAPTURE(wait_ms);
    house.kill("payment");
    house.advance(wait_ms - 1);
    CHECK(state_of(house, "payment") == "restarting");
    house.advance(1);
    CHECK(state_of(house, "payment") == "up");
  }
}

TEST_CASE("an order that cannot be followed kills nobody") {
  virtual_theatre house;
  chaos_wish wish;
  wish.delay_ms = 5;  // belongs to `slow`
  CHECK_FALSE(house.chaos("inventory", "crash", wish).ok());
  CHECK(state_of(house, "inventory") == "up");
  CHECK(sells(house, "A1"));
}

TEST_CASE("a recover ends a give-up at once and forgets the deaths") {
  virtual_theatre house;
  while (state_of(house, "inventory") != "gave_up") house.kill("inventory"), house.advance(800);
  CHECK(house.chaos("inventory", "recover").ok());
  CHECK(state_of(house, "inventory") == "up");
  house.kill("inventory");
  house.advance(1);
  CHECK(state_of(house, "inventory") == "up");
  CHECK(sells(house, "A1"));
}

TEST_CASE("a service that may not be restarted at all stays down until a recover") {
  theatre_setting setting;
  setting.options.supervisor.intensity.restarts = 0;
  virtual_theatre house{setting};
  house.kill("inventory");
  house.advance(86'400'000);
  CHECK(state_of(house, "inventory") == "gave_up");
  CHECK(house.health().at("inventory").restarts == 0);
  CHECK(house.chaos("inventory", "recover").ok());
  CHECK(sells(house, "A1"));
}

TEST_CASE("the period of an old give-up does not end a newer one") {
  virtual_theatre house;
  const auto exhaust = [&] {
    while (state_of(house, "payment") != "gave_up") house.kill("payment"), house.advance(450);
  };
  exhaust();
  const auto period = theatre_options{}.supervisor.intensity.period_ms;
  house.advance(period / 3);
  house.chaos("payment", "recover");
  exhaust();
  const auto restarts = house.health().at("payment").restarts;
  house.advance(period / 3);  // the first give-up is over by now, the second is not
  CHECK(state_of(house, "payment") == "gave_up");
  CHECK(house.health().at("payment").restarts == restarts);
  house.advance(period);
  CHECK(state_of(house, "payment") == "up");
}

TEST_CASE("a crashed service stays down, whatever else is restarted, until it is recovered") {
  virtual_theatre house;
  house.chaos("inventory", "crash");
  for (const char* other : {"payment", "reservation_desk", "mail_relay"}) {
    house.kill(other);
    house.advance(200'000);
    CHECK(state_of(house, other) == "up");
  }
  CHECK(state_of(house, "inventory") == "down");
  CHECK(house.population().count("inventory") == 0);
  CHECK(house.show_chaos("inventory").value().down);
  CHECK(house.ready());
  CHECK(house.chaos("inventory", "recover").ok());
  CHECK(sells(house, "A1"));
}

TEST_CASE("a crash with a time ends by itself") {
  virtual_theatre house;
  house.chaos("payment", "crash", {0, 1.0, 30'000});
  house.advance(29'999);
  CHECK(state_of(house, "payment") == "down");
  house.advance(1);
  CHECK(state_of(house, "payment") == "up");
  CHECK(sells(house, "A1"));
}

TEST_CASE("the end of a crash forgets the deaths before it, as a recover does") {
  virtual_theatre house;
  for (int i = 0; i < 5; ++i) {
    house.kill("payment");
    house.advance(800);
  }
  house.chaos("payment", "crash", {0, 1.0, 1'000});
  house.advance(1'000);
  REQUIRE(state_of(house, "payment") == "up");
  house.kill("payment");
  house.advance(1);
  CHECK(state_of(house, "payment") == "up");
}

TEST_CASE("the end of an old crash does not end a newer one") {
  virtual_theatre house;
  house.chaos("inventory", "crash", {0, 1.0, 10'000});
  house.advance(5'000);
  house.chaos("inventory", "recover");
  house.chaos("inventory", "crash");
  house.advance(60'000);
  CHECK(state_of(house, "inventory") == "down");
}

TEST_CASE("the word of a crash that was counted out does not end one that was ordered since") {
  virtual_theatre house;
  house.chaos("inventory", "crash");
  house.say_crash_is_over("inventory");
  house.settle();
  CHECK(state_of(house, "inventory") == "down");
}

TEST_CASE("a crash that ends by itself leaves the other faults of its service as they were set") {
  virtual_theatre house;
  house.chaos("payment", "slow", {2'000});
  house.chaos("payment", "crash", {0, 1.0, 10'000});
  house.advance(10'000);
  auto slow = house.buy(order());
  house.advance(1'999);
  CHECK(slow.pending());
  house.advance(1);
  CHECK(slow.text() == "ok");
}

TEST_CASE("a crash by count is over when it has refused so many requests") {
  virtual_theatre house;
  house.chaos("inventory", "crash", {0, 1.0, 0, 3});
  for (int i = 0; i < 3; ++i) {
    auto refused = house.buy(order());
    house.settle();
    CHECK(refused.text() == "inventory_unavailable");
  }
  house.advance(1);
  CHECK(state_of(house, "inventory") == "up");
  CHECK(sells(house, "A1"));
  CHECK(house.at_rest() == "");
}

TEST_CASE("a panic by count kills the service with each of its requests, so many times") {
  theatre_setting setting;
  setting.options.payment.retry = retry_config{};  // waits between the attempts
  virtual_theatre house{setting};
  house.chaos("payment", "panic", {0, 1.0, 0, 2});
  auto bought = house.buy(order());
  house.advance(20'000);
  CHECK(bought.text() == "ok");
  CHECK(house.health().at("payment").restarts == 2);
  CHECK(house.charges().size() == 1);
  CHECK(house.at_rest() == "");
}

TEST_CASE("an order for a service or a fault that does not exist is refused") {
  virtual_theatre house;
  CHECK(house.chaos("nobody", "crash").text() == "invalid_field");
  CHECK(house.chaos("store", "crash").text() == "invalid_field");
  CHECK(house.chaos("payment", "explode").text() == "invalid_field");
  CHECK(house.chaos("payment", "flaky", {0, 1.5}).text() == "invalid_field");
  CHECK(house.show_chaos("nobody").text() == "invalid_field");
  CHECK(sells(house, "A1"));
}

TEST_CASE("the stop ends every child, and asks again for no restart") {
  virtual_theatre house;
  CHECK(sells(house, "A1"));
  auto stopped = house.stop();
  house.settle();
  CHECK(stopped.ok());
  house.advance(60'000);
  auto left = house.population();
  left.erase("door");  // doors stay, for whoever still holds one
  CHECK(left == std::map<std::string, int>{{"supervisor", 1}});
  CHECK(house.fatal().empty());
  for (const auto& [name, child] : house.health()) CHECK(child.state == "gone");
  CHECK(house.chaos("payment", "slow", {10}).text() == "draining");
}

TEST_CASE("a child that does not leave when it is asked is killed when the grace is over") {
  theatre_setting setting;
  setting.stubborn_child = true;
  virtual_theatre house{setting};
  REQUIRE(house.started().ok());
  auto stopped = house.stop();
  house.settle();
  house.advance(setting.options.supervisor.stop_grace_ms - 1);
  CHECK(stopped.pending());
  CHECK(house.health().at("stubborn").state == "stopping");
  house.advance(1);
  CHECK(stopped.ok());
  CHECK(house.health().at("stubborn").state == "gone");
}

TEST_CASE("a crash that would end by itself does not end in a stop") {
  theatre_setting setting;
  setting.stubborn_child = true;
  virtual_theatre house{setting};
  house.chaos("payment", "crash", {0, 1.0, 500});
  auto stopped = house.stop();
  house.advance(60'000);
  CHECK(stopped.ok());
  CHECK(house.population().count("payment") == 0);
  CHECK(house.health().at("payment").restarts == 0);
}

TEST_CASE("a child that waits for its restart when the stop comes is not started again") {
  virtual_theatre house;
  for (int i = 0; i < 3; ++i) house.kill("payment"), house.settle();
  house.advance(1);
  house.kill("payment");
  house.settle();
  CHECK(state_of(house, "payment") == "restarting");
  auto stopped = house.stop();
  house.advance(60'000);
  CHECK(stopped.ok());
  CHECK(house.population().count("payment") == 0);
}

TEST_CASE("a child that never says that it is ready fails the start by its name") {
  theatre_setting setting;
  setting.mute_child = true;
  virtual_theatre house{setting};
  CHECK(house.started().pending());
  house.advance(setting.options.supervisor.ready_patience_ms);
  REQUIRE_FALSE(house.started().pending());
  CHECK_FALSE(house.started().ok());
  CHECK(house.started().failure().detail.find("mute") == 0);
  house.advance(100);  // it was killed, and another one is given its chance
  CHECK(house.health().at("mute").restarts == 1);
}

TEST_CASE("a recover of a healthy service only ends its faults") {
  virtual_theatre house;
  house.chaos("payment", "slow", {2'000});
  auto healed = house.chaos("payment", "recover");
  REQUIRE(healed.ok());
  CHECK(healed.value().active.empty());
  CHECK(house.health().at("payment").restarts == 0);
  CHECK(sells(house, "A1"));
}

}  // namespace taquilla::testing
