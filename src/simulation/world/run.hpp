// One simulated run: a plan in, a verdict out. This is all that the command line, the minimiser,
// the explainer and the tests need to know of the world.
//
// `run_plan` builds a world, lets it run to its end under the determinism guard, and throws it
// away. The result depends on the plan alone: same plan, same result, bit by bit, on any machine.
#pragma once

#include "simulation/oracles/oracle.hpp"
#include "simulation/world/plan.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace taquilla::simulation {

/// Something worth a line in a trace.
struct trace_event {
  enum class kind : std::uint8_t {
    message,
    start,
    lost,
    ended,
    fault,
    missed,  ///< a fault that found nothing to strike
    invoked,
    answered,
    process,
    note,
    news  ///< as the event feed is told, where it is said
  };
  kind what = kind::message;
  std::uint64_t step = 0;
  virtual_ns now = 0;
  std::string from, to;  ///< roles with incarnation, "client#1"
  std::string text;      ///< what a message says, or a sentence
  std::string fields;    ///< of a message: all of it, as the protocol has it
};

/// What a trace says when the theatre has opened.
inline constexpr const char* serving_words = "the theatre is open";

struct run_options {
  /// The step at which the script ends: before it the script decides, from it on fresh draws. 0:
  /// the script counts for nothing; `never`: what the script does not name is calm.
  std::uint64_t explore_from = decisions::never;
  /// The seed of fresh decisions; 0 = the plan's own.
  std::uint64_t explore_seed = 0;
  std::uint64_t steps_max = 200'000;
  /// Called for everything that happens; empty = no trace. Costs time.
  std::function<void(const trace_event&)> trace;
};

struct run_result {
  bool failed() const { return !broken.oracle.empty(); }
  violation broken;  ///< oracle empty = all promises kept
  std::uint64_t hash = 0;
  std::uint64_t steps = 0;
  virtual_ns ended_at = 0;
  std::vector<decision> taken;
  std::uint64_t guard_violations = 0;
  std::string guard_first;
  std::vector<std::string> goals;  ///< interesting things that happened, sorted, for --coverage
  history story;
};

/// `explore` and `replay` are the two usual ways to call it; the explainer mixes them.
run_result run_plan(const plan& p, const run_options& options);

/// The seed decides everything that the plan leaves open.
inline run_result explore(const plan& p, run_options options = {}) {
  options.explore_from = 0;
  return run_plan(p, options);
}
/// The script decides everything; what it does not name is calm.
inline run_result replay(const plan& p, run_options options = {}) {
  options.explore_from = decisions::never;
  return run_plan(p, options);
}

}  // namespace taquilla::simulation
