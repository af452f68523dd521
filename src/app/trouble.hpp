// TROUBLE: why a command cannot go on, as people read it: what and why, then how to mend it, under
// a code that stays the same. One form for the terminal, one JSON line for --log json. Values; any
// thread.
//
//   error[E004] cannot listen on 127.0.0.1:80: in use by nginx (pid 812)
//      fix: taquilla --port-offset 10000
#pragma once

#include "app/config_reader.hpp"
#include "app/exit_code.hpp"
#include "app/settings.hpp"
#include "domain/error.hpp"

#include <string>
#include <vector>

namespace taquilla::app {

struct trouble {
  std::string code;                ///< "E004"
  std::string what;                ///< one line
  std::vector<std::string> fixes;  ///< one line each; may be empty
  int exit = exit_code::cannot_start;
};

/// Without a line break at the end.
std::string render(const trouble& why, log_format format);

trouble usage_trouble(const std::string& what, const std::string& fix);
/// All complaints in one; each is a line of its own.
trouble configuration_trouble(const std::vector<complaint>& wrong);
/// The data folder or the store refused: `detail` is "what; how to mend it".
trouble data_trouble(const error& why);

}  // namespace taquilla::app
