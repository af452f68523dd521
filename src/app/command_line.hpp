// COMMAND LINE: which command was asked for, with what. It parses and explains (--help, usage
// errors with the word that was meant) and calls the one function that the composition root gave
// for the command; it starts nothing by itself. `taquilla` alone is `taquilla serve`. One thread.
#pragma once

#include "app/settings_loader.hpp"

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace taquilla::app {

struct audit_request {
  std::string data;
  bool final = false;  ///< everything is healed: nothing may be left open
};
struct check_request {
  std::string config_file;
  bool keys_markdown = false;
  bool defaults = false;
};

/// What each command does; every function returns an exit code.
struct commands {
  std::function<int(const settings_request&)> serve;
  std::function<int(const audit_request&)> audit;
  std::function<int(const check_request&)> check_config;
  std::function<int()> version;
  /// Adds further commands; they leave their result in the exit code. May be empty.
  std::function<void(CLI::App&, int& exit_code)> add_more;
};

int run_command_line(int argc, const char* const* argv, const commands& all);

}  // namespace taquilla::app
