// The commands that look and change nothing: audit, check-config, version. Results go to standard
// output, refusals to standard error; each returns its exit code. Main thread.
#pragma once

#include "app/command_line.hpp"

namespace taquilla::app {

/// 0 every invariant holds, 1 one is broken (its rows are printed), 4 the store cannot be read, so
/// that nothing was judged, 5 there is none.
int audit(const audit_request& request);
/// 0 the configuration can be used, 3 it cannot.
int check_config(const check_request& request);
int print_version();

}  // namespace taquilla::app
