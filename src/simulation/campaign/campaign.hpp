// A campaign: many seeds, several worker processes, one summary.
//
// Workers are processes, not threads: a crash of the simulated program takes one worker with it and
// the campaign knows at which seed. Worker w of J takes every J-th seed, so the set of seeds that
// are run, and everything found, does not depend on J (unless a time budget ends it). Failures are
// always run a second time, and a share of all seeds too: unequal hashes mean that something is not
// deterministic.
#pragma once

#include "simulation/engine/strategy.hpp"

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace taquilla::simulation {

struct campaign_options {
  std::uint64_t first = 1;
  std::uint64_t last = 1;
  unsigned jobs = 1;
  double budget_s = 0;  ///< 0 = none
  std::string profile = "swarm";
  strategy_name strategy;
  std::string plant;  ///< the bug that is planted, for the commands that are told; empty: none
  double ratio = 0.01;
  bool keep_going = false;
  bool until_coverage = false;  ///< ends when every goal was reached; missing ones are a verdict
  bool progress = false;
};

struct found_failure {
  std::uint64_t seed = 0;
  std::string oracle;
  std::string what;
  std::string line;    ///< report/failure.hpp
  std::string replay;  ///< the command that repeats it
  std::uint64_t steps = 0;
};

struct campaign_summary {
  std::uint64_t seeds = 0;
  std::uint64_t steps = 0;
  double virtual_s = 0;
  double real_s = 0;
  std::uint64_t run_twice = 0;
  std::vector<found_failure> failures;             ///< in order of seed
  std::vector<std::uint64_t> unequal;              ///< seeds whose two hashes differ
  std::map<std::uint64_t, std::string> unguarded;  ///< seed -> what touched the real world
  std::vector<std::uint64_t> crashed;
  /// Goal -> in how many seeds it was reached; every goal of world/goals.hpp is there.
  std::map<std::string, std::uint64_t> goals;
  bool goals_due = false;  ///< a goal that was not reached counts
  bool all_reached() const;
  /// One of exit_code (cli.hpp).
  int verdict() const;
};

/// @param err gets a progress line if options.progress.
campaign_summary run_campaign(const campaign_options& options, std::ostream& err);

}  // namespace taquilla::simulation
