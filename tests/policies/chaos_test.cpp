// Goal: a fault hits whom it was set for, ends when it was told to, and replays from its seed.
// Method: tables for set, clear and expiry; sets of victims compared over many interleavings.
#include "policies/chaos.hpp"

#include "seeded.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

using namespace taquilla;

namespace {

chaos_options with_rate(double rate) {
  chaos_options options;
  options.rate = rate;
  return options;
}

chaos_options with_delay(duration_ms delay) {
  chaos_options options;
  options.delay_ms = delay;
  return options;
}

std::set<int> victims(chaos& machine, const std::vector<int>& order) {
  std::set<int> hit;
  for (const int request : order)
    if (machine.decide(10, "request-" + std::to_string(request)).fault) hit.insert(request);
  return hit;
}

}  // namespace

TEST_CASE("nothing is touched until a rule is set") {
  chaos machine;
  CHECK(machine.decide(0, "a").untouched());
  CHECK_FALSE(machine.any_active(0));
  CHECK(machine.view(0).empty());
}

TEST_CASE("a rule touches requests until it is cleared") {
  chaos machine;
  const auto id = machine.set(chaos_kind::flaky, {}, 0);
  const auto verdict = machine.decide(5, "a");
  CHECK(verdict.fault == chaos_kind::flaky);
  CHECK(verdict.fault_id == id);
  CHECK(machine.clear(chaos_kind::flaky, 6));
  CHECK_FALSE(machine.clear(chaos_kind::flaky, 6));
  CHECK(machine.decide(7, "a").untouched());
  CHECK(machine.view(7).at(0).state == chaos_rule_state::cleared);
}

TEST_CASE("clearing everything says how many rules ended") {
  chaos machine;
  machine.set(chaos_kind::flaky, {}, 0);
  machine.set(chaos_kind::slow, with_delay(5), 0);
  CHECK(machine.clear(1) == 2);
  CHECK(machine.clear(1) == 0);
  CHECK_FALSE(machine.any_active(1));
}

TEST_CASE("a rate of nothing touches nothing, though millions are asked") {
  chaos machine;
  machine.set(chaos_kind::flaky, with_rate(0.0), 0);
  int touched = 0;
  // More than the steps of a rate, so that every step is met, the lowest too.
  for (int attempt = 0; attempt < 5'000'000; ++attempt)
    touched += machine.decide(1, "a", attempt).untouched() ? 0 : 1;
  CHECK(touched == 0);
}

TEST_CASE("a rate means its nearest millionth, though its product may lie just below") {
  chaos decimal, nearest;
  decimal.set(chaos_kind::flaky, with_rate(0.000249), 0);  // times a million: just below 249
  nearest.set(chaos_kind::flaky, with_rate(0.0002491), 0);
  int apart = 0;
  for (int attempt = 0; attempt < 5'000'000; ++attempt)
    apart +=
        decimal.decide(1, "a", attempt).untouched() != nearest.decide(1, "a", attempt).untouched();
  CHECK(apart == 0);
}

TEST_CASE("a rule ends by itself at its instant and not one millisecond earlier") {
  chaos machine;
  chaos_options options;
  options.for_ms = 100;
  machine.set(chaos_kind::stall, options, 1'000);
  CHECK(machine.decide(1'099, "a").fault == chaos_kind::stall);
  CHECK(machine.decide(1'100, "a").untouched());
  CHECK(machine.view(1'100).at(0).state == chaos_rule_state::expired);
  CHECK_FALSE(machine.clear(chaos_kind::stall, 1'100));
  CHECK(machine.view(1'101).at(0).state == chaos_rule_state::expired);
}

TEST_CASE("a rule with a count hits exactly that many requests") {
  chaos machine;
  chaos_options options;
  options.times = 2;
  machine.set(chaos_kind::lossy, options, 0);
  CHECK(machine.decide(1, "a").fault == chaos_kind::lossy);
  CHECK(machine.decide(2, "b").fault == chaos_kind::lossy);
  CHECK(machine.decide(3, "c").untouched());
  const auto shown = machine.view(3).at(0);
  CHECK(shown.state == chaos_rule_state::exhausted);
  CHECK(shown.touched == 2);
}

TEST_CASE("a panic happens once unless a count says otherwise") {
  chaos machine;
  machine.set(chaos_kind::panic, {}, 0);
  CHECK(machine.decide(1, "a").fault == chaos_kind::panic);
  CHECK(machine.decide(2, "a").untouched());
  chaos_options twice;
  twice.times = 2;
  machine.set(chaos_kind::panic, twice, 3);
  CHECK(machine.decide(4, "a").fault);
  CHECK(machine.decide(5, "a").fault);
  CHECK(machine.decide(6, "a").untouched());
}

TEST_CASE("the first deciding fault wins, a delay adds to it, and the loser is not counted") {
  chaos machine;
  const auto first = machine.set(chaos_kind::decline, {}, 0);
  machine.set(chaos_kind::lossy, {}, 0);
  const auto slow = machine.set(chaos_kind::slow, with_delay(20'000), 0);
  const auto verdict = machine.decide(1, "a");
  CHECK(verdict.fault == chaos_kind::decline);
  CHECK(verdict.fault_id == first);
  CHECK(verdict.delay_ms == 20'000);
  CHECK(verdict.delay_id == slow);
  const auto shown = machine.view(1);
  REQUIRE(shown.size() == 3);
  CHECK(shown[0].touched == 1);
  CHECK(shown[1].touched == 0);
  CHECK(shown[2].touched == 1);
}

TEST_CASE("setting a kind again starts a new rule with new statistics") {
  chaos machine;
  machine.set(chaos_kind::slow, with_delay(5), 0);
  machine.decide(1, "a");
  const auto second = machine.set(chaos_kind::slow, with_delay(7), 2);
  CHECK(second == 2);
  const auto shown = machine.view(2);
  REQUIRE(shown.size() == 1);
  CHECK(shown[0].id == 2);
  CHECK(shown[0].since == 2);
  CHECK(shown[0].touched == 0);
  CHECK(machine.decide(3, "a").delay_ms == 7);
}

TEST_CASE("statistics tell who was hit last and when") {
  chaos machine;
  machine.set(chaos_kind::flaky, {}, 10);
  CHECK_FALSE(machine.view(10).at(0).last_touched.has_value());
  machine.decide(20, "first");
  machine.decide(30, std::string(100, 'x'));
  const auto shown = machine.view(30).at(0);
  CHECK(shown.touched == 2);
  CHECK(shown.last_touched == 30);
  CHECK(shown.last_key == std::string(64, 'x'));
}

TEST_CASE("a rate of 0 hits nobody and a rate of 1 hits everybody") {
  chaos nobody(1);
  nobody.set(chaos_kind::flaky, with_rate(0.0), 0);
  chaos everybody(1);
  everybody.set(chaos_kind::flaky, with_rate(1.0), 0);
  std::vector<int> order(2'000);
  std::iota(order.begin(), order.end(), 0);
  CHECK(victims(nobody, order).empty());
  CHECK(victims(everybody, order).size() == order.size());
}

TEST_CASE("the same seed hits the same requests in every interleaving") {
  std::vector<int> order(1'000);
  std::iota(order.begin(), order.end(), 0);
  chaos first(42);
  first.set(chaos_kind::flaky, with_rate(0.3), 0);
  const std::set<int> expected = victims(first, order);
  CHECK(expected.size() > 250);
  CHECK(expected.size() < 350);
  seeded random(7);
  for (int interleaving = 0; interleaving < 20; ++interleaving) {
    for (std::size_t at = order.size() - 1; at > 0; --at)
      std::swap(order[at],
                order[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(at)))]);
    chaos machine(42);
    machine.set(chaos_kind::flaky, with_rate(0.3), 0);
    REQUIRE(victims(machine, order) == expected);
  }
  chaos other(43);
  other.set(chaos_kind::flaky, with_rate(0.3), 0);
  CHECK(victims(other, order) != expected);
}

TEST_CASE("a rule set again draws other victims") {
  std::vector<int> order(1'000);
  std::iota(order.begin(), order.end(), 0);
  chaos machine(42);
  machine.set(chaos_kind::flaky, with_rate(0.3), 0);
  const std::set<int> first = victims(machine, order);
  machine.set(chaos_kind::flaky, with_rate(0.3), 0);
  CHECK(victims(machine, order) != first);
}

TEST_CASE("each attempt of a request is drawn anew") {
  chaos machine(5);
  machine.set(chaos_kind::flaky, with_rate(0.5), 0);
  int hit = 0;
  for (int attempt = 1; attempt <= 1'000; ++attempt)
    hit += machine.decide(0, "same", attempt).fault ? 1 : 0;
  CHECK(hit > 400);
  CHECK(hit < 600);
}

TEST_CASE("a rate edited while it runs takes effect with the next request") {
  chaos machine(5);
  machine.set(chaos_kind::flaky, with_rate(1.0), 0);
  CHECK(machine.decide(1, "a").fault);
  machine.set(chaos_kind::flaky, with_rate(0.0), 2);
  CHECK(machine.decide(3, "a").untouched());
}

TEST_CASE("every kind has a name that leads back to it") {
  for (std::size_t at = 0; at < chaos_kinds; ++at) {
    const auto kind = static_cast<chaos_kind>(at);
    CHECK(chaos_kind_of(to_string(kind)) == kind);
  }
  CHECK_FALSE(chaos_kind_of("recover").has_value());
  CHECK_FALSE(chaos_kind_of("").has_value());
}

TEST_CASE("impossible options are refused") {
  chaos machine;
  CHECK_THROWS_AS(machine.set(chaos_kind::flaky, with_rate(1.1), 0), std::invalid_argument);
  CHECK_THROWS_AS(machine.set(chaos_kind::flaky, with_rate(-0.1), 0), std::invalid_argument);
  CHECK_THROWS_AS(machine.set(chaos_kind::flaky, with_delay(1), 0), std::invalid_argument);
  CHECK_THROWS_AS(machine.set(chaos_kind::slow, with_delay(-1), 0), std::invalid_argument);
}

TEST_CASE("each option may reach its limit and no further") {
  const auto lasting = [](duration_ms for_ms) {
    chaos_options options;
    options.for_ms = for_ms;
    return std::string{problem(chaos_kind::stall, options)};
  };
  const auto counted = [](std::int64_t times) {
    chaos_options options;
    options.times = times;
    return std::string{problem(chaos_kind::stall, options)};
  };
  CHECK(problem(chaos_kind::slow, with_delay(3'600'000)) == "");
  CHECK(problem(chaos_kind::slow, with_delay(3'600'001)) == "delay must be 0..3600 seconds");
  for (const duration_ms fits : {1, 86'400'000}) CHECK(lasting(fits) == "");
  for (const duration_ms wrong : {0, 86'400'001})
    CHECK(lasting(wrong) == "for must be 0.001..86400 seconds");
  for (const std::int64_t fits : {1, 1'000'000'000}) CHECK(counted(fits) == "");
  for (const std::int64_t wrong : {0, 1'000'000'001})
    CHECK(counted(wrong) == "times must be 1..1000000000");
}
