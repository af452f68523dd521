// Goal: every reason to stop stops, in the stated order, and no attempt starts that cannot end in
// time. Method: each cause alone and against each later cause; boundaries; storms.
#include "policies/retry.hpp"

#include "seeded.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <stdexcept>
#include <vector>

using namespace taquilla;

namespace {

attempt_report failed(int attempt) { return {attempt_outcome::retryable, attempt}; }

retry_budget exhausted_budget() {
  retry_budget budget;
  while (budget.debit()) continue;
  return budget;
}

struct situation {
  attempt_report report = failed(1);
  deadline until = deadline::at(100'000);
  retry_budget budget;
  retry_config config = retry_config::parity();
};

retry_verdict decide(situation& now_in) {
  retry_run run(now_in.config);
  return run.next(1'000, now_in.report, now_in.until, now_in.budget, 0.5);
}

struct objection {
  retry_cause cause;
  std::function<void(situation&)> make;
};

// In order of precedence; the outcome-changing ones come first and exclude each other.
const std::vector<objection>& objections() {
  static const std::vector<objection> all = {
      {retry_cause::attempts_exhausted, [](situation& s) { s.config.attempts_max = 1; }},
      {retry_cause::unknown_outcome,
       [](situation& s) { s.report.outcome = attempt_outcome::unknown; }},
      {retry_cause::server_forbids, [](situation& s) { s.report.server_forbids_retry = true; }},
      {retry_cause::budget_exhausted, [](situation& s) { s.budget = exhausted_budget(); }},
      {retry_cause::deadline, [](situation& s) { s.until = deadline::at(1'100); }},
  };
  return all;
}

}  // namespace

TEST_CASE("a failure costs its token also where it is the last") {
  for (const auto& one : objections()) {
    situation last;
    one.make(last);
    const auto before = last.budget.tokens_milli();
    decide(last);
    CHECK(last.budget.tokens_milli() == std::max<std::int64_t>(0, before - 1'000));
  }
}

TEST_CASE("a retryable failure is tried again, without delay in the parity profile") {
  situation plain;
  const retry_verdict verdict = decide(plain);
  CHECK(verdict.again());
  CHECK(verdict.at == 1'000);
  CHECK(verdict.attempt == 2);
  CHECK(verdict.tokens_milli == 9'000);
  CHECK(verdict.remaining_ms == 99'000);
}

TEST_CASE("each objection alone stops the run under its own name") {
  for (const objection& each : objections()) {
    situation one;
    each.make(one);
    CHECK(decide(one).cause == each.cause);
  }
}

TEST_CASE("of two objections the earlier rule names the cause") {
  const auto& all = objections();
  for (std::size_t first = 0; first < all.size(); ++first) {
    for (std::size_t second = first + 1; second < all.size(); ++second) {
      situation both;
      all[second].make(both);
      all[first].make(both);
      CAPTURE(to_string(all[second].cause));
      CHECK(decide(both).cause == all[first].cause);
    }
  }
}

TEST_CASE("success and final failures come before every objection") {
  for (const objection& each : objections()) {
    if (each.cause == retry_cause::unknown_outcome) continue;
    situation one;
    each.make(one);
    one.report.outcome = attempt_outcome::success;
    CHECK(decide(one).cause == retry_cause::success);
    one.report.outcome = attempt_outcome::not_retryable;
    CHECK(decide(one).cause == retry_cause::not_retryable);
  }
}

TEST_CASE("final failures leave the budget alone and successes raise it") {
  situation one;
  one.budget.debit();
  one.report.outcome = attempt_outcome::not_retryable;
  CHECK(decide(one).tokens_milli == 9'000);
  one.report.outcome = attempt_outcome::success;
  CHECK(decide(one).tokens_milli == 9'100);
}

TEST_CASE("an unknown outcome is tried again under an idempotency key") {
  situation one;
  one.report.outcome = attempt_outcome::unknown;
  one.report.has_idempotency_key = true;
  CHECK(decide(one).again());
}

TEST_CASE("three attempts are made and not a fourth") {
  retry_run run(retry_config::parity());
  retry_budget budget;
  CHECK(run.next(0, failed(1), {}, budget, 0.0).attempt == 2);
  CHECK(run.next(0, failed(2), {}, budget, 0.0).attempt == 3);
  const auto last = run.next(0, failed(3), {}, budget, 0.0);
  CHECK(last.cause == retry_cause::attempts_exhausted);
  CHECK(last.attempt == 3);
  CHECK(run.next(0, failed(3), {}, budget, 0.0).cause == retry_cause::finished);
}

TEST_CASE("the third attempt may succeed") {
  retry_run run(retry_config::parity());
  retry_budget budget;
  run.next(0, failed(1), {}, budget, 0.0);
  run.next(0, failed(2), {}, budget, 0.0);
  CHECK(run.next(0, {attempt_outcome::success, 3}, {}, budget, 0.0).cause == retry_cause::success);
}

TEST_CASE("a late success of the first attempt ends the run") {
  retry_run run(retry_config::parity());
  retry_budget budget;
  run.next(0, failed(1), {}, budget, 0.0);
  run.started();
  CHECK(run.next(1, {attempt_outcome::success, 1}, {}, budget, 0.0).cause == retry_cause::success);
  CHECK(run.next(2, {attempt_outcome::success, 2}, {}, budget, 0.0).cause == retry_cause::finished);
}

TEST_CASE("a late failure of the first attempt decides and costs nothing") {
  retry_run run(retry_config::parity());
  retry_budget budget;
  run.next(0, failed(1), {}, budget, 0.0);
  run.started();
  const auto verdict = run.next(1, failed(1), {}, budget, 0.0);
  CHECK(verdict.cause == retry_cause::superseded);
  CHECK(verdict.tokens_milli == 9'000);
  CHECK(run.next(2, failed(2), {}, budget, 0.0).again());
}

TEST_CASE("an attempt that fits the deadline exactly starts, one millisecond less does not") {
  situation fits;
  fits.until = deadline::at(1'200);
  CHECK(decide(fits).again());
  situation misses;
  misses.until = deadline::at(1'199);
  CHECK(decide(misses).cause == retry_cause::deadline);
}

TEST_CASE("the delay doubles from 100 ms to its cap and is drawn in full") {
  retry_config config;
  config.attempts_max = 100;
  retry_budget_config rich;
  rich.failure_milli = 0;
  retry_budget budget(rich);
  retry_run most(config);
  retry_run least(config);
  const duration_ms ceilings[] = {100, 200, 400, 800, 1'000, 1'000};
  int attempt = 0;
  for (const duration_ms ceiling : ceilings) {
    ++attempt;
    CHECK(most.next(0, failed(attempt), {}, budget, 1.0).delay_ms == ceiling);
    CHECK(least.next(0, failed(attempt), {}, budget, 0.0).delay_ms == 0);
  }
}

TEST_CASE("a hint is followed exactly and restarts the backoff") {
  retry_config config;
  config.attempts_max = 10;
  retry_run run(config);
  retry_budget budget({1'000'000, 1'000, 100});
  CHECK(run.next(0, failed(1), {}, budget, 1.0).delay_ms == 100);
  CHECK(run.next(0, failed(2), {}, budget, 1.0).delay_ms == 200);
  attempt_report hinted = failed(3);
  hinted.hint_ms = 7'777;
  CHECK(run.next(0, hinted, {}, budget, 1.0).delay_ms == 7'777);
  CHECK(run.next(0, failed(4), {}, budget, 1.0).delay_ms == 100);
}

TEST_CASE("a hint of zero retries at once, a negative one forbids, a huge one meets the deadline") {
  situation zero;
  zero.config = {};
  zero.report.hint_ms = 0;
  CHECK(decide(zero).at == 1'000);
  situation negative;
  negative.report.hint_ms = -1;
  CHECK(decide(negative).cause == retry_cause::server_forbids);
  situation huge;
  huge.report.hint_ms = instant_never;
  CHECK(decide(huge).cause == retry_cause::deadline);
}

TEST_CASE("a retry cancelled while it waits gives its tokens back, once") {
  retry_run run({});
  retry_budget budget;
  run.next(0, failed(1), {}, budget, 0.5);
  run.cancel(budget);
  CHECK(budget.tokens_milli() == 10'000);
  budget.debit();
  run.cancel(budget);
  CHECK(budget.tokens_milli() == 9'000);
  CHECK(run.next(5, failed(2), {}, budget, 0.5).cause == retry_cause::finished);
}

TEST_CASE("a retry cancelled before any failure or after it was sent gives nothing back") {
  retry_budget budget;
  budget.debit();
  retry_run fresh({});
  fresh.cancel(budget);
  CHECK(budget.tokens_milli() == 9'000);
  retry_run sent({});
  sent.next(0, failed(1), {}, budget, 0.5);
  sent.started();
  sent.cancel(budget);
  CHECK(budget.tokens_milli() == 8'000);
}

TEST_CASE("a thousand calls that all fail send at most five more") {
  retry_budget budget;
  int extra = 0;
  for (int call = 0; call < 1'000; ++call) {
    retry_run run({});
    for (int attempt = 1; run.next(0, failed(attempt), {}, budget, 0.5).again(); ++attempt) ++extra;
  }
  CHECK(extra <= 5);
  CHECK(extra > 0);
}

TEST_CASE("no scheduled attempt has less than its minimum before the deadline") {
  for (std::uint64_t seed = 0; seed < 5'000; ++seed) {
    CAPTURE(seed);
    seeded random(seed);
    retry_run run({});
    retry_budget budget;
    const deadline until = deadline::at(random.between(0, 2'000));
    instant_ms now = 0;
    for (int attempt = 1; attempt <= 4; ++attempt) {
      now += random.between(0, 500);
      const auto verdict = run.next(now, failed(attempt), until, budget, random.draw());
      if (!verdict.again()) break;
      REQUIRE(until.remaining(verdict.at) >= 200);
      now = verdict.at;
    }
  }
}

TEST_CASE("Retry-After is read as seconds or not at all") {
  CHECK(parse_retry_after("0") == 0);
  CHECK(parse_retry_after("30") == 30'000);
  CHECK(parse_retry_after("99999999999999999999") == 86'400'000);
  for (const char* text : {"", "-1", "1.5", "soon", "Wed, 21 Oct 2015 07:28:00 GMT", " 3"})
    CHECK_FALSE(parse_retry_after(text).has_value());
}

TEST_CASE("an impossible retry configuration is refused") {
  retry_config none;
  none.attempts_max = 0;
  CHECK_THROWS_AS(retry_run{none}, std::invalid_argument);
  retry_config instantly;
  instantly.min_attempt_ms = 0;
  CHECK_THROWS_AS(retry_run{instantly}, std::invalid_argument);
}
