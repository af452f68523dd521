// GOALS: the interesting things that a run of the simulator can come to: each fault that struck,
// each way in which a buyer was answered. The world notes those that it reached; this is the list
// of all of them, so that a campaign can say which were never seen. It is read from the tables that
// the goals are named after: a new error code or fault is a goal from its first day. `swarm`
// reaches all; the other profiles leave out what they leave out. Pure.
#pragma once

#include "simulation/world/plan.hpp"

#include <string>
#include <vector>

namespace taquilla::simulation {

/// Sorted, each once.
const std::vector<std::string>& all_goals();

std::string goal_of(const fault& f);

}  // namespace taquilla::simulation
