// Goal: whoever was told "confirmed" has his reservation in the next process, and nobody pays for
// nothing. Method: a busy house under a random schedule dies between two messages, again and again,
// at a moment that the seed draws; the next process opens the same store and must come to rest.
#include "support/virtual_theatre.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

namespace taquilla::testing {

namespace {

struct promise_made {
  reservation_id id = 0;
};

/// Lets some buyers in and stops after a number of messages.
std::vector<promise_made> busy_hour(virtual_theatre& house, std::mt19937_64& draw) {
  house.chaos("payment", "lossy", {0, 0.3});
  house.chaos("notification", "flaky", {0, 0.5});
  std::vector<reply<sale>> answers;
  for (int i = 0; i < 8; ++i) answers.push_back(house.buy(order("A" + std::to_string(1 + i % 5))));
  house.advance(static_cast<std::int64_t>(draw() % 3) * 2'500);
  for (int i = 0; i < 8; ++i) answers.push_back(house.buy(order("B" + std::to_string(1 + i))));
  const auto messages = draw() % 400;
  for (std::uint64_t i = 0; i < messages; ++i) house.step();
  std::vector<promise_made> out;
  for (const auto& answer : answers)
    if (answer.ok()) out.push_back({answer.value().id});
  return out;
}

theatre_setting next_process(const virtual_theatre& earlier, std::uint64_t seed) {
  theatre_setting next;
  next.base = earlier.base();
  next.today = earlier.today() + 500;
  next.seed = seed;
  return next;
}

}  // namespace

TEST_CASE("a process that dies at any moment leaves the next one whole and keeps every promise") {
  std::size_t promises = 0, open = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 draw{seed};
    theatre_setting next;
    next.seed = seed;
    std::vector<promise_made> made;
    for (int life = 0; life < 2; ++life) {
      virtual_theatre house{next};
      for (const auto& one : busy_hour(house, draw)) made.push_back(one);
      open += house.counts().pending;
      next = next_process(house, seed);
    }
    virtual_theatre house{next};
    house.advance(120'000);
    CHECK(house.at_rest() == "");
    for (const auto& one : made)
      CHECK(house.reservation_of(one.id).state == reservation_state::confirmed);
    promises += made.size();
  }
  CHECK(promises > 100);  // else the hours were not busy
  CHECK(open > 50);       // else nothing was cut in two
}

}  // namespace taquilla::testing
