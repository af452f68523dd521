#include "policies/circuit_breaker.hpp"

#include "domain/planted.hpp"
#include "policies/keyed_hash.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

namespace taquilla {
namespace {

// The ramp in ten-thousandths of all requests.
constexpr std::uint64_t ramp_whole = 10'000;
constexpr std::int64_t ramp_first = 1'000;
constexpr std::int64_t ramp_rest = 9'000;

}  // namespace

circuit_breaker::circuit_breaker(const circuit_breaker_config& config)
    : config_(config), window_(1) {
  if (const auto wrong = problem(config); !wrong.empty())
    throw std::invalid_argument(std::string(wrong));
  window_.resize(config.window_calls);
}

// -- asking -------------------------------------------------------------------------------------

breaker_admission circuit_breaker::acquire(instant_ms now, std::uint64_t key) {
  now = advance(now);
  breaker_transitions changes;
  catch_up(now, changes);
  breaker_admission admission = decide(now, key, changes);
  if (!admission.admitted && observing_) {
    ++totals_.would_reject;
    // Untracked: this call would not have been made, so its outcome is no evidence.
    admission = {};
    admission.admitted = true;
    admission.permit = {epoch_, 0, now};
  } else if (!admission.admitted) {
    ++totals_.rejected;
  }
  admission.state = state_;
  admission.epoch = epoch_;
  admission.consecutive = consecutive_;
  admission.trips = trips_;
  admission.transitions = changes;
  return admission;
}

breaker_admission circuit_breaker::decide(instant_ms now, std::uint64_t key,
                                          breaker_transitions& out) {
  switch (state_) {
    case breaker_state::closed:
      return admit(now);
    case breaker_state::open:
      if (planted::is(planted::bug::breaker_ignored)) return admit(now);
      if (now < until_) return reject(breaker_rejection::open, until_ - now);
      if (legacy()) return admit(now);
      enter(breaker_state::half_open, breaker_cause::open_time_over, now, out);
      return admit_probe(now);
    case breaker_state::half_open:
      return admit_probe(now);
    case breaker_state::ramping: {
      const duration_ms wait = ramp_wait(now, key);
      return wait == 0 ? admit(now) : reject(breaker_rejection::ramping, wait);
    }
    case breaker_state::forced_open:
      return reject(breaker_rejection::forced_open, 0);
    case breaker_state::disabled:
      break;
  }
  breaker_admission unjudged;
  unjudged.admitted = true;
  unjudged.permit = {epoch_, 0, now};
  return unjudged;
}

breaker_admission circuit_breaker::admit(instant_ms now) {
  breaker_admission admission;
  admission.admitted = true;
  admission.permit = {epoch_, next_id_++, now};
  outstanding_.set(admission.permit.id % permits_remembered);
  return admission;
}

breaker_admission circuit_breaker::admit_probe(instant_ms now) {
  if (planted::is(planted::bug::half_open_floods)) return admit(now);
  const int in_flight = probes_in_flight();
  if (in_flight >= config_.probes || successes_ + in_flight >= config_.successes_to_close)
    return reject(breaker_rejection::probes_busy, earliest_lease() - now);
  const breaker_admission admission = admit(now);
  const auto slot =
      std::find_if(probes_.begin(), probes_.end(), [](const probe& each) { return each.id == 0; });
  *slot = {admission.permit.id, later(now, config_.lease_ms)};
  return admission;
}

breaker_admission circuit_breaker::reject(breaker_rejection cause, duration_ms retry_after_ms) {
  breaker_admission admission;
  admission.rejection = cause;
  admission.retry_after_ms = retry_after_ms;
  return admission;
}

/// How long a request has to wait until the ramp has grown to include it; 0 = it is included.
duration_ms circuit_breaker::ramp_wait(instant_ms now, std::uint64_t key) const {
  const auto place = static_cast<std::int64_t>(mix_bits(key) % ramp_whole);
  if (place < ramp_first) return 0;
  const duration_ms needed =
      ((place - ramp_first + 1) * config_.ramp_ms + ramp_rest - 1) / ramp_rest;
  return std::max<duration_ms>(0, needed - (now - since_));
}

// -- reporting ----------------------------------------------------------------------------------

breaker_report circuit_breaker::report(instant_ms now, const breaker_permit& permit,
                                       breaker_outcome outcome, duration_ms server_retry_after_ms) {
  now = advance(now);
  breaker_report done;
  catch_up(now, done.transitions);
  if (!take(permit)) return done;
  done.effect = report_effect::counted;
  if (legacy()) {
    report_legacy(now, outcome, done.transitions);
  } else if (permit.epoch != epoch_ || state_ == breaker_state::open) {
    // While open, a permit of this era stems from the legacy profile, before a reconfiguration.
    done.effect = report_effect::late;
    count_late(outcome);
    if (planted::is(planted::bug::late_result_closes) && outcome == breaker_outcome::success)
      enter(breaker_state::closed, breaker_cause::probe_succeeded, now, done.transitions);
  } else if (state_ == breaker_state::half_open) {
    judge_half_open(now, permit.id, outcome, server_retry_after_ms, done.transitions);
  } else if (outcome != breaker_outcome::neutral) {
    const bool failed = outcome == breaker_outcome::failure;
    judge_closed(now, failed, now - permit.since >= config_.slow_ms, server_retry_after_ms,
                 done.transitions);
  }
  return done;
}

/// Takes the receipt of a permit; false if it is unknown, forgotten or was taken before.
bool circuit_breaker::take(const breaker_permit& permit) {
  if (permit.id == 0 || permit.id >= next_id_) return false;
  if (next_id_ - permit.id > permits_remembered) return false;
  const std::size_t at = permit.id % permits_remembered;
  if (!outstanding_.test(at)) return false;
  outstanding_.reset(at);
  return true;
}

void circuit_breaker::count_late(breaker_outcome outcome) {
  switch (outcome) {
    case breaker_outcome::success:
      ++totals_.late_successes;
      break;
    case breaker_outcome::failure:
      ++totals_.late_failures;
      break;
    case breaker_outcome::neutral:
      ++totals_.late_neutrals;
      break;
  }
}

/// Closed or ramping: the two states in which calls pass in numbers.
void circuit_breaker::judge_closed(instant_ms now, bool failed, bool slow, duration_ms hint,
                                   breaker_transitions& out) {
  if (!failed) consecutive_ = 0;
  if (failed && consecutive_ < std::numeric_limits<int>::max()) ++consecutive_;
  if (state_ == breaker_state::ramping) {
    if (failed) trip(breaker_cause::ramp_failed, now, hint, out);
    return;
  }
  if (config_.mode == breaker_mode::consecutive) {
    const int patience = planted::is(planted::bug::breaker_too_patient) ? 2 : 1;
    if (failed && consecutive_ >= patience * config_.failures)
      trip(breaker_cause::failures, now, hint, out);
    return;
  }
  window_.record(failed, slow);
  breaker_cause cause = breaker_cause::none;
  if (over_share(cause)) trip(cause, now, hint, out);
}

bool circuit_breaker::over_share(breaker_cause& cause) const {
  if (window_.calls() < config_.window_calls_min) return false;
  if (window_.failed_at_least(config_.failed_percent)) {
    cause = breaker_cause::failed_share;
  } else if (window_.slow_at_least(config_.slow_percent)) {
    cause = breaker_cause::slow_share;
  }
  return cause != breaker_cause::none;
}

void circuit_breaker::judge_half_open(instant_ms now, std::uint64_t id, breaker_outcome outcome,
                                      duration_ms hint, breaker_transitions& out) {
  for (probe& each : probes_)
    if (each.id == id) each = {};
  if (outcome == breaker_outcome::neutral) return;
  if (outcome == breaker_outcome::failure) {
    ++consecutive_;
    trip(breaker_cause::probe_failed, now, hint, out);
    return;
  }
  consecutive_ = 0;
  if (++successes_ >= config_.successes_to_close) recover(breaker_cause::probe_succeeded, now, out);
}

/// The library's rules: every result acts, whatever era it is from, and all but a failure closes.
void circuit_breaker::report_legacy(instant_ms now, breaker_outcome outcome,
                                    breaker_transitions& out) {
  const bool held = state_ == breaker_state::forced_open || state_ == breaker_state::disabled;
  if (held) return;
  if (outcome == breaker_outcome::failure) {
    if (++consecutive_ >= config_.failures) trip(breaker_cause::failures, now, 0, out);
    return;
  }
  consecutive_ = 0;
  if (state_ == breaker_state::open) close(breaker_cause::probe_succeeded, now, out);
}

// -- moving -------------------------------------------------------------------------------------

instant_ms circuit_breaker::advance(instant_ms now) {
  if (started_ && now < now_) {
    ++totals_.clock_steps_back;
    return now_;
  }
  started_ = true;
  now_ = now;
  return now;
}

/// Enters what was due before `now`, under the instant at which it was due.
void circuit_breaker::catch_up(instant_ms now, breaker_transitions& out) {
  if (state_ == breaker_state::half_open) {
    const instant_ms lost = earliest_lease();
    if (now < lost) return;
    ++consecutive_;
    trip(breaker_cause::probe_lost, lost, 0, out);
  } else if (state_ == breaker_state::ramping && now >= until_) {
    close(breaker_cause::ramp_over, until_, out);
  }
}

void circuit_breaker::trip(breaker_cause cause, instant_ms at, duration_ms hint,
                           breaker_transitions& out) {
  if (trips_ < std::numeric_limits<int>::max()) ++trips_;
  ++totals_.trips_total;
  totals_.last_trip_cause = cause;
  totals_.last_trip_at = at;
  totals_.last_trip_failures = consecutive_;
  enter(breaker_state::open, cause, at, out);
  // A dependency must not be able to lock itself out for ever.
  hint_ms_ = std::clamp<duration_ms>(hint, 0, std::max(config_.open_ms, config_.open_ms_max));
  until_ = later(at, std::max(open_time(), hint_ms_));
}

duration_ms circuit_breaker::open_time() const {
  if (legacy()) return config_.open_ms;
  const auto cap = static_cast<double>(std::max(config_.open_ms, config_.open_ms_max));
  auto length = static_cast<double>(config_.open_ms);
  // Growth of 1 never reaches the cap, so the number of rounds needs its own limit.
  const int rounds = config_.open_growth > 1.0 ? std::min(trips_ - 1, 1'000) : 0;
  for (int round = 0; round < rounds && length < cap; ++round) length *= config_.open_growth;
  return static_cast<duration_ms>(std::min(length, cap));
}

void circuit_breaker::close(breaker_cause cause, instant_ms at, breaker_transitions& out) {
  enter(breaker_state::closed, cause, at, out);
  trips_ = 0;
  consecutive_ = 0;
  window_.clear();
}

/// Out of half-open, by way of the ramp if there is one.
void circuit_breaker::recover(breaker_cause cause, instant_ms at, breaker_transitions& out) {
  if (config_.ramp_ms == 0) return close(cause, at, out);
  enter(breaker_state::ramping, cause, at, out);
  until_ = later(at, config_.ramp_ms);
}

void circuit_breaker::enter(breaker_state to, breaker_cause cause, instant_ms at,
                            breaker_transitions& out) {
  ++epoch_;
  if (out.count < out.items.size()) out.items[out.count++] = {state_, to, cause, at, epoch_};
  state_ = to;
  since_ = at;
  successes_ = 0;
  probes_ = {};
}

int circuit_breaker::probes_in_flight() const {
  return static_cast<int>(std::count_if(probes_.begin(), probes_.end(),
                                        [](const probe& each) { return each.id != 0; }));
}

instant_ms circuit_breaker::earliest_lease() const {
  instant_ms earliest = instant_never;
  for (const probe& each : probes_)
    if (each.id != 0) earliest = std::min(earliest, each.lease_until);
  return earliest;
}

}  // namespace taquilla
