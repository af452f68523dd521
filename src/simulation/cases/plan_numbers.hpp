// The numbers in a plan that may be smaller, or rounder, without being another story: moments,
// lengths, delays, amounts. The minimiser lowers and rounds them one by one; what may be left out
// altogether is not its concern here.
#pragma once

#include "simulation/world/plan.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace taquilla::simulation {

/// One of them, by its place: it stays valid for all plans with as many operations, faults, visits
/// and decisions.
struct plan_number {
  std::function<std::int64_t(const plan&)> get;
  std::function<void(plan&, std::int64_t)> set;
  std::int64_t calm = 0;  ///< what it would be if it did not matter
  bool is_time = true;    ///< the later a story, the longer; an amount is neither
};

std::vector<plan_number> numbers_of(const plan& p);

/// All times together: the measure of a story's length besides the number of its lines.
std::int64_t sum_of_times(const plan& p);

}  // namespace taquilla::simulation
