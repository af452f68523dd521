// The explainer: when did the failure become inevitable, and what does not matter?
//
// It keeps the first k steps of a failing run and lets everything after them be drawn anew, many
// times: the share of those runs that fail in the same way is the likelihood at step k. The step
// where it jumps is the decisive one. And it leaves out each decision alone: if the run still
// fails, that decision is scenery.
#pragma once

#include "simulation/world/run.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace taquilla::simulation {

struct likelihood {
  std::uint64_t step = 0;  ///< the last one that is kept; 0: none
  double share = 0;        ///< 0..1
};

struct explanation {
  std::vector<likelihood> curve;  ///< in order of step
  /// The step with which the likelihood rises most, found within the gap that `decisive_after`
  /// begins. Nothing when it rises bit by bit, or operations and faults alone lead to the failure.
  std::optional<std::uint64_t> decisive_step;
  std::uint64_t decisive_after = 0;
  std::vector<std::string> decisive;   ///< what happened in that step
  std::vector<std::string> scenery;    ///< lines of a case file that can be left out, each alone
  std::vector<std::string> essential;  ///< and those that cannot
};

/// @param p a plan whose script fails with `oracle` when it is replayed.
/// @param samples runs per point of the curve, 1..1000.
explanation explain(const plan& p, const std::string& oracle, unsigned samples = 40);

}  // namespace taquilla::simulation
