// Goal: retries are a bounded share of successes, to the last token.
// Method: the known vector, the ends of the bucket, and the conservation law over random runs.
#include "policies/retry_budget.hpp"

#include "seeded.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace taquilla;

TEST_CASE("five failures empty half the bucket and one success allows a retry again") {
  retry_budget budget;
  for (int failure = 1; failure <= 4; ++failure) CHECK(budget.debit());
  CHECK_FALSE(budget.debit());
  CHECK(budget.tokens_milli() == 5'000);
  budget.credit();
  CHECK(budget.tokens_milli() == 5'100);
  CHECK(budget.allows_retry());
}

TEST_CASE("the bucket neither overflows nor goes below empty") {
  retry_budget budget;
  budget.credit();
  CHECK(budget.tokens_milli() == 10'000);
  for (int failure = 0; failure < 50; ++failure) budget.debit();
  CHECK(budget.tokens_milli() == 0);
  budget.refund();
  CHECK(budget.tokens_milli() == 1'000);
}

TEST_CASE("a refill makes the bucket full") {
  retry_budget budget;
  for (int failure = 0; failure < 9; ++failure) budget.debit();
  budget.refill();
  CHECK(budget.tokens_milli() == 10'000);
}

TEST_CASE("another size keeps the share of the filling") {
  retry_budget budget;
  for (int failure = 0; failure < 4; ++failure) budget.debit();
  budget.reconfigure({1'000'000'000, 1'000, 100});
  CHECK(budget.tokens_milli() == 600'000'000);
  budget.reconfigure({100, 1'000, 100});
  CHECK(budget.tokens_milli() == 60);
  CHECK(budget.tokens_max_milli() == 100);
}

TEST_CASE("a storm of failures gets at most five retries") {
  retry_budget budget;
  int retries = 0;
  for (int call = 0; call < 1'000; ++call) retries += budget.debit() ? 1 : 0;
  CHECK(retries <= 5);
  CHECK(retries > 0);
}

TEST_CASE("retries never exceed half the bucket plus a tenth of the successes") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    seeded random(seed);
    retry_budget budget;
    const std::int64_t failing = random.between(1, 99);
    std::int64_t retries = 0;
    std::int64_t successes = 0;
    for (int call = 0; call < 1'000; ++call) {
      if (random.between(0, 99) < failing) {
        retries += budget.debit() ? 1 : 0;
      } else {
        budget.credit();
        ++successes;
      }
      REQUIRE(retries * 1'000 <= 5'000 + successes * 100);
    }
  }
}

TEST_CASE("an impossible bucket is refused") {
  CHECK_THROWS_AS(retry_budget({0, 1'000, 100}), std::invalid_argument);
  CHECK_THROWS_AS(retry_budget({1'000, -1, 100}), std::invalid_argument);
  CHECK_THROWS_AS(retry_budget({1'000, 1, -1}), std::invalid_argument);
}
