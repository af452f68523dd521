// Goal: the five demonstrations of the original end here as they do there, and leave nothing open.
// Method: the whole theatre in virtual time; what the chaos script sends is sent, and both the
// answers and what they leave in the store are compared.
#include "support/virtual_theatre.hpp"

#include <doctest/doctest.h>

namespace taquilla::testing {

TEST_CASE("a purchase is confirmed, on disk, charged once, and its mail is delivered") {
  virtual_theatre house;
  CHECK(house.started().ok());
  auto bought = house.buy(order());
  house.settle();
  REQUIRE(bought.text() == "ok");
  CHECK(bought.value().id == 1);
  CHECK_FALSE(bought.value().replayed);
  CHECK(house.reservation_of(1).state == reservation_state::confirmed);
  REQUIRE(house.charges().size() == 1);
  CHECK(house.charges()[0].amount == money{5000});
  REQUIRE(house.mailbox().size() == 1);
  CHECK(house.mailbox()[0].to == "test@email.com");
  CHECK(house.seats().at("A1") == "sold");
  CHECK(house.at_rest() == "");
}

TEST_CASE(
    "with payments 20 s slow a purchase fails after 3 x 5 s, and the same is a new one later") {
  virtual_theatre house;
  house.chaos("payment", "slow", {20'000});
  auto slow = house.buy(order());
  house.advance(14'999);
  CHECK(slow.pending());
  house.advance(1);
  CHECK(slow.text() == "payment_timeout");
  CHECK(house.reservation_of(1).state == reservation_state::failed);
  CHECK(house.chaos("payment", "recover").ok());
  auto again = house.buy(order());
  house.settle();
  CHECK(again.text() == "ok");
  CHECK(again.value().id == 2);
  house.advance(60'000);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a late charge of a slow payment arrives after the void and never takes the money") {
  virtual_theatre house;
  house.chaos("payment", "slow", {17'000});  // the attempts land at 17, 22 and 27 s; the void later
  auto slow = house.buy(order());
  house.advance(15'000);
  REQUIRE(slow.text() == "payment_timeout");
  house.advance(120'000);
  house.chaos("payment", "recover");
  house.advance(120'000);
  for (const auto& charge : house.charges()) CHECK(charge.state != charge_state::charged);
  CHECK(house.charge(1, {5000}).pending());
  auto later = house.charge(1, {5000});
  house.settle();
  CHECK(later.text() == "charge_voided");
  CHECK(house.at_rest() == "");
}

TEST_CASE(
    "with inventory crashed a purchase is refused at once and served right after the recover") {
  virtual_theatre house;
  CHECK(house.chaos("inventory", "crash").value().down);
  auto refused = house.buy(order());
  house.settle();
  CHECK(refused.text() == "inventory_unavailable");
  CHECK(house.health().at("inventory").state == "down");
  CHECK(house.population().count("inventory") == 0);
  auto recovered = house.chaos("inventory", "recover");
  REQUIRE(recovered.ok());
  CHECK_FALSE(recovered.value().down);
  auto served = house.buy(order());
  house.settle();
  CHECK(served.text() == "ok");
  CHECK(house.at_rest() == "");
}

TEST_CASE(
    "the fifth failure in a row opens the breaker, and the recover lets the next buyer pass") {
  virtual_theatre house;
  house.chaos("inventory", "crash");
  for (int i = 1; i <= 5; ++i) {
    auto refused = house.buy(order());
    house.settle();
    CHECK(refused.text() == "inventory_unavailable");
  }
  CHECK(house.desk().breaker == "open");
  CHECK(house.desk().breaker_turns == std::map<std::string, std::uint64_t>{{"open: failures", 1}});
  const auto asked = house.handled("reservation");
  auto kept_out = house.buy(order());
  house.settle();
  CHECK(kept_out.text() == "breaker_open");
  CHECK(kept_out.failure().retry_after_ms == 30'000);
  CHECK(house.handled("reservation") == asked);
  CHECK(house.chaos("inventory", "recover").ok());
  auto served = house.buy(order());
  house.settle();
  CHECK(served.text() == "ok");
  CHECK(house.desk().breaker == "closed");
  CHECK(house.at_rest() == "");
}

TEST_CASE(
    "a crash that ends by itself half-opens the breaker, for the supervisor saw the recovery") {
  virtual_theatre house;
  house.chaos("inventory", "crash", {0, 1.0, 10'000});
  for (int i = 1; i <= 5; ++i) house.buy(order()), house.settle();
  CHECK(house.desk().breaker == "open");
  house.advance(10'000);
  auto served = house.buy(order());
  house.settle();
  CHECK(served.text() == "ok");
  CHECK(house.at_rest() == "");
}

TEST_CASE("an open breaker lets one probe pass when its time is over, and not a moment earlier") {
  virtual_theatre house;
  house.chaos("inventory", "flaky", {0, 1.0, 10'000});  // ends unseen: nobody reports a recovery
  for (int i = 1; i <= 5; ++i) house.buy(order()), house.settle();
  house.advance(29'999);
  auto too_early = house.buy(order());
  house.settle();
  CHECK(too_early.text() == "breaker_open");
  CHECK(too_early.failure().retry_after_ms == 1);
  CHECK(house.desk().retry_after_ms == 1);
  house.advance(1);
  house.chaos("inventory", "slow", {500});
  auto probe = house.buy(order("A1"));
  house.settle();
  auto second = house.buy(order("A2"));
  house.settle();
  CHECK(second.text() == "breaker_open");
  house.advance(1'000);
  CHECK(probe.text() == "ok");
  CHECK(house.desk().breaker == "closed");
  house.chaos("inventory", "recover");
  house.advance(5'000);
  CHECK(house.at_rest() == "");
}

TEST_CASE("with mail off a purchase is confirmed, and its mail is delivered once after enable") {
  virtual_theatre house;
  house.chaos("notification", "flaky");
  auto bought = house.buy(order());
  house.settle();
  CHECK(bought.text() == "ok");
  house.advance(60'000);
  CHECK(house.mailbox().empty());
  REQUIRE(house.outbox().size() == 1);
  CHECK(house.outbox()[0].last_error == "fault_injected");
  house.chaos("notification", "recover");
  house.settle();
  CHECK(house.mailbox().size() == 1);
  house.advance(60'000);
  CHECK(house.mailbox().size() == 1);
  CHECK(house.at_rest() == "");
}

TEST_CASE("the flood asks for one purchase fifteen times and gets one reservation, charged once") {
  virtual_theatre house;
  for (int i = 0; i < 15; ++i) {
    auto answer = house.buy(order());
    house.settle();
    REQUIRE(answer.text() == "ok");
    CHECK(answer.value().id == 1);
    CHECK(answer.value().replayed == (i > 0));
  }
  CHECK(house.charges().size() == 1);
  CHECK(house.mailbox().size() == 1);
  CHECK(house.at_rest() == "");
}

}  // namespace taquilla::testing
