// Goal: the RESERVATION DESK resumes what others left open: all of it, within its limits, once.
// Method: pending rows that nobody works on, in crowds, with a store that refuses a question and a
// PAYMENT that is silent.
#include "support/trouble_database.hpp"
#include "support/virtual_theatre.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace taquilla::testing {

namespace {

/// Pending purchases of seats that nobody else wants.
void leave_behind(virtual_theatre& house, std::uint32_t count, wall_ms created_at) {
  auto& store = *house.base();
  const auto batch = static_cast<std::uint32_t>(sqlite_options{}.batch_max);
  const auto first = static_cast<std::uint32_t>(created_at % 100'000);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i % batch == 0) REQUIRE((i == 0 || store.commit() == commit_outcome::committed));
    if (i % batch == 0) REQUIRE(store.begin());
    auto what = order();
    what.seat = {"Z", first + i + 1};
    const auto token = std::to_string(created_at) + "-" + std::to_string(i);
    REQUIRE(store.apply(record_purchase{token, identity_of(what), what, created_at, {}}));
  }
  REQUIRE(store.commit() == commit_outcome::committed);
}

}  // namespace

TEST_CASE("purchases that were left behind are resumed within the limit, and all of them") {
  theatre_setting setting;
  setting.options.reservation.in_flight_max = 4;  // half of them are for buyers
  virtual_theatre house{setting};
  house.chaos("payment", "slow", {1'000});
  leave_behind(house, 5, house.today() - 3'600'000);
  std::uint64_t most = 0;
  for (int second = 0; second < 60; ++second) {
    house.advance(1'000);
    most = std::max(most, house.desk().in_flight);
  }
  CHECK(most == 2);
  house.chaos("payment", "recover");
  CHECK(house.at_rest() == "");
}

TEST_CASE("a crowd of leftovers is resumed in one sweep, not a page a period") {
  virtual_theatre house;
  leave_behind(house, 1'600, house.today() - 3'600'000);
  house.advance(6'000);
  CHECK(house.counts().pending == 0);
}

TEST_CASE("leftovers whose end nobody knows are left to the next period") {
  virtual_theatre house;
  leave_behind(house, 1'600, house.today() - 3'600'000);
  house.chaos("payment", "crash");
  const auto asked = [&house] { return house.show_chaos("payment").value().active.at(0).touched; };
  house.advance(30'000);
  CHECK(asked() >= 1'600);
  CHECK(asked() <= 7 * 5 * 1'000);  // seven periods, five tries, a thousand at once
  house.chaos("payment", "recover");
  house.advance(20'000);
  CHECK(house.counts().pending == 0);
}

TEST_CASE("a leftover from a clock that was ahead does not wait behind others that are stuck") {
  virtual_theatre house;
  house.chaos("payment", "stall");
  leave_behind(house, 300, house.today() - 3'600'000);
  leave_behind(house, 1, house.today() + 3'650'000);
  house.advance(6'000);
  CHECK(house.desk().in_flight == 301);
  house.advance(5'000);
  CHECK(house.desk().in_flight == 301);  // the next sweep has begun none of them twice
}

TEST_CASE("leftovers that are stuck leave their share of the places, and no more, to themselves") {
  virtual_theatre house;
  house.chaos("payment", "stall", {0, 1.0, 0, 300});
  leave_behind(house, 1'600, house.today() - 3'600'000);
  house.advance(6'000);
  CHECK(house.counts().pending == 300);
}

TEST_CASE("a sweep that the store refused is made again in the next period") {
  std::shared_ptr<trouble_database> store;
  theatre_setting setting;
  setting.wrap = [&store](std::shared_ptr<database> real) {
    store = std::make_shared<trouble_database>(std::move(real));
    store->sweeps_refused = 1;
    return store;
  };
  virtual_theatre house{setting};
  house.settle();
  REQUIRE(store->sweeps_refused == 0);
  leave_behind(house, 1, house.today() - 3'600'000);
  house.advance(6'000);
  CHECK(house.counts().pending == 0);
}

TEST_CASE("a leftover whose charge was voided is told that it was not charged") {
  virtual_theatre house;
  leave_behind(house, 1, house.today() - 3'600'000);
  auto& store = *house.base();
  REQUIRE(store.begin());
  REQUIRE(store.apply(void_charge{1, house.today()}));
  REQUIRE(store.commit() == commit_outcome::committed);
  house.advance(6'000);
  CHECK(house.reservation_of(1).state == reservation_state::failed);
  CHECK(timeline_text(house.reservation_of(1)).find("reconciled it was not charged") !=
        std::string::npos);
}

TEST_CASE("a draining desk begins no leftovers") {
  virtual_theatre house;
  house.chaos("payment", "slow", {8'000});
  house.buy(order());
  house.advance(10);
  leave_behind(house, 3, house.today() - 3'600'000);
  house.drain(10'000);
  house.advance(6'000);
  CHECK(house.desk().in_flight == 1);
}

}  // namespace taquilla::testing
