// The minimiser: from a failing run to the smallest story that still breaks the same promise.
//
// Everything is shrunk at once: faults, clients, operations, latencies, losses and the schedule are
// lists of units, and delta debugging (Zeller, Hildebrandt: "Simplifying and isolating
// failure-inducing input", 2002) removes what does not matter, largest blocks first. Then every
// value is lowered towards zero. This repeats until nothing changes or the budget is spent. A
// smaller run counts only if the *same* oracle speaks. The result is a script: it replays without
// the seed's help.
//
// Three things keep a story long although it need not be. A fault strikes at a moment, so the
// delays before it cannot go alone: it is pulled forward by what they took. What comes before the
// first question (a process that dies early, a slow start) can only go if everything else comes
// earlier. And a script names decisions by their number, so it means nothing to a plan that lacks
// an operation: such a plan is played with other numbers, and with a few fresh seeds too. A story
// that is long all the same is played with all taking their turns in order, with a breaker, a
// limiter or a supervisor that has little patience, and with a single late message, each of them.
#pragma once

#include "simulation/cases/case_file.hpp"
#include "simulation/world/run.hpp"

#include <cstdint>

namespace taquilla::simulation {

struct minimised {
  case_file smallest;
  run_result result;  ///< of the smallest
  std::size_t decisions_before = 0;
  std::size_t decisions_after = 0;  ///< faults + operations + script
  std::uint64_t runs = 0;
};

/// Decisions of a plan as a reader counts them.
std::size_t weight(const plan& p);

/// @param failing a run of `p` that failed; its decisions are the starting point.
/// @param runs_max how many re-runs may be spent.
/// @param budget_s how much real time; 0: no matter. It may be over by one re-run.
/// @return the failing run itself, as a case, if its script alone does not fail in the same way.
minimised minimise(const plan& p, const run_result& failing, std::uint64_t runs_max = 3000,
                   double budget_s = 0);

}  // namespace taquilla::simulation
