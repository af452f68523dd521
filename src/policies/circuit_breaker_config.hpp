// What a CIRCUIT BREAKER can be told, and the words it answers with.
//
// Plain values, shared by the machine (circuit_breaker.hpp), its configuration and whoever shows
// its decisions. They know nothing about how a decision is reached.
#pragma once

#include "policies/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace taquilla {

enum class breaker_profile {
  strict,  ///< what circuit_breaker.hpp describes
  legacy,  ///< as the library of the original: no probe limit, late results act, a neutral result
           ///< closes; for comparison and demonstration, not for use
};

enum class breaker_mode {
  consecutive,  ///< trips at the `failures`-th failure in a row
  window,       ///< trips on the share of failed or slow calls among the last `window_calls`
};

struct circuit_breaker_config {
  breaker_profile profile = breaker_profile::strict;
  breaker_mode mode = breaker_mode::consecutive;
  int failures = 5;                   ///< consecutive mode: 1..1 000 000
  std::size_t window_calls = 100;     ///< window mode: 1..512
  std::size_t window_calls_min = 10;  ///< window mode: no verdict on fewer; 1..window_calls
  std::size_t failed_percent = 50;    ///< window mode: trips at this share; 1..100
  duration_ms slow_ms = 2'000;        ///< window mode: a call of this length is slow; >= 1
  std::size_t slow_percent = 100;     ///< window mode: trips at this share; 1..100
  duration_ms open_ms = 30'000;       ///< first open time; 0..1 day
  double open_growth = 1.0;           ///< factor for each further trip without a close; 1..10
  duration_ms open_ms_max = 300'000;  ///< cap of growth and of server hints; an `open_ms` above
                                      ///< it is its own cap; 0..1 day
  int probes = 1;                     ///< calls at once while half-open; 1..16
  int successes_to_close = 1;         ///< 1..1000
  duration_ms lease_ms = 6'000;       ///< a probe without an answer for this long has failed:
                                      ///< attempt timeout + 1 s; 1 ms..1 day
  duration_ms ramp_ms = 0;            ///< admit 10 % .. 100 % over this time after recovery;
                                      ///< 0 = all at once; up to 1 hour
};

/// Empty when the configuration can be used, else a sentence that says what is wrong.
std::string_view problem(const circuit_breaker_config& config);

enum class breaker_state {
  closed,
  open,
  half_open,
  ramping,
  forced_open,  ///< by an operator; ends with `reset`
  disabled,     ///< by an operator: everything passes, nothing is judged; ends with `reset`
};

const char* to_string(breaker_state state);

/// What the caller saw. Failure: transport error, timeout, 5xx, malformed reply, overload. Success:
/// any well-formed business answer, refusals included. Neutral: the caller cancelled, its deadline
/// passed before anything was sent, or another policy of ours refused.
enum class breaker_outcome { success, failure, neutral };

/// Why a state changed.
enum class breaker_cause {
  none,
  failures,      ///< enough failures in a row
  failed_share,  ///< window mode: too many failed
  slow_share,    ///< window mode: too many were slow
  open_time_over,
  probe_succeeded,
  probe_failed,
  probe_lost,  ///< no answer within the lease
  ramp_failed,
  ramp_over,
  recovered,  ///< somebody saw the dependency come back
  forced,
  disabled,
  reset,
  reconfigured,
};

const char* to_string(breaker_cause cause);

/// Why a call was refused.
enum class breaker_rejection { none, open, probes_busy, ramping, forced_open };

const char* to_string(breaker_rejection rejection);

/// Handed out by `acquire`, given back to `report` once.
struct breaker_permit {
  std::uint64_t epoch = 0;
  std::uint64_t id = 0;  ///< 0 = not tracked, reports on it are ignored
  instant_ms since = 0;
};

struct breaker_transition {
  breaker_state from = breaker_state::closed;
  breaker_state to = breaker_state::closed;
  breaker_cause cause = breaker_cause::none;
  instant_ms at = 0;
  std::uint64_t epoch = 0;  ///< the era that begins
};

/// The transitions of one step, in order. A step makes at most two.
struct breaker_transitions {
  std::array<breaker_transition, 2> items{};
  std::size_t count = 0;

  const breaker_transition* begin() const { return items.data(); }
  const breaker_transition* end() const { return items.data() + count; }
};

struct breaker_admission {
  bool admitted = false;
  breaker_permit permit;  ///< valid only if admitted
  breaker_rejection rejection = breaker_rejection::none;
  duration_ms retry_after_ms = 0;  ///< if rejected: when the next call may pass; 0 = unknown
                                   ///< (forced open)
  breaker_state state = breaker_state::closed;  ///< after the decision
  std::uint64_t epoch = 0;
  int consecutive = 0;  ///< failures in a row: the evidence
  int trips = 0;        ///< trips since the last close
  breaker_transitions transitions;
};

enum class report_effect {
  counted,
  late,     ///< the permit is of an older era: counted as late, moves nothing
  ignored,  ///< unknown permit, or reported before
};

struct breaker_report {
  report_effect effect = report_effect::ignored;
  breaker_transitions transitions;
};

/// Everything there is to show, read without changing anything.
struct breaker_view {
  breaker_state state = breaker_state::closed;
  std::uint64_t epoch = 0;
  instant_ms until = 0;            ///< open: when a probe may pass; ramping: when it ends; else 0
  duration_ms retry_after_ms = 0;  ///< what a rejection at this instant would say; 0 = would pass
                                   ///< or unknown
  int consecutive = 0;
  std::size_t window_calls = 0;
  std::size_t window_failed = 0;
  std::size_t window_slow = 0;
  int trips = 0;  ///< since the last close
  std::uint64_t trips_total = 0;
  int probes_in_flight = 0;
  int successes = 0;  ///< of this half-open era
  std::uint64_t rejected = 0;
  std::uint64_t late_successes = 0;
  std::uint64_t late_failures = 0;
  std::uint64_t late_neutrals = 0;
  std::uint64_t would_reject = 0;  ///< while observing only
  std::uint64_t clock_steps_back = 0;
  bool observing = false;
  breaker_cause last_trip_cause = breaker_cause::none;
  instant_ms last_trip_at = 0;
  int last_trip_failures = 0;  ///< failures in a row at that moment
};

}  // namespace taquilla
