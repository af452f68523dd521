// What `taquilla simulate` can be asked to do, each task with its report. The command line
// (cli.hpp) says which; here is how a result is told, and the exit code that it means.
#pragma once

#include "simulation/cli.hpp"

#include <iosfwd>
#include <string>

namespace taquilla::simulation {

/// What is wrong with what was asked for, and how to mend it.
struct usage_error {
  std::string why;
  std::string fix = "taquilla simulate --help";
};

// All of them: precondition, the task's own option is set. Throws usage_error.

int run_seed(const simulate_options& o, std::ostream& out, std::ostream& err);
int run_replay(const simulate_options& o, std::ostream& out, std::ostream& err);
int run_minimize(const simulate_options& o, std::ostream& out, std::ostream& err);
int run_explain(const simulate_options& o, std::ostream& out, std::ostream& err);
/// The task when none is named.
int run_seeds(const simulate_options& o, std::ostream& out, std::ostream& err);

}  // namespace taquilla::simulation
