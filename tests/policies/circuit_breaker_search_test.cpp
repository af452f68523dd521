// Goal: no sequence of events, however unlucky, breaks the breaker's promises.
// Method: a depth-first search over every sequence of up to 8 events, in small configurations.
// After each event the promises are checked against bookkeeping of the test's own; at each leaf a
// dependency that has become healthy must be closed within one lease and one capped open time.
// Sequences that only differ in events without effect (a report when nobody is out) are cut.
#include "breaker_support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace taquilla;

namespace {

constexpr int depth_max = 8;

enum class event {
  acquire,
  oldest_succeeds,
  oldest_fails,
  oldest_cancelled,
  newest_succeeds,
  newest_fails,
  repeat_last_report,
  half_a_lease_passes,
  lease_passes,
  open_time_passes,
  recovered,
};

constexpr int event_count = 11;

struct outstanding_permits {
  breaker_permit items[depth_max];
  int count = 0;

  breaker_permit take(int at) {
    const breaker_permit taken = items[at];
    for (int next = at + 1; next < count; ++next) items[next - 1] = items[next];
    --count;
    return taken;
  }
};

struct world {
  explicit world(const circuit_breaker_config& config) : breaker(config) {}

  circuit_breaker breaker;
  instant_ms now = 0;
  outstanding_permits out;
  breaker_permit reported;
  breaker_outcome reported_as = breaker_outcome::neutral;
  std::uint64_t epoch = 1;
  int failures_in_row = 0;        // of the closed era, as the test counts them
  instant_ms no_call_before = 0;  // since the last trip, as the test reckons
};

class search {
 public:
  explicit search(const circuit_breaker_config& config) : config_(config) {}

  void run() { descend(world(config_), 0); }

  std::uint64_t sequences() const { return sequences_; }

 private:
  void descend(const world& from, int depth) {
    if (depth == depth_max) {
      ++sequences_;
      check_heals(from);
      return;
    }
    for (int at = 0; at < event_count; ++at) {
      world next = from;
      path_.push_back(at);
      if (apply(next, static_cast<event>(at))) descend(next, depth + 1);
      path_.pop_back();
    }
  }

  /// @return false if the event cannot happen or changes nothing.
  bool apply(world& w, event what) {
    switch (what) {
      case event::acquire:
        return acquire(w);
      case event::oldest_succeeds:
        return w.out.count > 0 && report(w, 0, ok);
      case event::oldest_fails:
        return w.out.count > 0 && report(w, 0, bad);
      case event::oldest_cancelled:
        return w.out.count > 0 && report(w, 0, neutral);
      case event::newest_succeeds:
        return w.out.count > 1 && report(w, w.out.count - 1, ok);
      case event::newest_fails:
        return w.out.count > 1 && report(w, w.out.count - 1, bad);
      case event::repeat_last_report:
        return repeat(w);
      case event::half_a_lease_passes:
        w.now += config_.lease_ms / 2;
        return true;
      case event::lease_passes:
        w.now += config_.lease_ms;
        return true;
      case event::open_time_passes:
        w.now += config_.open_ms;
        return true;
      case event::recovered:
        return recover(w);
    }
    return false;
  }

  bool acquire(world& w) {
    const breaker_view before = w.breaker.view(w.now);
    const breaker_admission admission = w.breaker.acquire(w.now);
    note(w, admission.transitions);
    require(!admission.admitted || w.now >= w.no_call_before, "no call passes while open");
    require(admission.admitted == (before.retry_after_ms == 0), "the view foretells the decision");
    require(admission.admitted || admission.retry_after_ms >= 1, "a rejection names an instant");
    if (admission.admitted) w.out.items[w.out.count++] = admission.permit;
    check_state(w);
    return admission.admitted || admission.transitions.count > 0;
  }

  bool report(world& w, int at, breaker_outcome outcome) {
    const breaker_permit permit = w.out.take(at);
    const breaker_view before = w.breaker.view(w.now);
    const breaker_report done = w.breaker.report(w.now, permit, outcome);
    const breaker_view after = w.breaker.view(w.now);
    w.reported = permit;
    w.reported_as = outcome;
    const bool lease_ended =
        done.transitions.count > 0 && done.transitions.items[0].cause == breaker_cause::probe_lost;
    require(done.effect != report_effect::ignored, "a first report is not ignored");
    require(
        (done.effect == report_effect::counted) == (permit.epoch == before.epoch && !lease_ended),
        "only the current era counts");
    if (done.effect == report_effect::late && !lease_ended)
      require(after.epoch == before.epoch && after.consecutive == before.consecutive,
              "late evidence moves nothing");
    if (before.state == breaker_state::closed && done.effect == report_effect::counted) {
      if (outcome == ok) w.failures_in_row = 0;
      const bool due = outcome == bad && ++w.failures_in_row == config_.failures;
      require((after.state == breaker_state::open) == due, "it trips at exactly N");
    }
    note(w, done.transitions);
    check_state(w);
    return true;
  }

  bool repeat(world& w) {
    if (w.reported.id == 0) return false;
    const breaker_report done = w.breaker.report(w.now, w.reported, w.reported_as);
    note(w, done.transitions);
    require(done.effect == report_effect::ignored, "a repeated report is ignored");
    check_state(w);
    return done.transitions.count > 0;
  }

  bool recover(world& w) {
    const breaker_state before = w.breaker.view(w.now).state;
    note(w, w.breaker.dependency_recovered(w.now));
    w.no_call_before = w.now;
    const breaker_view after = w.breaker.view(w.now);
    const bool was_closed = before == breaker_state::closed;
    require((after.state == breaker_state::closed) == was_closed, "recovery assumes no health");
    require(after.retry_after_ms == 0, "after a recovery the next caller passes");
    return !was_closed;
  }

  void note(world& w, const breaker_transitions& changes) {
    for (const breaker_transition& each : changes) {
      require(each.epoch > w.epoch, "every transition begins a new era");
      w.epoch = each.epoch;
      w.failures_in_row = 0;
      if (each.to == breaker_state::open) w.no_call_before = each.at + config_.open_ms;
    }
  }

  void check_state(const world& w) {
    const breaker_view shown = w.breaker.view(w.now);
    require(shown.probes_in_flight <= config_.probes, "no more probes than allowed");
    require(shown.successes < config_.successes_to_close, "enough successes close");
    require(shown.state != breaker_state::closed || shown.consecutive < config_.failures,
            "a closed breaker is below its threshold");
    require(shown.state != breaker_state::open ||
                shown.until - w.now <= std::max(config_.open_ms, config_.open_ms_max),
            "the open time is capped");
  }

  /// From here on every call succeeds at once.
  void check_heals(world w) {
    const duration_ms longest = config_.lease_ms + std::max(config_.open_ms, config_.open_ms_max);
    const instant_ms limit = w.now + longest;
    for (int call_made = 0; call_made <= 2 * config_.successes_to_close + 4; ++call_made) {
      const breaker_admission admission = w.breaker.acquire(w.now);
      if (admission.admitted) {
        w.breaker.report(w.now, admission.permit, ok);
      } else {
        w.now += admission.retry_after_ms;
      }
      if (w.breaker.view(w.now).state == breaker_state::closed) break;
    }
    require(w.breaker.view(w.now).state == breaker_state::closed, "a healthy dependency closes");
    require(w.now <= limit, "and it does so in time");
  }

  void require(bool holds, const char* promise) {
    if (holds) return;
    std::string steps;
    for (const int at : path_) steps += std::to_string(at) + " ";
    FAIL(std::string(promise) << ", after the events " << steps);
  }

  circuit_breaker_config config_;
  std::vector<int> path_;
  std::uint64_t sequences_ = 0;
};

}  // namespace

TEST_CASE("no sequence of eight events breaks a promise with one probe") {
  search every(small_breaker());
  every.run();
  MESSAGE(every.sequences() << " sequences");
  CHECK(every.sequences() > 100'000);
}

TEST_CASE("no sequence of eight events breaks a promise with two probes and growth") {
  circuit_breaker_config config = small_breaker();
  config.failures = 1;
  config.probes = 2;
  config.successes_to_close = 2;
  config.open_growth = 3.0;
  search every(config);
  every.run();
  MESSAGE(every.sequences() << " sequences");
  CHECK(every.sequences() > 100'000);
}
