// The side of the circuit breaker that people and supervisors use; what calls see is in
// circuit_breaker.cpp.
#include "policies/circuit_breaker.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace taquilla {

// -- operators and supervisors ------------------------------------------------------------------

breaker_transitions circuit_breaker::dependency_recovered(instant_ms now) {
  now = advance(now);
  breaker_transitions changes;
  catch_up(now, changes);
  if (legacy() && state_ == breaker_state::open) {
    until_ = std::min(until_, now);
  } else if (state_ == breaker_state::open || state_ == breaker_state::half_open) {
    enter(breaker_state::half_open, breaker_cause::recovered, now, changes);
  }
  return changes;
}

breaker_transitions circuit_breaker::force_open(instant_ms now) {
  now = advance(now);
  breaker_transitions changes;
  catch_up(now, changes);
  observing_ = false;
  enter(breaker_state::forced_open, breaker_cause::forced, now, changes);
  return changes;
}

breaker_transitions circuit_breaker::disable(instant_ms now) {
  now = advance(now);
  breaker_transitions changes;
  catch_up(now, changes);
  observing_ = false;
  enter(breaker_state::disabled, breaker_cause::disabled, now, changes);
  return changes;
}

breaker_transitions circuit_breaker::observe(instant_ms now) {
  now = advance(now);
  breaker_transitions changes;
  catch_up(now, changes);
  observing_ = true;
  if (state_ == breaker_state::forced_open || state_ == breaker_state::disabled)
    close(breaker_cause::reset, now, changes);
  return changes;
}

breaker_transitions circuit_breaker::reset(instant_ms now) {
  now = advance(now);
  breaker_transitions changes;
  catch_up(now, changes);
  observing_ = false;
  close(breaker_cause::reset, now, changes);
  return changes;
}

breaker_transitions circuit_breaker::reconfigure(instant_ms now,
                                                 const circuit_breaker_config& config) {
  if (const auto wrong = problem(config); !wrong.empty())
    throw std::invalid_argument(std::string(wrong));
  now = advance(now);
  breaker_transitions changes;
  catch_up(now, changes);
  if (config.mode != config_.mode) window_.clear();
  window_.resize(config.window_calls);
  config_ = config;
  if (state_ == breaker_state::open) {
    until_ = later(since_, std::max(open_time(), hint_ms_));
  } else if (legacy() && state_ == breaker_state::half_open) {
    // The library has no such state: it calls an open time that is over half-open.
    enter(breaker_state::open, breaker_cause::reconfigured, now, changes);
    until_ = now;
  } else if (state_ == breaker_state::half_open && successes_ >= config_.successes_to_close) {
    recover(breaker_cause::reconfigured, now, changes);
  } else if (state_ == breaker_state::ramping) {
    until_ = later(since_, legacy() ? 0 : config_.ramp_ms);
    catch_up(now, changes);
  }
  return changes;
}

// -- looking ------------------------------------------------------------------------------------

breaker_view circuit_breaker::view(instant_ms now) const {
  breaker_view shown = totals_;
  const bool timed = state_ == breaker_state::open || state_ == breaker_state::ramping;
  const bool library_half_open = legacy() && state_ == breaker_state::open && now >= until_;
  shown.state = library_half_open ? breaker_state::half_open : state_;
  shown.epoch = epoch_;
  shown.until = timed ? until_ : 0;
  shown.consecutive = consecutive_;
  shown.window_calls = window_.calls();
  shown.window_failed = window_.failed();
  shown.window_slow = window_.slow();
  shown.trips = trips_;
  shown.probes_in_flight = probes_in_flight();
  shown.successes = successes_;
  shown.observing = observing_;
  // What a caller would be told, asked of a copy, so that there is one place that knows it.
  circuit_breaker copy = *this;
  copy.observing_ = false;
  shown.retry_after_ms = copy.acquire(now).retry_after_ms;
  return shown;
}

}  // namespace taquilla
