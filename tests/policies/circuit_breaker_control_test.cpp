// Goal: operators, supervisors and live changes act at once and lose no evidence.
// Method: each control in each state it can meet; the ramp and the legacy profile by table.
#include "breaker_support.hpp"
#include "policies/keyed_hash.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace taquilla;

TEST_CASE("a dependency seen to recover may be probed at once and is not assumed healthy") {
  circuit_breaker breaker(small_breaker());
  trip(breaker, 0);
  const auto changes = breaker.dependency_recovered(5);
  REQUIRE(changes.count == 1);
  CHECK(changes.items[0].to == breaker_state::half_open);
  CHECK(changes.items[0].cause == breaker_cause::recovered);
  const auto probe = breaker.acquire(5);
  CHECK(probe.admitted);
  CHECK_FALSE(breaker.acquire(5).admitted);
  breaker.report(6, probe.permit, bad);
  CHECK(breaker.view(6).state == breaker_state::open);
}

TEST_CASE("a recovery while a probe is out makes room for a new one and the old answer is late") {
  circuit_breaker breaker(small_breaker());
  trip(breaker, 0);
  const auto old = breaker.acquire(1'000);
  breaker.dependency_recovered(1'010);
  const auto fresh = breaker.acquire(1'010);
  CHECK(fresh.admitted);
  CHECK(breaker.report(1'020, old.permit, bad).effect == report_effect::late);
  breaker.report(1'020, fresh.permit, ok);
  CHECK(breaker.view(1'020).state == breaker_state::closed);
}

TEST_CASE("a recovery changes nothing while closed, forced open or disabled") {
  circuit_breaker breaker(small_breaker());
  call(breaker, 0, bad);
  CHECK(breaker.dependency_recovered(1).count == 0);
  CHECK(breaker.view(1).consecutive == 1);
  breaker.force_open(2);
  CHECK(breaker.dependency_recovered(3).count == 0);
  breaker.disable(4);
  CHECK(breaker.dependency_recovered(5).count == 0);
}

TEST_CASE("a breaker forced open rejects for ever and promises nothing") {
  circuit_breaker breaker(small_breaker());
  const auto running = breaker.acquire(0).permit;
  breaker.force_open(0);
  const auto rejected = breaker.acquire(1'000'000);
  CHECK(rejected.rejection == breaker_rejection::forced_open);
  CHECK(rejected.retry_after_ms == 0);
  CHECK(breaker.report(1'000'000, running, ok).effect == report_effect::late);
  breaker.reset(1'000'001);
  CHECK(breaker.acquire(1'000'001).admitted);
}

TEST_CASE("a disabled breaker lets everything pass and judges nothing") {
  circuit_breaker breaker(small_breaker());
  trip(breaker, 0);
  breaker.disable(1);
  for (int failure = 0; failure < 10; ++failure)
    CHECK(call(breaker, 2, bad).effect == report_effect::ignored);
  CHECK(breaker.view(2).state == breaker_state::disabled);
  breaker.reset(3);
  CHECK(breaker.view(3).state == breaker_state::closed);
  CHECK(breaker.view(3).consecutive == 0);
}

TEST_CASE("after a reset the answers of before are late") {
  circuit_breaker breaker(small_breaker());
  const auto first = breaker.acquire(0).permit;
  const auto second = breaker.acquire(0).permit;
  breaker.reset(1);
  CHECK(breaker.report(2, first, bad).effect == report_effect::late);
  CHECK(breaker.report(2, second, bad).effect == report_effect::late);
  CHECK(breaker.view(2).state == breaker_state::closed);
}

TEST_CASE("an observing breaker rejects nobody and counts whom it would have rejected") {
  circuit_breaker breaker(small_breaker());
  breaker.observe(0);
  trip(breaker, 0);
  const auto passed = breaker.acquire(10);
  CHECK(passed.admitted);
  CHECK(passed.state == breaker_state::open);
  CHECK(breaker.report(10, passed.permit, ok).effect == report_effect::ignored);
  CHECK(breaker.view(10).would_reject == 1);
  CHECK(breaker.view(10).rejected == 0);
  CHECK(breaker.view(10).retry_after_ms == 990);
  breaker.force_open(20);
  CHECK_FALSE(breaker.acquire(20).admitted);
  breaker.observe(30);
  CHECK(breaker.acquire(30).admitted);
  CHECK(breaker.view(30).state == breaker_state::closed);
}

TEST_CASE("a new open time counts from the beginning of the old one") {
  circuit_breaker breaker(small_breaker());
  trip(breaker, 0);
  circuit_breaker_config config = small_breaker();
  config.open_ms = 5'000;
  breaker.reconfigure(900, config);
  CHECK(breaker.view(900).until == 5'000);
  config.open_ms = 100;
  breaker.reconfigure(950, config);
  CHECK(breaker.view(950).until == 100);
  CHECK(breaker.acquire(950).admitted);
}

TEST_CASE("a new open time does not undercut what the dependency asked for") {
  circuit_breaker breaker(small_breaker());
  call(breaker, 0, bad);
  breaker.report(0, breaker.acquire(0).permit, bad, 3'000);
  CHECK(breaker.view(0).until == 3'000);
  circuit_breaker_config config = small_breaker();
  config.open_ms = 100;
  breaker.reconfigure(10, config);
  CHECK(breaker.view(10).until == 3'000);
}

TEST_CASE("a lower threshold acts on the next failure and keeps the count") {
  circuit_breaker breaker;
  for (int failure = 0; failure < 4; ++failure) call(breaker, 0, bad);
  const auto epoch = breaker.view(0).epoch;
  breaker.reconfigure(0, small_breaker());
  CHECK(breaker.view(0).state == breaker_state::closed);
  CHECK(breaker.view(0).epoch == epoch);
  CHECK(breaker.view(0).consecutive == 4);
  call(breaker, 0, bad);
  CHECK(breaker.view(0).state == breaker_state::open);
}

TEST_CASE("fewer successes to close may close a half-open breaker on the spot") {
  circuit_breaker_config config = small_breaker();
  config.successes_to_close = 3;
  circuit_breaker breaker(config);
  trip(breaker, 0);
  call(breaker, 1'000, ok);
  config.successes_to_close = 1;
  const auto changes = breaker.reconfigure(1'001, config);
  REQUIRE(changes.count == 1);
  CHECK(changes.items[0].to == breaker_state::closed);
  CHECK(changes.items[0].cause == breaker_cause::reconfigured);
}

TEST_CASE("another mode starts with an empty window") {
  circuit_breaker_config config = small_breaker();
  config.mode = breaker_mode::window;
  circuit_breaker breaker(config);
  call(breaker, 0, bad);
  CHECK(breaker.view(0).window_calls == 1);
  breaker.reconfigure(0, small_breaker());
  CHECK(breaker.view(0).window_calls == 0);
  CHECK_THROWS_AS(breaker.reconfigure(0,
                                      [] {
                                        circuit_breaker_config wrong;
                                        wrong.failures = 0;
                                        return wrong;
                                      }()),
                  std::invalid_argument);
}

TEST_CASE("a ramp admits a growing share and the same request gets the same answer") {
  circuit_breaker_config config = small_breaker();
  config.ramp_ms = 10'000;
  circuit_breaker breaker(config);
  trip(breaker, 0);
  call(breaker, 1'000, ok);
  CHECK(breaker.view(1'000).state == breaker_state::ramping);
  struct share {
    instant_ms at;
    int low;
    int high;
  };
  for (const share each :
       {share{1'000, 50, 150}, share{6'000, 500, 600}, share{10'999, 980, 1'000}}) {
    int admitted = 0;
    for (std::uint64_t key = 0; key < 1'000; ++key) {
      const auto admission = breaker.acquire(each.at, key);
      REQUIRE(breaker.acquire(each.at, key).admitted == admission.admitted);
      admitted += admission.admitted ? 1 : 0;
    }
    CHECK(admitted >= each.low);
    CHECK(admitted <= each.high);
  }
  const auto over = breaker.acquire(12'000);
  CHECK(over.state == breaker_state::closed);
  CHECK(over.transitions.items[0].cause == breaker_cause::ramp_over);
  CHECK(over.transitions.items[0].at == 11'000);  // when it was over, not when somebody looked
}

TEST_CASE("a ramp begins with a tenth of all requests and not one more") {
  circuit_breaker_config config = small_breaker();
  config.ramp_ms = 10'000;
  circuit_breaker breaker(config);
  trip(breaker, 0);
  call(breaker, 1'000, ok);
  for (std::uint64_t key = 0; key < 50'000; ++key) {
    const bool tenth = mix_bits(key) % 10'000 < 1'000;
    if (breaker.acquire(1'000, key).admitted != tenth) FAIL("key " << key);
  }
}

TEST_CASE("a request the ramp rejects passes at the named instant and not earlier") {
  circuit_breaker_config config = small_breaker();
  config.ramp_ms = 9'999;
  circuit_breaker ramping(config);
  trip(ramping, 0);
  call(ramping, 1'000, ok);
  for (std::uint64_t key = 0; key < 2'000; ++key) {
    circuit_breaker breaker = ramping;
    const auto rejected = breaker.acquire(1'000, key);
    if (rejected.admitted) continue;
    CAPTURE(key);
    const instant_ms then = 1'000 + rejected.retry_after_ms;
    REQUIRE_FALSE(breaker.acquire(then - 1, key).admitted);
    REQUIRE(breaker.acquire(then, key).admitted);
  }
}

TEST_CASE("any failure on the ramp opens again with a longer open time") {
  circuit_breaker_config config = small_breaker();
  config.ramp_ms = 10'000;
  config.open_growth = 2.0;
  circuit_breaker breaker(config);
  trip(breaker, 0);
  call(breaker, 1'000, ok);
  std::uint64_t key = 0;
  auto admission = breaker.acquire(1'000, key);
  while (!admission.admitted) admission = breaker.acquire(1'000, ++key);
  breaker.report(1'500, admission.permit, bad);
  CHECK(breaker.view(1'500).state == breaker_state::open);
  CHECK(breaker.view(1'500).until == 3'500);
}

TEST_CASE("a ramp switched off while it runs closes") {
  circuit_breaker_config config = small_breaker();
  config.ramp_ms = 10'000;
  circuit_breaker breaker(config);
  trip(breaker, 0);
  call(breaker, 1'000, ok);
  breaker.reconfigure(1'001, small_breaker());
  CHECK(breaker.view(1'001).state == breaker_state::closed);
}

TEST_CASE("the legacy profile lets a crowd of probes pass and believes late answers") {
  circuit_breaker_config config = small_breaker();
  config.profile = breaker_profile::legacy;
  circuit_breaker breaker(config);
  const auto old = breaker.acquire(0).permit;
  trip(breaker, 0);
  CHECK(breaker.view(1'000).state == breaker_state::half_open);
  for (int caller = 0; caller < 50; ++caller) CHECK(breaker.acquire(1'000).admitted);
  call(breaker, 1'000, bad);
  CHECK_FALSE(breaker.acquire(1'001).admitted);
  breaker.report(1'001, old, neutral);
  CHECK(breaker.view(1'001).state == breaker_state::closed);
  CHECK(breaker.view(1'001).consecutive == 0);
}

TEST_CASE("leaving the legacy profile does not believe the crowd that it let pass") {
  circuit_breaker_config config = small_breaker();
  config.profile = breaker_profile::legacy;
  circuit_breaker breaker(config);
  trip(breaker, 0);
  const auto passed = breaker.acquire(1'000).permit;
  breaker.reconfigure(1'000, small_breaker());
  CHECK(breaker.report(1'001, passed, bad).effect == report_effect::late);
  CHECK(breaker.acquire(1'001).state == breaker_state::half_open);
  config.profile = breaker_profile::legacy;
  breaker.reconfigure(1'002, config);
  CHECK(breaker.acquire(1'002).state == breaker_state::open);
  CHECK(breaker.acquire(1'002).admitted);
}

TEST_CASE("a healed legacy breaker lets calls pass at once") {
  circuit_breaker_config config = small_breaker();
  config.profile = breaker_profile::legacy;
  circuit_breaker breaker(config);
  trip(breaker, 0);
  breaker.dependency_recovered(10);
  CHECK(breaker.acquire(10).admitted);
}

TEST_CASE("every word of the breaker has a name of its own") {
  CHECK(to_string(breaker_state::half_open) == std::string("half_open"));
  CHECK(to_string(breaker_cause::probe_lost) == std::string("probe_lost"));
  CHECK(to_string(breaker_rejection::probes_busy) == std::string("probes_busy"));
}
