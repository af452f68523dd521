#include "policies/retry.hpp"

#include "policies/backoff.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace taquilla {
namespace {

constexpr duration_ms day_ms = 86'400'000;

}  // namespace

retry_config retry_config::parity() {
  retry_config config;
  config.jitter = false;
  return config;
}

std::string_view problem(const retry_config& config) {
  if (config.attempts_max < 1 || config.attempts_max > 100) return "retry: attempts must be 1..100";
  if (config.base_ms < 0 || config.base_ms > day_ms) return "retry: base_ms must be 0..86400000";
  if (config.cap_ms < 0 || config.cap_ms > day_ms) return "retry: cap_ms must be 0..86400000";
  // At 0 an attempt could start at the very instant of its deadline.
  if (config.min_attempt_ms < 1 || config.min_attempt_ms > day_ms)
    return "retry: min_attempt_ms must be 1..86400000";
  return {};
}

const char* to_string(retry_cause cause) {
  switch (cause) {
    case retry_cause::scheduled:
      return "scheduled";
    case retry_cause::success:
      return "success";
    case retry_cause::not_retryable:
      return "not_retryable";
    case retry_cause::attempts_exhausted:
      return "attempts_exhausted";
    case retry_cause::unknown_outcome:
      return "unknown_outcome";
    case retry_cause::server_forbids:
      return "server_forbids";
    case retry_cause::budget_exhausted:
      return "budget_exhausted";
    case retry_cause::deadline:
      return "deadline";
    case retry_cause::superseded:
      return "superseded";
    case retry_cause::finished:
      return "finished";
  }
  return "?";
}

retry_run::retry_run(const retry_config& config) : config_(config) {
  if (const auto wrong = problem(config); !wrong.empty())
    throw std::invalid_argument(std::string(wrong));
}

retry_verdict retry_run::next(instant_ms now, const attempt_report& report, deadline until,
                              retry_budget& budget, double draw) {
  retry_verdict verdict;
  verdict.cause = judge(report, budget);
  verdict.remaining_ms = until.remaining(now);
  if (verdict.cause == retry_cause::scheduled) {
    verdict.delay_ms = delay(report, draw);
    verdict.at = later(now, verdict.delay_ms);
    if (later(verdict.at, config_.min_attempt_ms) > until.instant())
      verdict.cause = retry_cause::deadline;
  }
  if (verdict.again()) {
    ++attempt_;
    waiting_ = true;
  } else {
    verdict.at = 0;
    verdict.delay_ms = 0;
    finished_ = finished_ || verdict.cause != retry_cause::superseded;
    waiting_ = waiting_ && !finished_;
  }
  verdict.attempt = attempt_;
  verdict.tokens_milli = budget.tokens_milli();
  return verdict;
}

retry_cause retry_run::judge(const attempt_report& report, retry_budget& budget) {
  if (finished_) return retry_cause::finished;
  if (report.outcome == attempt_outcome::success) {
    budget.credit();
    return retry_cause::success;
  }
  if (report.attempt != attempt_) return retry_cause::superseded;
  if (report.outcome == attempt_outcome::not_retryable) return retry_cause::not_retryable;

  const bool affordable = budget.debit();
  if (attempt_ >= config_.attempts_max) return retry_cause::attempts_exhausted;
  if (report.outcome == attempt_outcome::unknown && !report.has_idempotency_key)
    return retry_cause::unknown_outcome;
  if (report.server_forbids_retry || report.hint_ms.value_or(0) < 0)
    return retry_cause::server_forbids;
  return affordable ? retry_cause::scheduled : retry_cause::budget_exhausted;
}

duration_ms retry_run::delay(const attempt_report& report, double draw) {
  if (report.hint_ms) {
    backoff_ = 0;
    return *report.hint_ms;
  }
  if (!config_.jitter) return 0;
  return full_jitter(backoff_ceiling(config_.base_ms, config_.cap_ms, backoff_++), draw);
}

void retry_run::cancel(retry_budget& budget) {
  if (waiting_ && !finished_) budget.refund();
  waiting_ = false;
  finished_ = true;
}

std::optional<duration_ms> parse_retry_after(std::string_view text) {
  constexpr duration_ms seconds_max = day_ms / 1'000;
  if (text.empty()) return std::nullopt;
  duration_ms seconds = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    seconds = std::min(seconds * 10 + (c - '0'), seconds_max);
  }
  return seconds * 1'000;
}

}  // namespace taquilla
