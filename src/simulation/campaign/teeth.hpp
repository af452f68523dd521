// Teeth: planted bugs, each of which its own oracle must catch. That is how we know that the
// oracles can bite.
//
// The registry says for each bug of domain/planted.hpp which oracles may claim it, and in which
// profile it is hunted. The canary is a promise that nobody keeps: a run that does not report it
// proves that failures are not reported. To add a bug: name it in planted.hpp, ask planted::is(...)
// where the rule lives, add a row.
#pragma once

#include "domain/planted.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace taquilla::simulation {

struct tooth {
  planted::bug bug;
  const char* name;
  std::vector<std::string> oracles;  ///< any of these is the right one
  const char* profile;
};

const std::vector<tooth>& all_teeth();

/// The tooth of that name; nullptr: there is none.
const tooth* find_tooth(const std::string& name);

struct bite {
  bool caught = false;
  std::string oracle;       ///< that spoke
  std::uint64_t seeds = 0;  ///< until it was caught
  double seconds = 0;
  std::size_t decisions = 0;  ///< after minimising
};

/// Hunts one bug for at most `budget_s` on this core.
bite hunt(const tooth& t, double budget_s);

/// Hunts all, prints the table; returns how many were not caught by their own oracle.
int run_teeth(std::ostream& out, double budget_s);

/// True if a planted violation is reported as the failure that it is.
bool canary_sings(std::ostream& out);

}  // namespace taquilla::simulation
