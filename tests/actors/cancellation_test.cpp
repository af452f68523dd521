// Goal: a cancellation pays back, frees the seat, writes to the buyer, and repeating it changes
// nothing. Method: cancel in every state a reservation can be in, and while services are broken.
#include "support/virtual_theatre.hpp"

#include <doctest/doctest.h>

namespace taquilla::testing {

namespace {

reservation_id sold(virtual_theatre& house, const std::string& seat = "A1") {
  auto answer = house.buy(order(seat));
  house.settle();
  REQUIRE(answer.ok());
  return answer.value().id;
}

}  // namespace

TEST_CASE(
    "a cancelled reservation is refunded, its seat is free and its buyer gets a second mail") {
  virtual_theatre house;
  const auto id = sold(house);
  auto cancelled = house.cancel(id);
  house.settle();
  REQUIRE(cancelled.text() == "ok");
  CHECK(cancelled.value().state == reservation_state::cancelled);
  CHECK(house.charges().at(0).state == charge_state::refunded);
  CHECK(house.seats().empty());
  CHECK(house.mailbox().size() == 2);
  CHECK(house.at_rest() == "");
}

TEST_CASE("repeating a cancellation answers the same and changes nothing") {
  virtual_theatre house;
  const auto id = sold(house);
  house.cancel(id);
  house.settle();
  const auto before = house.counts();
  auto again = house.cancel(id);
  house.advance(10'000);
  REQUIRE(again.text() == "ok");
  CHECK(again.value().state == reservation_state::cancelled);
  CHECK(house.mailbox().size() == 2);
  CHECK(house.charges().size() == 1);
  CHECK(house.counts().reservations == before.reservations);
  CHECK(house.at_rest() == "");
}

TEST_CASE("two cancellations at once make one refund and one mail") {
  virtual_theatre house;
  const auto id = sold(house);
  auto first = house.cancel(id), second = house.cancel(id);
  house.settle();
  CHECK(first.text() == "ok");
  CHECK(second.text() == "ok");
  CHECK(house.mailbox().size() == 2);
  CHECK(house.at_rest() == "");
}

TEST_CASE("an unknown reservation cannot be cancelled, and a pending one not yet") {
  virtual_theatre house;
  auto nobody = house.cancel(99);
  house.settle();
  CHECK(nobody.text() == "unknown_reservation");
  house.chaos("payment", "slow", {1'000});
  auto buying = house.buy(order());
  house.advance(500);
  auto too_early = house.cancel(1);
  house.settle();
  CHECK(too_early.text() == "reservation_pending");
  house.advance(500);
  CHECK(buying.text() == "ok");
  CHECK(house.at_rest() == "");
}

TEST_CASE("a failed reservation answers a cancellation as it is") {
  virtual_theatre house;
  house.chaos("payment", "decline", {0, 1.0, 0, 1});
  house.buy(order());
  house.settle();
  auto answer = house.cancel(1);
  house.advance(10'000);
  REQUIRE(answer.text() == "ok");
  CHECK(answer.value().state == reservation_state::failed);
  CHECK(house.mailbox().empty());
  CHECK(house.at_rest() == "");
}

TEST_CASE("a refund waits for a crashed PAYMENT and is made when it recovers, once") {
  virtual_theatre house;
  const auto id = sold(house);
  house.chaos("payment", "crash");
  auto cancelled = house.cancel(id);
  house.settle();
  CHECK(cancelled.text() == "ok");
  house.advance(60'000);
  CHECK(house.counts().settlements_due == 1);
  CHECK(house.charges().at(0).state == charge_state::charged);
  house.chaos("payment", "recover");
  house.settle();
  CHECK(house.charges().at(0).state == charge_state::refunded);
  CHECK(house.at_rest() == "");
}

TEST_CASE(
    "a cancellation while INVENTORY is down is answered, and the seat is free after the recover") {
  virtual_theatre house;
  const auto id = sold(house);
  house.chaos("inventory", "crash");
  auto cancelled = house.cancel(id);
  house.settle();
  CHECK(cancelled.text() == "ok");
  house.chaos("inventory", "recover");
  CHECK(house.seats().empty());
  house.advance(10'000);
  CHECK(house.at_rest() == "");
}

TEST_CASE("the seat can be bought in the very step in which its cancellation is answered") {
  for (std::uint64_t seed = 0; seed <= 20; ++seed)
    for (const auto* buyer : {"test@email.com", "other@email.com"}) {
      CAPTURE(seed);
      CAPTURE(buyer);
      theatre_setting setting;
      setting.seed = seed;
      virtual_theatre house{setting};
      const auto cancelled_id = sold(house);
      const auto cancelled = house.cancel(cancelled_id);
      while (cancelled.pending()) REQUIRE(house.step());
      const auto again = house.buy(order("A1", buyer));
      house.settle();
      REQUIRE(again.text() == "ok");
      CHECK(again.value().id != cancelled_id);
      CHECK_FALSE(again.value().replayed);
      CHECK(house.at_rest() == "");
    }
}

TEST_CASE("a cancellation is not answered before INVENTORY has been told, however slow it is") {
  virtual_theatre house;
  const auto id = sold(house);
  house.chaos("inventory", "slow", {1'000});
  const auto cancelled = house.cancel(id);
  house.advance(999);
  CHECK(cancelled.pending());
  house.advance(1);
  CHECK(cancelled.text() == "ok");
  CHECK(house.seats().empty());
  house.chaos("inventory", "recover");
  CHECK(house.at_rest() == "");
}

TEST_CASE(
    "a purchase beside a cancellation of its seat gets the seat or is told that it is taken") {
  for (std::uint64_t seed = 0; seed <= 20; ++seed) {
    CAPTURE(seed);
    theatre_setting setting;
    setting.seed = seed;
    virtual_theatre house{setting};
    const auto cancelled = house.cancel(sold(house));
    const auto other = house.buy(order("A1", "other@email.com"));
    house.settle();
    CHECK(cancelled.text() == "ok");
    CHECK((other.ok() || other.text() == "seat_taken"));
    CHECK(house.mailbox().size() == (other.ok() ? 3 : 2));
    house.advance(10'000);
    CHECK(house.at_rest() == "");
  }
}

}  // namespace taquilla::testing
