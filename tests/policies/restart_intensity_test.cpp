// Goal: OTP's rule to the millisecond: at most R restarts in a period, then an end with a date.
// Method: tables of deaths around the edge of the period, and the date checked as a law.
#include "policies/restart_intensity.hpp"

#include "seeded.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace taquilla;

namespace {

restart_intensity_config limit(int restarts, duration_ms period) {
  restart_intensity_config config;
  config.restarts = restarts;
  config.period_ms = period;
  return config;
}

}  // namespace

TEST_CASE("the death that exceeds the intensity is not answered by a restart") {
  restart_intensity intensity(limit(2, 1'000));
  CHECK(intensity.on_death(0).restart);
  CHECK(intensity.on_death(500).restart);
  const auto verdict = intensity.on_death(999);
  CHECK_FALSE(verdict.restart);
  CHECK(verdict.deaths == 3);
}

TEST_CASE("both ends of the period count") {
  restart_intensity within(limit(1, 1'000));
  within.on_death(0);
  CHECK_FALSE(within.on_death(1'000).restart);
  restart_intensity beyond(limit(1, 1'000));
  beyond.on_death(0);
  CHECK(beyond.on_death(1'001).restart);
}

TEST_CASE("no restarts at all means the first death is the end") {
  restart_intensity intensity(limit(0, 1'000));
  const auto verdict = intensity.on_death(7);
  CHECK_FALSE(verdict.restart);
  CHECK(verdict.until == instant_never);
}

TEST_CASE("a death at the named instant is granted and one earlier is not") {
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    CAPTURE(seed);
    seeded random(seed);
    restart_intensity intensity(limit(static_cast<int>(random.between(1, 5)), 1'000));
    instant_ms now = 0;
    restart_verdict verdict = intensity.on_death(now);
    while (verdict.restart) verdict = intensity.on_death(now += random.between(0, 200));
    restart_intensity earlier = intensity;
    REQUIRE_FALSE(earlier.on_death(verdict.until - 1).restart);
    REQUIRE(intensity.on_death(verdict.until).restart);
  }
}

TEST_CASE("restarts that follow each other wait longer, up to the cap") {
  restart_intensity_config config = limit(6, 60'000);
  config.backoff_base_ms = 50;
  config.backoff_cap_ms = 300;
  restart_intensity intensity(config);
  const duration_ms expected[] = {0, 50, 100, 200, 300, 300};
  for (const duration_ms wait : expected) CHECK(intensity.on_death(10).after_ms == wait);
}

TEST_CASE("a child that died long ago is restarted at once") {
  restart_intensity intensity(limit(5, 1'000));
  intensity.on_death(0);
  CHECK(intensity.on_death(100).after_ms > 0);
  CHECK(intensity.on_death(5'000).after_ms == 0);
}

TEST_CASE("a reset forgives all deaths") {
  restart_intensity intensity(limit(1, 1'000));
  intensity.on_death(0);
  CHECK_FALSE(intensity.on_death(1).restart);
  intensity.reset();
  CHECK(intensity.deaths(1) == 0);
  CHECK(intensity.on_death(1).restart);
}

TEST_CASE("a clock that steps back does not forget a death") {
  restart_intensity intensity(limit(1, 1'000));
  intensity.on_death(5'000);
  CHECK_FALSE(intensity.on_death(10).restart);
  restart_intensity onwards(limit(2, 1'000));
  onwards.on_death(5'000);
  onwards.on_death(10);
  CHECK_FALSE(onwards.on_death(5'900).restart);
}

TEST_CASE("an impossible intensity is refused") {
  CHECK_THROWS_AS(restart_intensity(limit(-1, 1'000)), std::invalid_argument);
  CHECK_THROWS_AS(restart_intensity(limit(1, 0)), std::invalid_argument);
}
