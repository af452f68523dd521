// Lines that come again and again are told once, with how often they came.
//
// Polling and loops without end repeat a few lines thousands of times, with nothing new but the
// time. Of a block of up to sixteen lines that comes three times in a row, or more often, the first
// is kept and one line says the rest. What people and faults do is never folded.
#pragma once

#include "simulation/report/story.hpp"

#include <vector>

namespace taquilla::simulation {

std::vector<story_line> folded(std::vector<story_line> story);

}  // namespace taquilla::simulation
