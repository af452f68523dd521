// How fast the simulator is on this machine: the figures of docs/simulation.md.
// It prints ratios of work to time and judges nothing: machines are noisy.
#pragma once

#include <iosfwd>

namespace taquilla::simulation {

/// Takes some ten seconds.
void run_bench(std::ostream& out);

}  // namespace taquilla::simulation
