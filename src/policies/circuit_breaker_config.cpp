#include "policies/circuit_breaker_config.hpp"

#include "policies/call_window.hpp"

namespace taquilla {
namespace {

constexpr duration_ms day_ms = 86'400'000;

bool within(duration_ms value, duration_ms low, duration_ms high) {
  return value >= low && value <= high;
}

std::string_view window_problem(const circuit_breaker_config& config) {
  if (config.window_calls < 1 || config.window_calls > call_window::calls_max)
    return "breaker: window_calls must be 1..512";
  if (config.window_calls_min < 1 || config.window_calls_min > config.window_calls)
    return "breaker: window_calls_min must be 1..window_calls";
  if (config.failed_percent < 1 || config.failed_percent > 100)
    return "breaker: failed_percent must be 1..100";
  if (config.slow_percent < 1 || config.slow_percent > 100)
    return "breaker: slow_percent must be 1..100";
  if (!within(config.slow_ms, 1, day_ms)) return "breaker: slow_ms must be 1..86400000";
  return {};
}

}  // namespace

std::string_view problem(const circuit_breaker_config& config) {
  if (!within(config.failures, 1, 1'000'000)) return "breaker: failures must be 1..1000000";
  if (!within(config.open_ms, 0, day_ms)) return "breaker: open_ms must be 0..86400000";
  if (!within(config.open_ms_max, 0, day_ms)) return "breaker: open_ms_max must be 0..86400000";
  if (!(config.open_growth >= 1.0 && config.open_growth <= 10.0))
    return "breaker: open_growth must be 1..10";
  if (!within(config.probes, 1, 16)) return "breaker: probes must be 1..16";
  if (!within(config.successes_to_close, 1, 1'000))
    return "breaker: successes_to_close must be 1..1000";
  if (!within(config.lease_ms, 1, day_ms)) return "breaker: lease_ms must be 1..86400000";
  if (!within(config.ramp_ms, 0, 3'600'000)) return "breaker: ramp_ms must be 0..3600000";
  return window_problem(config);
}

const char* to_string(breaker_state state) {
  switch (state) {
    case breaker_state::closed:
      return "closed";
    case breaker_state::open:
      return "open";
    case breaker_state::half_open:
      return "half_open";
    case breaker_state::ramping:
      return "ramping";
    case breaker_state::forced_open:
      return "forced_open";
    case breaker_state::disabled:
      return "disabled";
  }
  return "?";
}

const char* to_string(breaker_cause cause) {
  switch (cause) {
    case breaker_cause::none:
      return "none";
    case breaker_cause::failures:
      return "failures";
    case breaker_cause::failed_share:
      return "failed_share";
    case breaker_cause::slow_share:
      return "slow_share";
    case breaker_cause::open_time_over:
      return "open_time_over";
    case breaker_cause::probe_succeeded:
      return "probe_succeeded";
    case breaker_cause::probe_failed:
      return "probe_failed";
    case breaker_cause::probe_lost:
      return "probe_lost";
    case breaker_cause::ramp_failed:
      return "ramp_failed";
    case breaker_cause::ramp_over:
      return "ramp_over";
    case breaker_cause::recovered:
      return "recovered";
    case breaker_cause::forced:
      return "forced";
    case breaker_cause::disabled:
      return "disabled";
    case breaker_cause::reset:
      return "reset";
    case breaker_cause::reconfigured:
      return "reconfigured";
  }
  return "?";
}

const char* to_string(breaker_rejection rejection) {
  switch (rejection) {
    case breaker_rejection::none:
      return "none";
    case breaker_rejection::open:
      return "open";
    case breaker_rejection::probes_busy:
      return "probes_busy";
    case breaker_rejection::ramping:
      return "ramping";
    case breaker_rejection::forced_open:
      return "forced_open";
  }
  return "?";
}

}  // namespace taquilla
