// Goal: what the tests of this folder look at really changes when a rule of the house is broken.
// Method: plant one bug at a time (domain/planted.hpp) and demand that the same look sees it.
#include "domain/planted.hpp"
#include "support/virtual_theatre.hpp"

#include <doctest/doctest.h>

namespace taquilla::testing {

using planted::planting;

namespace {

std::string outcome(virtual_theatre& house, const std::string& seat) {
  auto answer = house.buy(order(seat));
  house.settle();
  return answer.text();
}

/// Five failures in a row, and a sixth purchase.
std::string sixth_after_five_failures(virtual_theatre& house) {
  house.chaos("inventory", "flaky", {0, 1.0, 10'000});
  for (int i = 1; i <= 5; ++i) outcome(house, "A1");
  return outcome(house, "A1");
}

}  // namespace

TEST_CASE("a hold that is never released is not at rest") {
  for (const auto bug : {planted::bug::none, planted::bug::hold_not_released}) {
    const planting seed{bug};
    virtual_theatre house;
    house.chaos("payment", "decline", {0, 1.0, 0, 1});
    CHECK(outcome(house, "A1") == "payment_declined");
    house.advance(10'000);
    CHECK((house.at_rest() == "") == (bug == planted::bug::none));
  }
}

TEST_CASE("a hold that is given to a second buyer is seen by him") {
  for (const auto bug : {planted::bug::none, planted::bug::hold_overwritten}) {
    const planting seed{bug};
    virtual_theatre house;
    house.hold({"A", 1}, 77, 1);
    auto second = house.hold({"A", 1}, 78, 2);
    house.settle();
    CHECK(second.ok() == (bug != planted::bug::none));
  }
}

TEST_CASE("a breaker that lets calls pass is told from one that does not") {
  for (const auto bug : {planted::bug::none, planted::bug::breaker_ignored}) {
    const planting seed{bug};
    virtual_theatre house;
    const std::string expected = bug == planted::bug::none ? "breaker_open" : "fault_injected";
    CHECK(sixth_after_five_failures(house) == expected);
  }
}

TEST_CASE("a half-open breaker that lets everybody pass is told from one that lets one probe") {
  for (const auto bug : {planted::bug::none, planted::bug::half_open_floods}) {
    const planting seed{bug};
    virtual_theatre house;
    sixth_after_five_failures(house);
    house.advance(30'000);
    house.chaos("inventory", "slow", {500});
    auto probe = house.buy(order("A1"));
    house.settle();
    const std::string expected = bug == planted::bug::none ? "breaker_open" : "pending";
    CHECK(outcome(house, "A2") == expected);
  }
}

TEST_CASE("a supervisor that never gives up is told from one that does") {
  for (const auto bug : {planted::bug::none, planted::bug::restart_without_limit}) {
    const planting seed{bug};
    virtual_theatre house;
    for (int i = 0; i < 8; ++i) house.kill("notification"), house.advance(800);
    const std::string expected = bug == planted::bug::none ? "gave_up" : "up";
    CHECK(house.health().at("notification").state == expected);
  }
}

}  // namespace taquilla::testing
