// Goal: nothing leaks. After a long and troubled day the theatre's own actors are the only ones
// left, and the clock has no more timers than on the first quiet minute. Method: a long mixed run,
// compared with the state before it. The last test proves that `at_rest` can say no.
#include "support/virtual_theatre.hpp"

#include <doctest/doctest.h>

namespace taquilla::testing {

TEST_CASE("after a long troubled day no actor and no timer is left over") {
  virtual_theatre house;
  house.advance(120'000);
  const auto people = house.population();
  const auto timers = house.timers();
  const char* services[] = {"inventory", "payment", "notification"};
  const char* kinds[] = {"flaky", "lossy", "stall", "panic", "slow"};
  for (int i = 0; i < 60; ++i) {
    house.chaos(services[i % 3], kinds[i % 5], {i % 5 == 4 ? 900 : 0, 0.5, 4'000, 0});
    auto bought = house.buy(order((i % 2 == 0 ? "A" : "B") + std::to_string(1 + i % 30)));
    house.advance(3'100);
    if (bought.ok() && i % 3 == 0) house.cancel(bought.value().id);
  }
  for (const char* service : services) house.chaos(service, "recover");
  house.advance(200'000);
  CHECK(house.at_rest() == "");
  CHECK(house.population() == people);
  CHECK(house.timers() <= timers);
}

TEST_CASE("a thousand purchases cost messages in proportion and leave no timers") {
  virtual_theatre house;
  house.advance(60'000);
  const auto timers = house.timers();
  for (int round = 0; round < 25; ++round) {
    for (int seat = 1; seat <= 40; ++seat) house.buy(order("A" + std::to_string(seat)));
    house.settle();
    for (int seat = 1; seat <= 40; ++seat)
      house.cancel(static_cast<reservation_id>(round * 40 + seat));
    house.settle();
  }
  CHECK(house.counts().reservations == 1'000);
  CHECK(house.handled("reservation") <= 12'000);
  // Two relays that were woken while they were at work: a look beside it, and the timer that it
  // has overtaken.
  CHECK(house.timers() <= timers + 4);
  CHECK(house.at_rest() == "");
  house.advance(10'000);
  CHECK(house.timers() <= timers);
}

TEST_CASE("a house that is not at rest says what is open") {
  virtual_theatre house;
  house.chaos("notification", "crash");
  house.buy(order());
  house.settle();
  CHECK(house.at_rest().find("1 mails due") != std::string::npos);
  house.hold({"B", 1}, 5, 5);
  house.settle();
  CHECK(house.at_rest().find("B1 held") != std::string::npos);
  house.chaos("payment", "stall");
  house.buy(order("A2"));
  house.settle();
  CHECK(house.at_rest().find("1 pending purchases") != std::string::npos);
}

}  // namespace taquilla::testing
