// Goal: whatever fault strikes whatever service, for a time or for a count, purchases end, money
// and seats agree, and after the fault everything comes to rest. Method: every kind x every service
// x every limit; a few purchases and a cancellation run through it.
#include "support/virtual_theatre.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace taquilla::testing {

namespace {

struct strike {
  const char* service;
  const char* kind;
  chaos_wish wish;
};

std::vector<strike> every_strike() {
  std::vector<strike> out;
  for (const char* service : {"inventory", "payment", "notification"})
    for (const char* kind :
         {"crash", "panic", "slow", "flaky", "lossy", "stall", "decline", "bounce"})
      for (int limit = 0; limit < 4; ++limit) {
        chaos_wish wish;
        if (std::string{kind} == "slow") wish.delay_ms = limit == 0 ? 700 : 12'000;
        if (limit == 1) wish.for_ms = 9'000;
        if (limit == 2) wish.times = 3;
        if (limit == 3) wish.rate = 0.5;
        out.push_back({service, kind, wish});
      }
  return out;
}

void some_trade(virtual_theatre& house) {
  auto early = house.buy(order("A1"));
  house.advance(100);
  auto second = house.buy(order("A2"));
  auto twin = house.buy(order("A2"));
  house.advance(3'000);
  if (early.ok()) house.cancel(early.value().id);
  auto rival = house.buy(order("A1", "other@email.com"));
  house.advance(25'000);
  for (const auto& answer : {early, second, twin, rival}) CHECK_FALSE(answer.pending());
}

}  // namespace

TEST_CASE("after every fault of every service everything comes to rest") {
  std::uint64_t seed = 0;
  for (const auto& s : every_strike()) {
    CAPTURE(std::string{s.service});
    CAPTURE(std::string{s.kind});
    CAPTURE(s.wish.for_ms);
    CAPTURE(s.wish.times);
    CAPTURE(s.wish.rate);
    theatre_setting setting;
    setting.seed = ++seed;
    virtual_theatre house{setting};
    auto first = house.buy(order("B1"));
    house.settle();
    REQUIRE(first.ok());
    CHECK(house.chaos(s.service, s.kind, s.wish).ok());
    some_trade(house);
    CHECK(house.chaos(s.service, "recover").ok());
    house.advance(130'000);
    CHECK(house.at_rest() == "");
    auto last = house.buy(order("B2"));
    house.settle();
    CHECK(last.text() == "ok");
  }
}

TEST_CASE("all services troubled at once come to rest too, under many schedules") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    theatre_setting setting;
    setting.seed = seed;
    virtual_theatre house{setting};
    const auto kinds =
        std::vector<std::string>{"panic", "slow", "flaky", "lossy", "stall", "crash"};
    const chaos_wish slow{1'500}, half{0, 0.5};
    for (int i = 0; i < 3; ++i) {
      const auto& kind = kinds[(seed + static_cast<std::uint64_t>(i)) % kinds.size()];
      const char* services[] = {"inventory", "payment", "notification"};
      house.chaos(services[i], kind, kind == "slow" ? slow : half);
    }
    some_trade(house);
    for (const char* service : {"inventory", "payment", "notification"})
      CHECK(house.chaos(service, "recover").ok());
    house.advance(130'000);
    CHECK(house.at_rest() == "");
  }
}

TEST_CASE("the timeline names the injected fault that touched each step") {
  virtual_theatre house;
  house.chaos("payment", "flaky", {0, 1.0, 0, 1});
  house.chaos("payment", "slow", {500});
  house.chaos("inventory", "slow", {200});
  auto bought = house.buy(order());
  house.advance(5'000);
  REQUIRE(bought.text() == "ok");
  const auto text = timeline_text(house.reservation_of(1));
  CAPTURE(text);
  CHECK(text.find("seat_held breaker closed, 0 failures in a row [inventory#1]") !=
        std::string::npos);
  CHECK(text.find("attempt 1 of 3: fault_injected") != std::string::npos);
  CHECK(text.find("[payment#2, payment#1]") != std::string::npos);  // late, and then an error
  CHECK(text.find("attempt 2 of 3: charged [payment#2]") != std::string::npos);
  CHECK(text.find("retry_policy scheduled: attempt 1, ") != std::string::npos);
  CHECK(text.find("confirmed") != std::string::npos);
}

TEST_CASE("the timeline names the faults that touched the mail and the money given back") {
  virtual_theatre house;
  house.chaos("notification", "bounce", {0, 1.0, 0, 1});
  house.buy(order());
  house.advance(10'000);
  house.chaos("payment", "flaky", {0, 1.0, 0, 1});
  house.cancel(1);
  house.advance(10'000);
  const auto text = timeline_text(house.reservation_of(1));
  CAPTURE(text);
  CHECK(text.find("mail_attempt bounce [notification#1]") != std::string::npos);
  CHECK(text.find("mail_delivered 1-confirmed") != std::string::npos);
  CHECK(text.find("settlement_attempt flaky [payment#1]") != std::string::npos);
  CHECK(text.find("refunded") != std::string::npos);
  CHECK(text.find("mail_delivered 1-cancelled") != std::string::npos);
}

TEST_CASE("a recover ends what a slow service has begun: nothing waits for a rule that is gone") {
  virtual_theatre house;
  house.chaos("inventory", "slow", {3'600'000});
  auto late = house.buy(order());
  house.advance(5'000);
  REQUIRE(late.text() == "inventory_unavailable");
  CHECK(late.failure().reservation == 0);  // it was never written down
  house.chaos("inventory", "recover");
  house.settle();
  CHECK(house.seats().empty());
  auto bought = house.buy(order("A1", "other@email.com"));
  house.settle();
  CHECK(bought.text() == "ok");
  auto cancelled = house.cancel(bought.value().id);
  house.settle();
  CHECK(cancelled.ok());
  auto again = house.buy(order("A1", "third@email.com"));
  house.settle();
  CHECK(again.text() == "ok");
  CHECK(house.at_rest() == "");
}

TEST_CASE("a payment service that is down or answers errors is unavailable, and not too slow") {
  for (const char* kind : {"crash", "flaky", "panic"}) {
    CAPTURE(kind);
    virtual_theatre house;
    house.chaos("payment", kind, {0, 1.0, 0, 3});
    auto refused = house.buy(order());
    house.advance(20'000);
    CHECK(refused.text() == "payment_unavailable");
    CHECK(refused.failure().reservation == 1);
    CHECK(refused.failure().retry_after_ms > 0);
    CHECK(house.reservation_of(1).failure == "payment_unavailable");
    house.chaos("payment", "recover");
    house.advance(60'000);
    CHECK(house.at_rest() == "");
  }
}

TEST_CASE("every payment attempt and every wait is an entry of its own, with its length") {
  virtual_theatre house;
  house.chaos("payment", "slow", {20'000});
  house.buy(order());
  house.advance(15'000);
  int attempts = 0, waits = 0;
  for (const auto& entry : house.reservation_of(1).timeline) {
    if (entry.step == "payment_attempt") {
      ++attempts;
      CHECK(entry.lasted_ms == 5'000);
      CHECK(entry.fault == "payment#1");
    }
    if (entry.step == "wait") ++waits;
  }
  CHECK(attempts == 3);
  CHECK(waits == 2);
}

TEST_CASE("a purchase that waits for PAYMENT can be watched, and a dying process keeps its story") {
  virtual_theatre house;
  house.chaos("payment", "stall");
  house.buy(order());
  house.settle();
  CHECK(timeline_text(house.reservation_of(1)) ==
        "seat_held breaker closed, 0 failures in a row\nrecorded \n");
  house.advance(7'000);  // within the second attempt
  const auto text = timeline_text(house.reservation_of(1));
  CAPTURE(text);
  CHECK(text.find("payment_attempt attempt 1 of 3: payment_timeout") != std::string::npos);
  CHECK(text.find("retry_policy scheduled: attempt 1") != std::string::npos);
  house.advance(60'000);
  std::string steps;
  for (const auto& entry : house.reservation_of(1).timeline) steps += entry.step + " ";
  CHECK(steps ==
        "seat_held recorded payment_attempt retry_policy wait payment_attempt retry_policy wait "
        "payment_attempt retry_policy failed settlement_attempt void_due ");
}

TEST_CASE("a rule shows what it has touched, and is gone when it was ended or is used up") {
  virtual_theatre house;
  house.chaos("payment", "decline", {0, 1.0, 0, 5});
  CHECK(house.show_chaos("payment").value().active.at(0).touched == 0);
  house.buy(order());
  house.settle();
  const auto rules = house.show_chaos("payment").value().active;
  REQUIRE(rules.size() == 1);
  CHECK(rules[0].kind == "decline");
  CHECK(rules[0].last_request.find("reservation 1") == 0);
  CHECK(rules[0].touched >= 1);
  house.chaos("payment", "recover");
  CHECK(house.show_chaos("payment").value().active.empty());
}

TEST_CASE("a rule shows what was asked for, since when, until when, and when it last touched") {
  virtual_theatre house;
  house.advance(1'000);
  const auto since = house.today();
  house.chaos("payment", "flaky", {0, 0.5, 60'000, 7});
  house.advance(2'000);
  const auto fresh = house.show_chaos("payment").value().active.at(0);
  CHECK(fresh.rate_ppm == 500'000);
  CHECK(fresh.for_ms == 60'000);
  CHECK(fresh.times == 7);
  CHECK(fresh.since == since);
  CHECK(fresh.ends_at == since + 60'000);
  CHECK(fresh.last_touched == 0);
  house.chaos("payment", "decline");
  house.buy(order());
  house.settle();
  const auto used = house.show_chaos("payment").value().active.at(1);
  CHECK(used.ends_at == 0);
  CHECK(used.last_touched >= since + 2'000);
  CHECK(used.last_touched <= house.today());
}

TEST_CASE("a declined card is told at once, and the void of nothing leaves a tombstone") {
  virtual_theatre house;
  house.chaos("payment", "decline", {0, 1.0, 0, 1});
  auto declined = house.buy(order());
  house.settle();
  CHECK(declined.text() == "payment_declined");
  CHECK(declined.failure().reservation == 1);
  CHECK(house.reservation_of(1).failure == "payment_declined");
  house.advance(10'000);
  auto late = house.charge(1, {5000});
  house.settle();
  CHECK(late.text() == "charge_voided");
  CHECK(house.at_rest() == "");
}

TEST_CASE("lists and health are never disturbed by chaos") {
  for (const char* kind : {"stall", "flaky", "lossy", "slow", "decline", "bounce"})
    for (const char* service : {"inventory", "payment", "notification"}) {
      CAPTURE(std::string{service});
      CAPTURE(std::string{kind});
      virtual_theatre house;
      house.buy(order());
      house.settle();
      REQUIRE(house.chaos(service, kind, {kind == std::string{"slow"} ? 60'000 : 0}).ok());
      CHECK(house.seats() == std::map<std::string, std::string>{{"A1", "sold"}});
      for (const auto& [name, child] : house.health()) CHECK(child.state == "up");
      CHECK(house.show_chaos(service).value().active.at(0).touched == 0);
    }
}

}  // namespace taquilla::testing
