// Goal: PAYMENT takes the money of a reservation once, whoever asks how often and in which order,
// and what was voided stays voided. Method: charges sent past the desk beside purchases,
// cancellations and faults.
#include "support/virtual_theatre.hpp"

#include <doctest/doctest.h>

namespace taquilla::testing {

namespace {

std::string charged(virtual_theatre& house, reservation_id id) {
  auto answer = house.charge(id, {5000});
  house.settle();
  return answer.text();
}

std::string bought(virtual_theatre& house, const std::string& seat) {
  auto answer = house.buy(order(seat));
  house.settle();
  return answer.text();
}

}  // namespace

TEST_CASE("a charge that is asked for again is the same charge") {
  virtual_theatre house;
  CHECK(bought(house, "A1") == "ok");
  CHECK(charged(house, 1) == "ok");
  CHECK(charged(house, 1) == "ok");
  CHECK(house.charges().size() == 1);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a refunded purchase cannot be charged again") {
  virtual_theatre house;
  CHECK(bought(house, "A1") == "ok");
  house.cancel(1);
  house.settle();
  CHECK(charged(house, 1) == "charge_voided");
  CHECK(house.charges().at(0).state == charge_state::refunded);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a lost answer to a charge is asked for again and charged once") {
  virtual_theatre house;
  house.chaos("payment", "lossy", {0, 1.0, 0, 2});
  auto answer = house.buy(order());
  house.advance(15'000);
  CHECK(answer.text() == "ok");
  CHECK(house.charges().size() == 1);
  CHECK(house.at_rest() == "");
}

TEST_CASE("three lost answers fail the purchase, and the money that moved is voided") {
  virtual_theatre house;
  house.chaos("payment", "lossy", {0, 1.0, 0, 3});
  auto answer = house.buy(order());
  house.advance(20'000);
  CHECK(answer.text() == "payment_timeout");
  REQUIRE(house.charges().size() == 1);
  CHECK(house.charges()[0].state == charge_state::voided);
  CHECK(house.at_rest() == "");
}

TEST_CASE("declining so many requests declines so many cards, for voids and refunds do not count") {
  virtual_theatre house;
  house.chaos("payment", "decline", {0, 1.0, 0, 2});
  CHECK(bought(house, "A1") == "payment_declined");
  house.advance(10'000);
  CHECK(bought(house, "A2") == "payment_declined");
  house.advance(10'000);
  CHECK(bought(house, "A3") == "ok");
  CHECK(house.at_rest() == "");
}

TEST_CASE("what is owed is paid back while cards are declined") {
  virtual_theatre house;
  CHECK(bought(house, "A1") == "ok");
  house.chaos("payment", "decline");
  CHECK(bought(house, "A2") == "payment_declined");
  house.cancel(1);
  house.settle();
  CHECK(house.charges().at(0).state == charge_state::refunded);
  CHECK(house.counts().settlements_due == 0);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a crashed PAYMENT fails purchases in time and loses nothing that it had taken") {
  virtual_theatre house;
  CHECK(bought(house, "A1") == "ok");
  house.chaos("payment", "crash");
  auto refused = house.buy(order("A2"));
  house.advance(15'000);
  CHECK_FALSE(refused.pending());
  CHECK_FALSE(refused.ok());
  house.chaos("payment", "recover");
  house.advance(30'000);
  CHECK(house.charges().at(0).state == charge_state::charged);
  CHECK(bought(house, "A2") == "ok");
  CHECK(house.at_rest() == "");
}

}  // namespace taquilla::testing
