// Goal: the EVENT FEED tells what happened in order, keeps no more than it was told to, and no
// restart reuses a number. Method: make things happen in the whole theatre and read the feed.
#include "support/virtual_theatre.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace taquilla::testing {

namespace {

/// Finds the kinds one behind the other. @return the first that is not told behind its forerunner.
std::string missing(const std::vector<event_seen>& events, const std::vector<std::string>& kinds) {
  auto at = events.begin();
  for (const auto& kind : kinds) {
    at = std::find_if(at, events.end(), [&](const auto& e) { return e.kind == kind; });
    if (at == events.end()) return kind;
    ++at;
  }
  return "";
}

/// What was told of the rules of chaos, a line each.
std::string rules_told(virtual_theatre& house) {
  std::string out;
  for (const auto& e : house.feed())
    if (e.kind == "fault.set" || e.kind == "fault.ended")
      out += e.kind + " " + e.service + " " + e.subject + " " + e.detail + "\n";
  return out;
}

}  // namespace

TEST_CASE("what happens to a purchase, a service and the breaker is told in order") {
  virtual_theatre house;
  house.buy(order());
  house.settle();
  house.chaos("inventory", "crash");
  for (int i = 0; i < 5; ++i) house.buy(order()), house.settle();
  house.chaos("inventory", "recover");
  house.cancel(1);
  house.settle();
  const auto events = house.feed();
  CHECK(missing(events, {"reservation.confirmed", "mail.delivered", "actor.down", "fault.touched",
                         "reservation.refused", "actor.up", "reservation.cancelled"}) == "");
  CHECK(missing(events, {"actor.down", "breaker.open", "actor.up"}) == "");
  CHECK(missing(events, {"reservation.cancelled", "actor.down"}) == "actor.down");
  for (std::size_t i = 1; i < events.size(); ++i)
    CHECK(events[i].sequence == events[i - 1].sequence + 1);
}

TEST_CASE("a fault that ends by time is told of when its time is over, though nobody comes by") {
  virtual_theatre house;
  house.chaos("payment", "slow", {1'000, 1.0, 5'000});
  house.advance(4'999);
  const std::string set = "fault.set payment payment#1 slow, for 5000 ms\n";
  CHECK(rules_told(house) == set);
  house.advance(1);
  CHECK(rules_told(house) == set + "fault.ended payment payment#1 slow: expired\n");
  house.advance(60'000);
  CHECK(rules_told(house) == set + "fault.ended payment payment#1 slow: expired\n");
}

TEST_CASE("every other end of a fault is told of once too: by count, by order, by a successor") {
  virtual_theatre house;
  house.chaos("payment", "decline", {0, 1.0, 0, 1});
  house.buy(order());
  house.settle();
  const std::string counted =
      "fault.set payment payment#1 decline, 1 times\n"
      "fault.ended payment payment#1 decline: exhausted\n";
  CHECK(rules_told(house) == counted);
  house.chaos("payment", "stall", {0, 1.0, 9'000});
  house.chaos("payment", "stall");
  house.chaos("payment", "recover");
  house.chaos("payment", "recover");
  house.advance(60'000);
  CHECK(rules_told(house) == counted +
                                 "fault.set payment payment#2 stall, for 9000 ms\n"
                                 "fault.ended payment payment#2 stall: replaced\n"
                                 "fault.set payment payment#3 stall\n"
                                 "fault.ended payment payment#3 stall: cleared\n");
}

TEST_CASE("the earlier of two ends is told of first, whichever was ordered first") {
  virtual_theatre house;
  house.chaos("inventory", "slow", {10, 1.0, 8'000});
  house.chaos("inventory", "flaky", {0, 0.5, 3'000});
  house.advance(3'000);
  CHECK(rules_told(house).find("fault.ended inventory inventory#2 flaky: expired\n") !=
        std::string::npos);
  CHECK(rules_told(house).find("inventory#1 slow: expired") == std::string::npos);
  house.advance(5'000);
  CHECK(rules_told(house).find("inventory#1 slow: expired") != std::string::npos);
}

TEST_CASE("the feed keeps its limit of events and a reader can tell that he missed some") {
  theatre_setting setting;
  setting.options.event_feed.kept_max = 20;
  virtual_theatre house{setting};
  const auto first = house.feed().front().sequence;
  for (int i = 1; i <= 40; ++i) house.buy(order("A" + std::to_string(i))), house.settle();
  const auto events = house.feed(first);
  CHECK(events.size() == 20);
  CHECK(events.front().sequence > first + 1);
}

TEST_CASE("a reader goes on after the last event that he saw, page by page") {
  virtual_theatre house;
  house.buy(order());
  house.settle();
  std::vector<std::uint64_t> all, paged;
  for (const auto& e : house.feed()) all.push_back(e.sequence);
  REQUIRE(all.size() > 6);
  for (std::uint64_t after = 0;;) {
    const auto page = house.feed(after, 3);
    if (page.empty()) break;
    CHECK(page.size() <= 3);
    for (const auto& e : page) paged.push_back(e.sequence);
    after = page.back().sequence;
  }
  CHECK(paged == all);
}

TEST_CASE("a restarted feed numbers its events above every number given before") {
  virtual_theatre house;
  for (int i = 1; i <= 20; ++i) house.buy(order("A" + std::to_string(i)));
  house.settle();
  house.advance(1);
  const auto last = house.feed().back().sequence;
  house.kill("event_feed");
  house.advance(10);
  house.buy(order("B1"));
  house.settle();
  const auto events = house.feed();
  REQUIRE_FALSE(events.empty());
  CHECK(events.front().sequence > last);
}

}  // namespace taquilla::testing
