// `taquilla simulate`: the command line of the simulator.
//
// `add_simulate_command` hangs the subcommand with all its options into the program's command line;
// when it is chosen it runs and leaves its exit code. `simulate_main` is the same without a command
// line, for tests. Exit codes: 0 clean, 2 usage, 10 a promise was broken, 11 it did not come to
// rest, 12 a worker process of a campaign crashed, 13 not deterministic, 14 a goal was not reached
// (teeth, canary, a case that no longer ends as it says, --until-coverage).
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace CLI {
class App;
}

namespace taquilla::simulation {

enum exit_code : int {
  exit_clean = 0,
  exit_usage = 2,
  exit_safety = 10,
  exit_liveness = 11,
  exit_crash = 12,
  exit_not_deterministic = 13,
  exit_goals = 14,
};

struct simulate_options {
  std::string seed;      ///< a number: one run
  std::string seeds;     ///< "A..B": all of them
  unsigned jobs = 1;     ///< worker processes, 1..64
  double budget_s = 0;   ///< stop after this much real time; 0 = no limit
  std::string profile;   ///< empty = swarm
  std::string strategy;  ///< empty = auto
  std::string plant;     ///< a bug of --teeth, in force for this task; empty = none
  std::string trace;     ///< text, mermaid or json; empty = none
  std::string replay;    ///< a case file
  std::string minimize;  ///< a seed or a case file
  std::string explain;   ///< a seed or a case file
  std::string out;       ///< where --minimize writes its case file; empty = standard output
  std::string json;      ///< where a campaign writes its summary
  bool check_determinism = false;
  double ratio = 0.01;  ///< share of seeds that are run twice, 0..1
  bool coverage = false;
  bool until_coverage = false;  ///< run on until every goal was reached or the budget is over
  bool teeth = false;
  bool canary = false;
  bool bench = false;
  bool keep_going = false;  ///< go on after a failure
  bool progress = false;    ///< a progress line on standard error
};

/// Returns one of exit_code. Writes results to `out`, failures and progress to `err`.
int simulate_main(const simulate_options& options, std::ostream& out, std::ostream& err);

void add_simulate_command(CLI::App& root, int& exit_code);

}  // namespace taquilla::simulation
