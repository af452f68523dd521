// Parts of plans that tests of the simulator write by hand: an operation, a fault. What is not said
// is as a plan has it by default; everything is a value, and nothing is checked.
#pragma once

#include "simulation/world/plan.hpp"

#include <cstdint>

namespace taquilla::simulation {

inline operation buy(const char* seat, std::int64_t think_us = 0) {
  operation o;
  o.seat = seat;
  o.think_us = think_us;
  return o;
}

inline fault fault_of(fault::kind what, const char* target, std::int64_t at_ms) {
  fault f;
  f.what = what;
  f.target = target;
  f.at_ms = at_ms;
  return f;
}

}  // namespace taquilla::simulation
