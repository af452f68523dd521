// Goal: waits grow, stay under their cap and cannot overflow, whatever is drawn.
// Method: tables at the ends of every range.
#include "policies/backoff.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace taquilla;

TEST_CASE("the ceiling doubles with every step until the cap") {
  CHECK(backoff_ceiling(100, 1'000, -3) == 100);
  CHECK(backoff_ceiling(100, 1'000, 0) == 100);
  CHECK(backoff_ceiling(100, 1'000, 1) == 200);
  CHECK(backoff_ceiling(100, 1'000, 3) == 800);
  CHECK(backoff_ceiling(100, 1'000, 4) == 1'000);
  CHECK(backoff_ceiling(100, 50, 0) == 50);
}

TEST_CASE("the ceiling does not overflow after very many steps") {
  const auto most = std::numeric_limits<duration_ms>::max();
  CHECK(backoff_ceiling(1, most, std::numeric_limits<int>::max()) == most);
  CHECK(backoff_ceiling(0, most, std::numeric_limits<int>::max()) == 0);
}

TEST_CASE("full jitter reaches from nothing to the ceiling") {
  CHECK(full_jitter(1'000, 0.0) == 0);
  CHECK(full_jitter(1'000, 0.5) == 500);
  CHECK(full_jitter(1'000, 0.9999999) == 1'000);
  CHECK(full_jitter(1'000, 1.0) == 1'000);
  CHECK(full_jitter(0, 0.7) == 0);
  CHECK(full_jitter(-5, 0.7) == 0);
}

TEST_CASE("a draw that is out of range waits no longer than the ceiling") {
  CHECK(full_jitter(1'000, -0.1) == 0);
  CHECK(full_jitter(1'000, 7.0) == 1'000);
  CHECK(full_jitter(1'000, std::numeric_limits<double>::quiet_NaN()) == 0);
}

TEST_CASE("the outbox waits up to 1, 2, 4 .. seconds, never above 15 minutes") {
  const outbox_backoff outbox;
  CHECK(outbox.delay_ms(1, 1.0) == 1'000);
  CHECK(outbox.delay_ms(2, 1.0) == 2'000);
  CHECK(outbox.delay_ms(7, 1.0) == 64'000);
  CHECK(outbox.delay_ms(10, 1.0) == 512'000);
  CHECK(outbox.delay_ms(11, 1.0) == 900'000);
  CHECK(outbox.delay_ms(1'000'000, 1.0) == 900'000);
  CHECK(outbox.delay_ms(5, 0.0) == 0);
}

TEST_CASE("the outbox gives a message up after 8 deliveries") {
  const outbox_backoff outbox;
  CHECK_FALSE(outbox.exhausted(7));
  CHECK(outbox.exhausted(8));
}
