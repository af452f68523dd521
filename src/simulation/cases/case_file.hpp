// Case files: one run, written down so that people can read, review and shrink it, and `--replay`
// can repeat it. Line based, one decision a line, in the words of the business:
//
//   simcase 1
//   commit 3f2c1d0
//   profile swarm
//   strategy random
//   seed 42
//   oracle one-owner-per-seat
//   hash 5f0c9d2e11aa3b47
//   knob hold_ms 25000
//   op client=2 think=10000us buy seat=A1 buyer=2 cents=5000 patience=30000ms
//   fault at=1250ms crash inventory
//   fault at=10ms chaos payment slow delay=6000ms rate=1000000 for=8000ms
//   visit at=300ms wait buyer=2 for=3000ms
//   take delay "reservation>inventory hold_seat" #2 = 20000
//   take disk-fault "wal write" #8..18 = ENOSPC
//
// `oracle` names what is expected to fail, "none" in a run that must pass. `hash` is optional: the
// run as it was when the case was written. Unknown words are errors with their line number, never
// ignored. `#` at the start of a line is a comment.
#pragma once

#include "simulation/world/plan.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace taquilla::simulation {

struct case_file {
  std::string commit = "unknown";
  std::string oracle = "none";        ///< name of the oracle that fails, or "none"
  std::uint64_t hash = 0;             ///< 0 = not stated
  std::vector<std::string> comments;  ///< without their `#`
  plan what;
};

std::string print_case(const case_file& c);

/// On failure `error` says what is wrong and in which line; `out` is then unspecified.
bool parse_case(const std::string& text, case_file& out, std::string& error);

/// Lines of a report: one operation, fault, visit or decision in the words of a case file.
std::string print(const operation& o);
std::string print(const fault& f);
std::string print(const visit& v);
std::string print(const decision& d);

/// What one line of a case file says: the same decision `times` times in a row.
struct decision_line {
  decision first;
  std::uint64_t times = 1;
};
/// The script in as few lines as it takes, each where its first decision is.
std::vector<decision_line> lines_of(const std::vector<decision>& script);

}  // namespace taquilla::simulation
