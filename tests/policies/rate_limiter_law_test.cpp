// Goal: three laws of the limiter: retry-after is exact, a window passes no more than its share,
// rejections change nothing. Method: random states and schedules, each named by its seed.
#include "policies/rate_limiter.hpp"
#include "seeded.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace taquilla;

namespace {

rate_limiter_config random_config(seeded& random) {
  rate_limiter_config config;
  config.rate_milli = random.between(1, 1 << random.between(1, 20));
  config.burst = random.between(0, 8);
  return config;
}

// Two keys so that a peek one millisecond early and one on time meet the same state.
void drive_to_rejection(rate_limiter& limiter, seeded& random, instant_ms& now) {
  limiter.decide("a", now);
  for (int request = 0; request < 60 && limiter.peek("a", now).pass; ++request) {
    limiter.decide("a", now);
    now += random.between(0, 3) == 0 ? random.between(-3, 40) : 0;
  }
}

}  // namespace

TEST_CASE("a request at the named instant passes and one millisecond earlier it is rejected") {
  int rejections = 0;
  for (std::uint64_t seed = 0; rejections < 100'000; ++seed) {
    CAPTURE(seed);
    REQUIRE(seed < 400'000);
    seeded random(seed);
    rate_limiter limiter(random_config(random));
    instant_ms now = random.between(0, 1'000'000);
    drive_to_rejection(limiter, random, now);
    const limit_decision rejected = limiter.peek("a", now);
    if (rejected.pass) continue;
    ++rejections;
    REQUIRE(rejected.retry_after_ms >= 1);
    REQUIRE(limiter.peek("a", now + rejected.retry_after_ms).pass);
    REQUIRE_FALSE(limiter.peek("a", now + rejected.retry_after_ms - 1).pass);
  }
}

TEST_CASE("no window of time passes more than burst, one, and the rate") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    seeded random(seed);
    const rate_limiter_config config = random_config(random);
    rate_limiter limiter(config);
    std::vector<instant_ms> passed;
    instant_ms now = 0;
    for (int request = 0; request < 150; ++request) {
      if (random.between(0, 2) == 0) now += random.between(0, 2'000'000 / config.rate_milli + 2);
      if (limiter.decide("a", now).pass) passed.push_back(now);
    }
    bool lawful = true;
    for (std::size_t from = 0; from < passed.size(); ++from)
      for (std::size_t to = from; to < passed.size(); ++to) {
        const auto count = static_cast<std::int64_t>(to - from + 1);
        const std::int64_t span = passed[to] - passed[from];
        lawful = lawful && (count - config.burst - 1) * 1'000'000 <= config.rate_milli * span;
      }
    REQUIRE(lawful);
  }
}

TEST_CASE("rejected requests change no later decision") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    seeded random(seed);
    const rate_limiter_config config = random_config(random);
    rate_limiter pestered(config);
    rate_limiter quiet(config);
    instant_ms now = 0;
    for (int request = 0; request < 100; ++request) {
      now += random.between(0, 1'000'000 / config.rate_milli + 2);
      const bool passes = quiet.peek("a", now).pass;
      if (passes) quiet.decide("a", now);
      const limit_decision decision = pestered.decide("a", now);
      REQUIRE(decision.pass == passes);
      REQUIRE(pestered.peek("a", now).excess_milli == quiet.peek("a", now).excess_milli);
    }
  }
}

TEST_CASE("a hundred thousand strangers leave the table within its bound") {
  rate_limiter_config config;
  config.keys_max = 100;
  rate_limiter limiter(config);
  instant_ms now = 0;
  for (int stranger = 0; stranger < 100'000; ++stranger) {
    limiter.decide(std::to_string(stranger), now += 7);
    if (limiter.keys() > config.keys_max) FAIL("table over its bound");
  }
  CHECK(limiter.counters().overflowed > 0);
  CHECK(limiter.counters().passed + limiter.counters().rejected == 100'000);
}
