// Goal: nginx's decisions and excess, number for number, and a full table that never forgives.
// Method: recorded vectors of (time, verdict, excess); tables around every boundary.
#include "policies/rate_limiter.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

using namespace taquilla;

namespace {

struct step {
  instant_ms at;
  bool pass;
  std::int64_t excess;
};

void replay(const rate_limiter_config& config, const std::vector<step>& steps) {
  rate_limiter limiter(config);
  for (std::size_t at = 0; at < steps.size(); ++at) {
    CAPTURE(at);
    CAPTURE(steps[at].at);
    const limit_decision peeked = limiter.peek("client", steps[at].at);
    const limit_decision decision = limiter.decide("client", steps[at].at);
    CHECK(decision.pass == steps[at].pass);
    CHECK(decision.excess_milli == steps[at].excess);
    CHECK(peeked.pass == decision.pass);
    CHECK(peeked.excess_milli == decision.excess_milli);
  }
}

rate_limiter_config small_table(std::size_t keys, full_table profile) {
  rate_limiter_config config;
  config.keys_max = keys;
  config.profile = profile;
  return config;
}

}  // namespace

TEST_CASE("six at once pass and the rest wait for the leak") {
  replay({}, {{0, true, 0},
              {0, true, 1'000},
              {0, true, 2'000},
              {0, true, 3'000},
              {0, true, 4'000},
              {0, true, 5'000},
              {0, false, 6'000},
              {499, false, 5'002},
              {500, true, 5'000},
              {501, false, 5'998},
              {1'000, true, 5'000},
              {1'000, false, 6'000},
              {10'000, true, 0}});
}

TEST_CASE("requests one millisecond apart leak two thousandths each") {
  replay({}, {{0, true, 0},
              {1, true, 998},
              {2, true, 1'996},
              {3, true, 2'994},
              {4, true, 3'992},
              {5, true, 4'990},
              {6, false, 5'988},
              {499, false, 5'002},
              {505, true, 4'990},
              {1'006, true, 4'988}});
}

TEST_CASE("twice the rate fills the burst and then passes every second request") {
  std::vector<step> steps;
  for (instant_ms at = 0; at <= 2'500; at += 250) steps.push_back({at, true, at * 2});
  steps.push_back({2'750, false, 5'500});
  steps.push_back({3'000, true, 5'000});
  replay({}, steps);
}

TEST_CASE("a small step back of the clock is no time, a large one is a millisecond") {
  replay({}, {{100'000, true, 0},
              {100'000, true, 1'000},
              {99'990, true, 2'000},
              {100'010, true, 2'980},
              {39'000, true, 3'978},
              {39'000, true, 4'978}});
}

TEST_CASE("one request a minute has the rate 16 and passes after 62.5 seconds") {
  rate_limiter_config config;
  config.rate_milli = rate_milli_of(1.0 / 60.0).value();
  CHECK(config.rate_milli == 16);
  config.burst = 0;
  replay(config, {{0, true, 0}, {60'000, false, 40}, {62'499, false, 1}, {62'500, true, 0}});
}

TEST_CASE("steps back of exactly one minute and one more millisecond differ") {
  rate_limiter_config fast;
  fast.rate_milli = 1'000'000;
  replay(fast,
         {{100'000, true, 0}, {40'000, true, 1'000}, {39'999, true, 1'000}, {39'998, true, 2'000}});
  replay({}, {{100'000, true, 0}, {99'999, true, 1'000}, {100'000, true, 2'000}});
}

TEST_CASE("a second request at the same instant does not move the clock of its key") {
  replay({}, {{0, true, 0}, {0, true, 1'000}, {0, true, 2'000}, {1'000, true, 1'000}});
}

TEST_CASE("idle time is worth at most one request") {
  replay({}, {{0, true, 0}, {1'000'000, true, 0}, {1'000'000, true, 1'000}});
}

TEST_CASE("years of silence at the highest rate do not overflow") {
  rate_limiter_config config;
  config.rate_milli = 1'000'000'000;
  config.burst = 1'000'000;
  replay(config, {{0, true, 0}, {0, true, 1'000}, {3'000'000'000'000, true, 0}});
}

TEST_CASE("a decision says what remains and when everything has leaked away") {
  rate_limiter limiter;
  CHECK(limiter.decide("a", 0).remaining == 5);
  const auto second = limiter.decide("a", 0);
  CHECK(second.remaining == 4);
  CHECK(second.reset_ms == 500);
  for (int more = 0; more < 4; ++more) limiter.decide("a", 0);
  const auto rejected = limiter.decide("a", 100);
  CHECK(rejected.cause == limit_cause::over_limit);
  CHECK(rejected.remaining == 0);
  CHECK(rejected.retry_after_ms == 400);
  CHECK(rejected.reset_ms == 2'400);
}

TEST_CASE("Retry-After is rounded up to whole seconds and is at least one") {
  CHECK(retry_after_seconds(0) == 1);
  CHECK(retry_after_seconds(1'000) == 1);
  CHECK(retry_after_seconds(1'001) == 2);
  CHECK(retry_after_seconds(instant_never) == instant_never / 1'000 + 1);
}

TEST_CASE("clients do not share a limit") {
  rate_limiter limiter;
  for (int request = 0; request < 7; ++request) limiter.decide("a", 0);
  CHECK_FALSE(limiter.decide("a", 0).pass);
  CHECK(limiter.decide("b", 0).pass);
}

TEST_CASE("a disabled limiter and the empty key are not counted") {
  rate_limiter_config off;
  off.enabled = false;
  rate_limiter disabled(off);
  rate_limiter limiter;
  for (int request = 0; request < 20; ++request) {
    CHECK(disabled.decide("a", 0).cause == limit_cause::disabled);
    CHECK(limiter.decide("", 0).pass);
  }
  CHECK(disabled.keys() == 0);
  CHECK(limiter.keys() == 0);
  CHECK(limiter.decide("", 0).cause == limit_cause::no_key);
}

TEST_CASE("a dry run passes everything and tells what it would have rejected") {
  rate_limiter_config config;
  config.dry_run = true;
  rate_limiter limiter(config);
  for (int request = 0; request < 6; ++request) limiter.decide("a", 0);
  const auto next = limiter.peek("a", 0);
  CHECK(next.pass);
  CHECK(next.cause == limit_cause::over_limit);
  const auto decision = limiter.decide("a", 0);
  CHECK(decision.pass);
  CHECK(decision.cause == limit_cause::over_limit);
  CHECK(decision.retry_after_ms == 500);
  CHECK(limiter.counters().rejected == 1);
}

TEST_CASE("a changed rate keeps the excess and a lower burst rejects until it has leaked") {
  rate_limiter limiter;
  for (int request = 0; request < 6; ++request) limiter.decide("a", 0);
  rate_limiter_config config;
  config.rate_milli = 1'000;
  config.burst = 2;
  limiter.reconfigure(config);
  const auto rejected = limiter.decide("a", 3'999);
  CHECK_FALSE(rejected.pass);
  CHECK(rejected.excess_milli == 2'001);
  CHECK(rejected.retry_after_ms == 1);
  CHECK(limiter.decide("a", 4'000).pass);
}

TEST_CASE("in a full table newcomers share one limit and nobody is forgiven") {
  rate_limiter limiter(small_table(2, full_table::strict));
  for (int request = 0; request < 6; ++request) {
    limiter.decide("a", 0);
    limiter.decide("b", 0);
  }
  int passed = 0;
  for (int stranger = 0; stranger < 100; ++stranger) {
    const auto peeked = limiter.peek("stranger" + std::to_string(stranger), 0);
    const auto decision = limiter.decide("stranger" + std::to_string(stranger), 0);
    CHECK(decision.overflow);
    CHECK(peeked.overflow);
    CHECK(peeked.pass == decision.pass);
    passed += decision.pass ? 1 : 0;
  }
  CHECK(passed == 6);
  CHECK(limiter.keys() == 2);
  CHECK(limiter.counters().overflowed == 100);
  CHECK_FALSE(limiter.decide("a", 0).pass);
}

TEST_CASE("the nginx profile forgives the key that was used longest ago") {
  rate_limiter limiter(small_table(2, full_table::nginx));
  for (int request = 0; request < 7; ++request) limiter.decide("a", 0);
  limiter.decide("b", 0);
  CHECK_FALSE(limiter.decide("a", 0).pass);  // a rejection makes a key recent all the same
  limiter.decide("c", 0);                    // evicts b
  CHECK_FALSE(limiter.decide("a", 0).pass);
  limiter.decide("d", 0);
  limiter.decide("e", 0);
  CHECK(limiter.decide("a", 0).pass);
  CHECK(limiter.keys() == 2);
  CHECK(limiter.counters().evicted == 4);
}

TEST_CASE("a key that is idle for a minute and owes nothing makes room") {
  rate_limiter limiter(small_table(1, full_table::strict));
  limiter.decide("a", 0);
  CHECK(limiter.decide("b", 59'999).overflow);
  CHECK_FALSE(limiter.peek("b", 60'000).overflow);
  CHECK_FALSE(limiter.decide("b", 60'000).overflow);
  CHECK(limiter.keys() == 1);
}

TEST_CASE("a key that is idle for a minute but in debt makes no room") {
  rate_limiter_config config = small_table(1, full_table::strict);
  config.rate_milli = 16;
  rate_limiter limiter(config);
  for (int request = 0; request < 6; ++request) limiter.decide("a", 0);
  CHECK(limiter.decide("b", 60'000).overflow);
  CHECK(limiter.decide("b", 374'999).overflow);
  CHECK_FALSE(limiter.decide("b", 375'000).overflow);
}

TEST_CASE("who is forgotten gets no request for it, however slow the rate") {
  rate_limiter_config config;
  config.rate_milli = 50;
  rate_limiter limiter(config);
  int passed = 0;
  for (int request = 0; request < 4; ++request) passed += limiter.decide("a", 0).pass ? 1 : 0;
  limiter.decide("b", 70'000);  // a newcomer makes the table look for whom it may forget
  for (int request = 0; request < 8; ++request) passed += limiter.decide("a", 70'000).pass ? 1 : 0;
  CHECK(passed == 9);  // 5 + 1 + 0.05 a second
}

TEST_CASE("a table made smaller lets nobody in until it has shrunk") {
  rate_limiter limiter(small_table(5, full_table::strict));
  for (const char* key : {"a", "b", "c", "d"}) limiter.decide(key, 0);
  limiter.reconfigure(small_table(2, full_table::strict));
  CHECK(limiter.peek("e", 60'000).overflow);
  CHECK(limiter.decide("e", 60'000).overflow);
  CHECK(limiter.keys() == 2);
  CHECK_FALSE(limiter.decide("e", 60'000).overflow);
  limiter.reconfigure(small_table(1, full_table::nginx));
  limiter.decide("f", 60'000);
  CHECK(limiter.keys() == 1);
}

TEST_CASE("a very long key cannot fill the memory") {
  const std::string longest(65'536, 'k');
  rate_limiter strict;
  CHECK(strict.peek(longest, 0).overflow);
  CHECK(strict.decide(longest, 0).overflow);
  CHECK(strict.keys() == 0);
  rate_limiter nginx(small_table(10, full_table::nginx));
  CHECK(nginx.decide(longest, 0).cause == limit_cause::long_key);
  CHECK(nginx.decide(longest.substr(1), 0).cause == limit_cause::under_limit);
}

TEST_CASE("of several limits all are charged or none") {
  rate_limiter_config narrow;
  narrow.burst = 0;
  rate_limiter wide;
  rate_limiter tight(narrow);
  const std::vector<limit_request> both = {{&wide, "a"}, {&tight, "a"}};
  const auto first = decide_all(both, 0);
  CHECK(first.pass);
  CHECK(first.remaining == 0);
  const auto second = decide_all(both, 0);
  CHECK_FALSE(second.pass);
  CHECK(second.retry_after_ms == 500);
  CHECK(wide.peek("a", 0).excess_milli == 1'000);
  CHECK(tight.counters().rejected == 1);
  CHECK(wide.counters().passed == 1);
  CHECK(decide_all({}, 0).pass);
}

TEST_CASE("a clock that steps back is counted") {
  rate_limiter limiter;
  limiter.decide("a", 10);
  limiter.decide("a", 9);
  limiter.decide("a", 10);
  CHECK(limiter.counters().clock_steps_back == 1);
}

TEST_CASE("a rate is a decimal number of requests a second") {
  CHECK(rate_milli_of(2) == 2'000);
  CHECK(rate_milli_of(1.001) == 1'001);
  CHECK(rate_milli_of(0.001) == 1);
  CHECK(rate_milli_of(1'000'000) == 1'000'000'000);
  CHECK_FALSE(rate_milli_of(0.0009).has_value());
  CHECK_FALSE(rate_milli_of(-2).has_value());
  CHECK_FALSE(rate_milli_of(1'000'001).has_value());
  CHECK_FALSE(rate_milli_of(std::nan("")).has_value());
}

TEST_CASE("an impossible limit is refused") {
  rate_limiter_config config;
  config.rate_milli = 0;
  CHECK_THROWS_AS(rate_limiter{config}, std::invalid_argument);
  config = {};
  config.burst = -1;
  CHECK_THROWS_AS(rate_limiter{config}, std::invalid_argument);
  config = {};
  config.keys_max = 0;
  rate_limiter limiter;
  CHECK_THROWS_AS(limiter.reconfigure(config), std::invalid_argument);
  CHECK(limiter.config().keys_max == 10'000);
}
