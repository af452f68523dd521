// CIRCUIT BREAKER: stops calling a dependency that fails, and asks it carefully whether it is back.
//
// It guarantees: no call passes while open; at most `probes` calls run while half-open; it trips
// at exactly the configured failure; only evidence of the current era moves it. Every transition
// starts a new era (epoch); an answer to a permit of an older era is counted as late and nothing
// else, and the second report of a permit is ignored, so late, lost and repeated answers do no
// harm. A probe that does not answer within its lease has failed: the breaker cannot get stuck.
//
//              failures                    open time over, or seen to recover
//   +--------+ -------> +------+ ----------------------------------> +-----------+
//   | closed |          | open | <---------------------------------- | half-open |
//   +--------+ <---+    +------+   probe failed or lost (longer      +-----------+
//       ^          |       ^       open time if growth > 1)                |
//       | ramp over|       | any failure                                   | enough successes
//       |      +---------+ |                                               |
//       +------| ramping |-+ <-----------------(ramp_ms > 0)---------------+
//              +---------+                     (else straight to closed)
//   Operators: force_open, disable and observe hold from any state until reset (closed, new era).
//
// Lazy: nothing happens between calls; what was due (a lost lease, the end of a ramp) is entered
// under the instant it was due, as soon as somebody calls. `view` never changes anything. A clock
// that steps back counts as no time. Owned by one actor, not thread-safe, allocation-free. It knows
// neither what it protects nor how a call is made.
#pragma once

#include "policies/call_window.hpp"
#include "policies/circuit_breaker_config.hpp"
#include "policies/time.hpp"

#include <array>
#include <bitset>
#include <cstdint>

namespace taquilla {

class circuit_breaker {
 public:
  /// @throws std::invalid_argument if `problem(config)` is not empty.
  explicit circuit_breaker(const circuit_breaker_config& config = {});

  /// Asks for one call.
  /// @param key identifies the request; only the ramp looks at it (the same request gets the same
  ///        answer at the same instant).
  breaker_admission acquire(instant_ms now, std::uint64_t key = 0);

  /// Reports what became of a call; once per permit.
  /// @param server_retry_after_ms the dependency's own wish; lengthens the open time that this
  ///        failure starts, up to `open_ms_max`.
  breaker_report report(instant_ms now, const breaker_permit& permit, breaker_outcome outcome,
                        duration_ms server_retry_after_ms = 0);

  /// Somebody saw the dependency come back (a supervisor restarted it). Open becomes half-open at
  /// once; half-open starts over, since probes sent before cannot speak for the new incarnation.
  /// Nothing is assumed healthy.
  breaker_transitions dependency_recovered(instant_ms now);

  /// Refuses every call until `reset`.
  breaker_transitions force_open(instant_ms now);
  /// Lets every call pass, unjudged, until `reset`.
  breaker_transitions disable(instant_ms now);
  /// Judges as usual but refuses nothing until `reset`: counts what it would have refused.
  breaker_transitions observe(instant_ms now);
  /// Closed, with nothing remembered but the totals.
  breaker_transitions reset(instant_ms now);

  /// Changes the configuration and keeps era, counts and state. An open time in progress is
  /// derived anew from its beginning, and may so be over; fewer `failures` act on the next
  /// failure; another mode starts an empty window.
  /// @throws std::invalid_argument if `problem(config)` is not empty.
  breaker_transitions reconfigure(instant_ms now, const circuit_breaker_config& config);

  /// The state as it is stored; an open time that is over shows retry_after_ms 0 but still `open`
  /// (`legacy`: `half_open`, as its library says) until somebody calls.
  breaker_view view(instant_ms now) const;

  const circuit_breaker_config& config() const { return config_; }

 private:
  static constexpr std::size_t probes_max = 16;
  // Permits older than this many others are forgotten: their reports are ignored.
  static constexpr std::uint64_t permits_remembered = 4'096;

  struct probe {
    std::uint64_t id = 0;  // 0 = free slot
    instant_ms lease_until = 0;
  };

  bool legacy() const { return config_.profile == breaker_profile::legacy; }
  instant_ms advance(instant_ms now);
  void catch_up(instant_ms now, breaker_transitions& out);
  void enter(breaker_state to, breaker_cause cause, instant_ms at, breaker_transitions& out);
  void trip(breaker_cause cause, instant_ms at, duration_ms hint, breaker_transitions& out);
  duration_ms open_time() const;

  breaker_admission admit(instant_ms now);
  static breaker_admission reject(breaker_rejection cause, duration_ms retry_after_ms);
  breaker_admission admit_probe(instant_ms now);
  breaker_admission decide(instant_ms now, std::uint64_t key, breaker_transitions& out);
  duration_ms ramp_wait(instant_ms now, std::uint64_t key) const;

  bool take(const breaker_permit& permit);
  void count_late(breaker_outcome outcome);
  void judge_closed(instant_ms now, bool failed, bool slow, duration_ms hint,
                    breaker_transitions& out);
  void judge_half_open(instant_ms now, std::uint64_t id, breaker_outcome outcome, duration_ms hint,
                       breaker_transitions& out);
  void report_legacy(instant_ms now, breaker_outcome outcome, breaker_transitions& out);
  void close(breaker_cause cause, instant_ms at, breaker_transitions& out);
  void recover(breaker_cause cause, instant_ms at, breaker_transitions& out);
  bool over_share(breaker_cause& cause) const;
  int probes_in_flight() const;
  instant_ms earliest_lease() const;

  circuit_breaker_config config_;
  breaker_state state_ = breaker_state::closed;
  std::uint64_t epoch_ = 1;
  instant_ms now_ = 0;       // the latest instant seen
  bool started_ = false;     // now_ is valid
  instant_ms since_ = 0;     // when the state was entered
  instant_ms until_ = 0;     // open: end of the open time; ramping: end of the ramp
  duration_ms hint_ms_ = 0;  // the server's wish behind the current open time
  int consecutive_ = 0;
  int trips_ = 0;
  int successes_ = 0;
  call_window window_;
  std::array<probe, probes_max> probes_{};
  std::uint64_t next_id_ = 1;
  std::bitset<permits_remembered> outstanding_;
  bool observing_ = false;
  breaker_view totals_;  // the counters, kept in the shape they are shown in
};

}  // namespace taquilla
