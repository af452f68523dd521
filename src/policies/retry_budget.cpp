#include "policies/retry_budget.hpp"

#include "domain/planted.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace taquilla {
namespace {

constexpr std::int64_t milli_max = 1'000'000'000;

void require(const retry_budget_config& config) {
  if (const auto wrong = problem(config); !wrong.empty())
    throw std::invalid_argument(std::string(wrong));
}

}  // namespace

std::string_view problem(const retry_budget_config& config) {
  if (config.tokens_max_milli < 1 || config.tokens_max_milli > milli_max)
    return "retry budget: tokens_max_milli must be 1..1000000000";
  if (config.failure_milli < 0 || config.failure_milli > milli_max)
    return "retry budget: failure_milli must be 0..1000000000";
  if (config.success_milli < 0 || config.success_milli > milli_max)
    return "retry budget: success_milli must be 0..1000000000";
  return {};
}

retry_budget::retry_budget(const retry_budget_config& config) : config_(config) {
  require(config);
  tokens_ = config.tokens_max_milli;
}

bool retry_budget::debit() {
  const bool afforded = allows_retry();
  add(-config_.failure_milli);
  return planted::is(planted::bug::budget_judged_early) ? afforded : allows_retry();
}

void retry_budget::refund() { add(config_.failure_milli); }

void retry_budget::credit() { add(config_.success_milli); }

void retry_budget::refill() { tokens_ = config_.tokens_max_milli; }

void retry_budget::reconfigure(const retry_budget_config& config) {
  require(config);
  // Both factors are at most 10^9, so the product fits.
  tokens_ = tokens_ * config.tokens_max_milli / config_.tokens_max_milli;
  config_ = config;
}

void retry_budget::add(std::int64_t milli) {
  tokens_ = std::clamp<std::int64_t>(tokens_ + milli, 0, config_.tokens_max_milli);
}

}  // namespace taquilla
