// Goal: never more in flight than the limit, and a permit is worth one release.
// Method: tables of acquires and releases.
#include "policies/in_flight_limit.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace taquilla;

TEST_CASE("the call over the limit is rejected with an estimate of the wait") {
  in_flight_limit bulkhead({2, 100});
  CHECK(bulkhead.acquire(0).admitted);
  CHECK(bulkhead.acquire(0).admitted);
  const auto rejected = bulkhead.acquire(0);
  CHECK_FALSE(rejected.admitted);
  CHECK(rejected.retry_after_ms == 50);
  CHECK(rejected.in_flight == 2);
  CHECK(bulkhead.rejected() == 1);
}

TEST_CASE("a permit released twice frees one place") {
  in_flight_limit bulkhead({2, 100});
  const auto first = bulkhead.acquire(0).permit;
  bulkhead.acquire(0);
  CHECK(bulkhead.release(10, first));
  CHECK_FALSE(bulkhead.release(10, first));
  CHECK(bulkhead.in_flight() == 1);
}

TEST_CASE("an old permit does not free the place of its successor") {
  in_flight_limit bulkhead({1, 100});
  const auto old = bulkhead.acquire(0).permit;
  CHECK(bulkhead.release(10, old));
  CHECK(bulkhead.acquire(20).admitted);
  CHECK_FALSE(bulkhead.release(30, old));
  CHECK(bulkhead.in_flight() == 1);
}

TEST_CASE("a permit that was never given frees nothing") {
  in_flight_limit bulkhead({1, 100});
  bulkhead.acquire(0);
  CHECK_FALSE(bulkhead.release(1, {}));
  CHECK_FALSE(bulkhead.release(1, {99, 1}));
  CHECK_FALSE(bulkhead.release(1, {0, 2}));
  CHECK(bulkhead.in_flight() == 1);
}

TEST_CASE("a limit of nobody rejects everybody") {
  in_flight_limit bulkhead({0, 100});
  const auto rejected = bulkhead.acquire(0);
  CHECK_FALSE(rejected.admitted);
  CHECK(rejected.retry_after_ms >= 1);
}

TEST_CASE("a lower limit revokes nothing and admits nobody until there is room") {
  in_flight_limit bulkhead({3, 100});
  const auto first = bulkhead.acquire(0).permit;
  const auto second = bulkhead.acquire(0).permit;
  const auto third = bulkhead.acquire(0).permit;
  bulkhead.set_limit(1);
  CHECK(bulkhead.in_flight() == 3);
  CHECK(bulkhead.release(1, first));
  CHECK(bulkhead.release(1, second));
  CHECK_FALSE(bulkhead.acquire(1).admitted);
  CHECK(bulkhead.release(1, third));
  CHECK(bulkhead.acquire(1).admitted);
}

TEST_CASE("a higher limit admits more at once") {
  in_flight_limit bulkhead({1, 100});
  bulkhead.acquire(0);
  bulkhead.set_limit(3);
  CHECK(bulkhead.acquire(0).admitted);
  CHECK(bulkhead.acquire(0).admitted);
  CHECK_FALSE(bulkhead.acquire(0).admitted);
}

TEST_CASE("the estimate follows the observed length of calls") {
  in_flight_limit bulkhead({1, 100});
  instant_ms now = 0;
  for (int call = 0; call < 100; ++call) {
    const auto permit = bulkhead.acquire(now).permit;
    now += 1'000;
    bulkhead.release(now, permit);
  }
  bulkhead.acquire(now);
  const auto wait = bulkhead.acquire(now).retry_after_ms;
  CHECK(wait > 900);
  CHECK(wait <= 1'000);
}

TEST_CASE("one call moves the estimate by an eighth of the difference") {
  in_flight_limit bulkhead({1, 100});
  bulkhead.release(900, bulkhead.acquire(0).permit);
  bulkhead.acquire(900);
  CHECK(bulkhead.acquire(900).retry_after_ms == 200);
}

TEST_CASE("an impossible limit is refused") {
  CHECK_THROWS_AS(in_flight_limit({100'001, 100}), std::invalid_argument);
  CHECK_THROWS_AS(in_flight_limit({1, 0}), std::invalid_argument);
  in_flight_limit bulkhead;
  CHECK_THROWS_AS(bulkhead.set_limit(100'001), std::invalid_argument);
}
