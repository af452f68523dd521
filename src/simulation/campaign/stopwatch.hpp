// Real time, for budgets and for telling how fast the simulator is. The only place in the simulator
// that reads a real clock, and never inside a simulated run: the determinism guard would notice.
#pragma once

#include <cstdint>

namespace taquilla::simulation {

class stopwatch {
 public:
  stopwatch();
  /// Seconds since construction.
  double seconds() const;

 private:
  std::int64_t began_ns_;
};

}  // namespace taquilla::simulation
