// The one line that says everything about a failure, and the command that repeats it.
// Written for somebody who has never seen the code: what broke, where, and how to see it again.
#pragma once

#include "simulation/world/run.hpp"

#include <string>

namespace taquilla::simulation {

/// `FAIL seed=.. strategy=.. profile=.. commit=.. hash=.. oracle=.. step=.. vtime=..`
std::string failure_line(const plan& p, const run_result& r);
/// What to type to see it again.
/// @param plant the bug that is planted; empty: none.
std::string replay_command(const plan& p, const std::string& plant = {});
/// 16 hex digits.
std::string hash_text_of(std::uint64_t hash);
/// The commit this program was built from, or "unknown".
const char* built_from();

}  // namespace taquilla::simulation
