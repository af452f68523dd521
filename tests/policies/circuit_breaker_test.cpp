// Goal: the breaker trips at exactly N, asks carefully, and believes only its current era.
// Method: one table of calls per rule, one millisecond around every boundary.
#include "policies/circuit_breaker.hpp"

#include "breaker_support.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <vector>

using namespace taquilla;

TEST_CASE("one failure less than the threshold on both sides of a success does not trip") {
  circuit_breaker breaker;
  for (int failure = 0; failure < 4; ++failure) call(breaker, 0, bad);
  call(breaker, 0, ok);
  for (int failure = 0; failure < 4; ++failure) call(breaker, 0, bad);
  CHECK(breaker.view(0).state == breaker_state::closed);
  CHECK(breaker.view(0).consecutive == 4);
}

TEST_CASE("the breaker trips at exactly the configured failure and says why") {
  circuit_breaker breaker;
  for (int failure = 0; failure < 4; ++failure)
    CHECK(call(breaker, 10, bad).transitions.count == 0);
  const breaker_report fifth = call(breaker, 10, bad);
  REQUIRE(fifth.transitions.count == 1);
  CHECK(fifth.transitions.items[0].from == breaker_state::closed);
  CHECK(fifth.transitions.items[0].to == breaker_state::open);
  CHECK(fifth.transitions.items[0].cause == breaker_cause::failures);
  const breaker_view shown = breaker.view(10);
  CHECK(shown.until == 30'010);
  CHECK(shown.last_trip_failures == 5);
  CHECK(shown.trips == 1);
}

TEST_CASE("a threshold of one trips on the first failure") {
  circuit_breaker_config config = small_breaker();
  config.failures = 1;
  circuit_breaker breaker(config);
  call(breaker, 0, bad);
  CHECK(breaker.view(0).state == breaker_state::open);
}

TEST_CASE("neutral outcomes neither count nor forgive") {
  circuit_breaker breaker(small_breaker());
  call(breaker, 0, bad);
  for (int more = 0; more < 10; ++more) call(breaker, 0, neutral);
  CHECK(breaker.view(0).consecutive == 1);
  call(breaker, 0, bad);
  CHECK(breaker.view(0).state == breaker_state::open);
}

TEST_CASE("an open breaker rejects until its instant and lets a probe pass at it") {
  circuit_breaker breaker(small_breaker());
  trip(breaker, 0);
  const auto early = breaker.acquire(999);
  CHECK_FALSE(early.admitted);
  CHECK(early.rejection == breaker_rejection::open);
  CHECK(early.retry_after_ms == 1);
  const auto probe = breaker.acquire(1'000);
  CHECK(probe.admitted);
  CHECK(probe.state == breaker_state::half_open);
  CHECK(breaker.view(1'000).rejected == 1);
}

TEST_CASE("looking at a breaker whose open time is over does not move it") {
  circuit_breaker breaker(small_breaker());
  trip(breaker, 0);
  CHECK(breaker.view(999).retry_after_ms == 1);
  CHECK(breaker.view(1'000).state == breaker_state::open);
  CHECK(breaker.view(1'000).retry_after_ms == 0);
  CHECK(breaker.view(1'000).epoch == breaker.view(0).epoch);
  CHECK(breaker.view(1'000).rejected == 0);
}

TEST_CASE("of fifty callers at once only the probes pass") {
  for (const int probes : {1, 3, 16}) {
    circuit_breaker_config config = small_breaker();
    config.probes = probes;
    config.successes_to_close = 50;
    circuit_breaker breaker(config);
    trip(breaker, 0);
    int admitted = 0;
    for (int caller = 0; caller < 50; ++caller) admitted += breaker.acquire(1'000).admitted ? 1 : 0;
    CHECK(admitted == probes);
    const auto rejected = breaker.acquire(1'040);
    CHECK(rejected.rejection == breaker_rejection::probes_busy);
    CHECK(rejected.retry_after_ms == 60);
  }
}

TEST_CASE("no more probes are sent than successes are missing") {
  circuit_breaker_config config = small_breaker();
  config.probes = 5;
  config.successes_to_close = 2;
  circuit_breaker breaker(config);
  trip(breaker, 0);
  const auto first = breaker.acquire(1'000);
  CHECK(breaker.acquire(1'000).admitted);
  CHECK_FALSE(breaker.acquire(1'000).admitted);
  breaker.report(1'000, first.permit, ok);
  CHECK_FALSE(breaker.acquire(1'000).admitted);
}

TEST_CASE("more successes than probes are collected one after the other") {
  circuit_breaker_config config = small_breaker();
  config.successes_to_close = 3;
  circuit_breaker breaker(config);
  trip(breaker, 0);
  call(breaker, 1'000, ok);
  call(breaker, 1'000, ok);
  CHECK(breaker.view(1'000).state == breaker_state::half_open);
  call(breaker, 1'000, ok);
  const breaker_view shown = breaker.view(1'000);
  CHECK(shown.state == breaker_state::closed);
  CHECK(shown.trips == 0);
  CHECK(shown.trips_total == 1);
  CHECK(shown.consecutive == 0);
}

TEST_CASE("a failed probe opens again for the next open time") {
  circuit_breaker_config config = small_breaker();
  config.open_growth = 2.0;
  circuit_breaker breaker(config);
  trip(breaker, 0);
  instant_ms now = 0;
  for (const duration_ms open : {1'000, 2'000, 4'000, 8'000, 8'000}) {
    CHECK(breaker.view(now).until == now + open);
    now += open;
    const auto report = call(breaker, now, bad);
    REQUIRE(report.transitions.count == 1);
    CHECK(report.transitions.items[0].cause == breaker_cause::probe_failed);
  }
  CHECK(breaker.view(now).consecutive == 7);
}

TEST_CASE("growth stays at its cap after very many trips") {
  circuit_breaker_config config = small_breaker();
  config.open_growth = 10.0;
  circuit_breaker breaker(config);
  trip(breaker, 0);
  instant_ms now = 0;
  for (int round = 0; round < 2'000; ++round) call(breaker, now = breaker.view(now).until, bad);
  CHECK(breaker.view(now).until - now == 8'000);
}

TEST_CASE("a close makes the open time short again") {
  circuit_breaker_config config = small_breaker();
  config.open_growth = 2.0;
  circuit_breaker breaker(config);
  trip(breaker, 0);
  call(breaker, 1'000, bad);
  call(breaker, 3'000, ok);
  trip(breaker, 5'000);
  CHECK(breaker.view(5'000).until == 6'000);
}

TEST_CASE("a server's own wish lengthens the open time up to the cap") {
  circuit_breaker breaker(small_breaker());
  call(breaker, 0, bad);
  breaker.report(0, breaker.acquire(0).permit, bad, 3'000);
  CHECK(breaker.view(0).until == 3'000);
  breaker.report(3'000, breaker.acquire(3'000).permit, bad, instant_never);
  CHECK(breaker.view(3'000).until == 11'000);
  breaker.report(11'000, breaker.acquire(11'000).permit, bad, -5);
  CHECK(breaker.view(11'000).until == 12'000);
}

TEST_CASE("an open time of zero probes at once") {
  circuit_breaker_config config = small_breaker();
  config.open_ms = 0;
  circuit_breaker breaker(config);
  trip(breaker, 5);
  CHECK(breaker.acquire(5).state == breaker_state::half_open);
}

TEST_CASE("a cancelled probe frees its place without a verdict") {
  circuit_breaker breaker(small_breaker());
  trip(breaker, 0);
  for (int round = 0; round < 100; ++round) {
    const auto probe = breaker.acquire(1'000);
    REQUIRE(probe.admitted);
    breaker.report(1'000, probe.permit, neutral);
    REQUIRE(breaker.view(1'000).state == breaker_state::half_open);
  }
  call(breaker, 1'000, ok);
  CHECK(breaker.view(1'000).state == breaker_state::closed);
}

TEST_CASE("a probe that never answers has failed when its lease ends") {
  circuit_breaker breaker(small_breaker());
  trip(breaker, 0);
  breaker.acquire(1'000);
  CHECK(breaker.acquire(1'099).rejection == breaker_rejection::probes_busy);
  const auto late = breaker.acquire(1'100);
  CHECK(late.rejection == breaker_rejection::open);
  CHECK(late.retry_after_ms == 1'000);
  REQUIRE(late.transitions.count == 1);
  CHECK(late.transitions.items[0].cause == breaker_cause::probe_lost);
  CHECK(breaker.view(1'100).consecutive == 3);
}

TEST_CASE("a lease that ended long ago counts from its own end") {
  circuit_breaker breaker(small_breaker());
  trip(breaker, 0);
  breaker.acquire(1'000);
  const auto next = breaker.acquire(2'100);
  CHECK(next.admitted);
  REQUIRE(next.transitions.count == 2);
  CHECK(next.transitions.items[0].at == 1'100);
  CHECK(next.transitions.items[1].to == breaker_state::half_open);
}

TEST_CASE("a success after the lease is late and closes nothing") {
  circuit_breaker breaker(small_breaker());
  trip(breaker, 0);
  const auto probe = breaker.acquire(1'000);
  const auto report = breaker.report(1'100, probe.permit, ok);
  CHECK(report.effect == report_effect::late);
  CHECK(breaker.view(1'100).state == breaker_state::open);
  CHECK(breaker.view(1'100).late_successes == 1);
}

TEST_CASE("an answer from the closed era is late in every later era") {
  for (const breaker_outcome outcome : {ok, bad, neutral}) {
    circuit_breaker breaker(small_breaker());
    std::vector<breaker_permit> old;
    for (int permit = 0; permit < 3; ++permit) old.push_back(breaker.acquire(0).permit);
    trip(breaker, 0);
    CHECK(breaker.report(10, old[0], outcome).effect == report_effect::late);
    CHECK(breaker.view(10).state == breaker_state::open);
    const auto probe = breaker.acquire(1'000);
    CHECK(breaker.report(1'000, old[1], outcome).effect == report_effect::late);
    CHECK(breaker.view(1'000).state == breaker_state::half_open);
    breaker.report(1'000, probe.permit, ok);
    CHECK(breaker.report(1'000, old[2], outcome).effect == report_effect::late);
    const breaker_view shown = breaker.view(1'000);
    CHECK(shown.state == breaker_state::closed);
    CHECK(shown.consecutive == 0);
    CHECK(shown.late_successes + shown.late_failures + shown.late_neutrals == 3);
  }
}

TEST_CASE("the second report of a permit is ignored") {
  circuit_breaker breaker(small_breaker());
  const auto permit = breaker.acquire(0).permit;
  CHECK(breaker.report(0, permit, bad).effect == report_effect::counted);
  CHECK(breaker.report(0, permit, bad).effect == report_effect::ignored);
  CHECK(breaker.view(0).consecutive == 1);
  CHECK(breaker.view(0).late_failures == 0);
}

TEST_CASE("permits that were never given or are long forgotten are ignored") {
  circuit_breaker breaker(small_breaker());
  CHECK(breaker.report(0, {}, bad).effect == report_effect::ignored);
  CHECK(breaker.report(0, {1, 77, 0}, bad).effect == report_effect::ignored);
  const auto old = breaker.acquire(0).permit;
  for (int more = 0; more < 4'096; ++more) breaker.acquire(0);
  CHECK(breaker.report(0, old, bad).effect == report_effect::ignored);
  CHECK(breaker.view(0).consecutive == 0);
}

TEST_CASE("a clock that steps back counts as no time") {
  circuit_breaker breaker(small_breaker());
  trip(breaker, 5'000);
  const auto rejected = breaker.acquire(10);
  CHECK(rejected.retry_after_ms == 1'000);
  CHECK(breaker.view(10).retry_after_ms == 1'000);
  CHECK(breaker.view(10).clock_steps_back == 1);
  CHECK(breaker.acquire(6'000).admitted);
}

TEST_CASE("in window mode the share of failures trips once enough calls were seen") {
  circuit_breaker_config config = small_breaker();
  config.mode = breaker_mode::window;
  config.window_calls = 10;
  config.window_calls_min = 4;
  config.failed_percent = 50;
  circuit_breaker breaker(config);
  call(breaker, 0, bad);
  call(breaker, 0, bad);
  call(breaker, 0, ok);
  CHECK(breaker.view(0).state == breaker_state::closed);
  const auto fourth = call(breaker, 0, ok);
  REQUIRE(fourth.transitions.count == 1);
  CHECK(fourth.transitions.items[0].cause == breaker_cause::failed_share);
  call(breaker, 1'000, ok);
  CHECK(breaker.view(1'000).window_calls == 0);
}

TEST_CASE("in window mode slow answers trip though they succeed") {
  circuit_breaker_config config = small_breaker();
  config.mode = breaker_mode::window;
  config.window_calls = 4;
  config.window_calls_min = 2;
  config.slow_ms = 500;
  config.slow_percent = 100;
  circuit_breaker breaker(config);
  const auto quick = breaker.acquire(0).permit;
  const auto slow = breaker.acquire(0).permit;
  const auto slower = breaker.acquire(0).permit;
  breaker.report(499, quick, ok);
  breaker.report(500, slow, ok);
  CHECK(breaker.view(500).window_slow == 1);
  CHECK(breaker.view(500).state == breaker_state::closed);
  config.slow_percent = 60;
  breaker.reconfigure(500, config);
  CHECK(breaker.report(600, slower, ok).transitions.items[0].cause == breaker_cause::slow_share);
}

TEST_CASE("an impossible breaker is refused") {
  for (auto spoil : std::vector<void (*)(circuit_breaker_config&)>{
           [](auto& c) { c.failures = 0; }, [](auto& c) { c.open_ms = -1; },
           [](auto& c) { c.open_growth = 0.5; }, [](auto& c) { c.probes = 17; },
           [](auto& c) { c.successes_to_close = 0; }, [](auto& c) { c.lease_ms = 0; },
           [](auto& c) { c.window_calls = 513; }, [](auto& c) { c.window_calls_min = 101; },
           [](auto& c) { c.failed_percent = 0; }, [](auto& c) { c.slow_percent = 101; },
           [](auto& c) { c.slow_ms = 0; }, [](auto& c) { c.ramp_ms = -1; },
           [](auto& c) { c.open_ms_max = -1; }}) {
    circuit_breaker_config config;
    spoil(config);
    CHECK_FALSE(problem(config).empty());
    CHECK_THROWS_AS(circuit_breaker{config}, std::invalid_argument);
  }
  CHECK(problem(circuit_breaker_config{}).empty());
}
