// Goal: a failing run becomes the story that a person would have told, also where leaving a line
// out changes everything behind it. Method: planted bugs, and plans with more in them than matters.
#include "simulation/cases/minimiser.hpp"

#include "domain/planted.hpp"
#include "simulation/cases/case_file.hpp"
#include "simulation/cases/retelling.hpp"
#include "small_plans.hpp"

#include <doctest/doctest.h>

using namespace taquilla;
using planted::planting;
using namespace taquilla::simulation;

namespace {

/// The stop comes between a purchase's last message and its end.
plan stopped_too_early() {
  plan p;
  p.operations = {buy("A1")};
  p.faults = {fault_of(fault::kind::stop, "", 400)};
  p.script = {{choice::delay, "reservation>store confirm_purchase", 1, 500'000, 0}};
  return p;
}

std::size_t lines_left(const plan& p) {
  const auto r = replay(p);
  REQUIRE(r.broken.oracle == "drains-in-order");
  return minimise(p, r).decisions_after;
}

}  // namespace

TEST_CASE("a purchase that does not matter goes, although the next one asks after it") {
  const planting bug{planted::bug::drain_cut_short};
  auto p = stopped_too_early();
  CHECK(lines_left(p) == 3);
  p.operations = {buy("A2"), buy("A1", 2'000'000)};
  p.faults[0].at_ms = 2'400;
  p.script[0].occurrence = 2;
  CHECK(lines_left(p) == 3);
}

TEST_CASE("what came before the first question goes, and everything else comes earlier") {
  const planting bug{planted::bug::drain_cut_short};
  auto p = stopped_too_early();
  p.faults = {fault_of(fault::kind::kill, "", 0), fault_of(fault::kind::stop, "", 2'150)};
  p.faults[0].for_ms = 1'800;
  CHECK(lines_left(p) == 3);
  CHECK(begins_late(beginning_of(p)));
  CHECK_FALSE(begins_late(beginning_of(stopped_too_early())));
}

TEST_CASE("many short delays become one") {
  const planting bug{planted::bug::drain_cut_short};
  auto p = stopped_too_early();
  p.script.clear();
  for (const char* link :
       {"reservation>inventory hold_seat", "inventory>reservation hold_answer",
        "reservation>store record_purchase", "reservation>store confirm_purchase",
        "store>reservation purchase_confirmed"})
    p.script.push_back({choice::delay, link, 1, 40'000, 0});
  CHECK(lines_left(p) == 3);
}

TEST_CASE("a front desk that nobody needs goes, and faults are told in the order of time") {
  const planting bug{planted::bug::drain_cut_short};
  auto p = stopped_too_early();
  p.visits.resize(1);
  CHECK(lines_left(p) == 3);
  p.faults = {fault_of(fault::kind::stop, "", 400), fault_of(fault::kind::crash, "", 300)};
  CHECK(in_order_of_time(p).faults.front().what == fault::kind::crash);
  p.script = {{choice::delay, "clerk>reservation_desk purchase_order", 1, 1, 0}};
  CHECK(without_front_desk(p).script[0].name == "client>reservation_desk purchase_order");
}

TEST_CASE("a fault that hits whom chance wants is told as one that hits for certain") {
  const planting bug{planted::bug::drain_cut_short};
  auto p = stopped_too_early();
  p.script.clear();
  p.faults.push_back(fault_of(fault::kind::chaos, "payment", 10));
  p.faults.back().detail = "slow";
  p.faults.back().value = 1'000;
  p.faults.back().rate_ppm = 500'000;
  run_result r;
  for (std::uint64_t seed = 1; !r.failed() && seed < 20; ++seed) {
    p.seed = seed;
    r = replay(p);
  }
  REQUIRE(r.broken.oracle == "drains-in-order");
  const auto out = minimise(p, r);
  for (const auto& f : out.smallest.what.faults) CHECK_MESSAGE(!hits_some(f), print(f));
}

TEST_CASE("a story that hangs on a moment shrinks although delays come before that moment") {
  planting bug(planted::bug::drain_cut_short);
  // A stop while a purchase is under way breaks the promise; the start is slow, so it comes late.
  plan p;
  p.operations.resize(1);
  for (const char* link :
       {"operator>supervisor start_children", "store>supervisor child_ready",
        "inventory>supervisor child_ready", "payment>supervisor child_ready",
        "notification>supervisor child_ready", "settlement>supervisor child_ready",
        "mail_relay>supervisor child_ready", "reservation_desk>supervisor child_ready",
        "supervisor>operator children_started", "client>door purchase_order",
        "reservation>door hold_seat", "reservation>store record_purchase"})
    p.script.push_back({choice::delay, link, 1, 500'000, 0});
  p.faults.resize(1);
  p.faults[0].what = fault::kind::stop;
  run_result r;
  for (p.faults[0].at_ms = 4'000; !r.failed() && p.faults[0].at_ms < 8'000; p.faults[0].at_ms += 50)
    r = replay(p);
  REQUIRE(r.failed());
  CHECK(minimise(p, r).decisions_after <= 4);
}

TEST_CASE(
    "without an operation the next one is asked when it was, and later messages have other "
    "numbers") {
  plan p;
  p.operations = {buy("A1", 300'000), buy("A1", 20'000), buy("A2", 30'000)};
  p.script = {{choice::delay, "client>reservation_desk purchase_order", 1, 1'000, 0},
              {choice::delay, "client>reservation_desk purchase_order", 3, 2'000, 0},
              {choice::delay, "reservation>inventory hold_seat", 3, 4'000, 0}};
  const auto b = beginning_of(p);
  CHECK(begins_by_chance(b) == false);
  const auto shorter = without_operation(p, 1, b);
  REQUIRE(shorter.operations.size() == 2);
  const auto number = [&](renumber guess, std::size_t which) {
    return renumbered(shorter, 1, b, guess).script[which].occurrence;
  };
  CHECK(number(renumber::later, 0) == 1);
  CHECK(number(renumber::later, 1) == 2);
  CHECK(number(renumber::later, 2) == 2);
  CHECK(number(renumber::at_desk, 1) == 2);
  CHECK(number(renumber::at_desk, 2) == 3);
  const auto then = beginning_of(renumbered(shorter, 1, b, renumber::later));
  CHECK(then.asked_us[1] == b.asked_us[2]);
}

TEST_CASE("a story of a breaker that takes many failures is told of one that opens at once") {
  const planting bug{planted::bug::half_open_floods};
  plan p;
  p.strategy.which = strategy_name::kind::random;
  p.numbers.breaker_open_ms = 1'000;
  p.faults = {fault_of(fault::kind::chaos, "inventory", 1)};
  p.faults[0].detail = "crash";
  for (int i = 0; i < p.numbers.breaker_failures; ++i) p.operations.push_back(buy("A1"));
  p.operations.push_back(buy("A1", 1'100'000));
  p.operations.push_back(buy("A2", 1'350'000));
  p.operations.back().client = 2;
  const auto r = replay(p);
  REQUIRE(r.broken.oracle == "breaker-holds");
  const auto told = minimise(p, r);
  CHECK(told.smallest.what.numbers.breaker_failures == 1);
  CHECK(told.decisions_after <= 4);
}
