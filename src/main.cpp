// taquilla: a box office that keeps selling while its parts fail. This file is the way in: it
// prepares the process, hands the command line to the command that was asked for, and turns what
// nobody expected into an exit code. How `serve` is put together is app/serve.cpp.
#include "allocator.hpp"
#include "app/checks.hpp"
#include "app/command_line.hpp"
#include "app/platform.hpp"
#include "app/serve.hpp"

#include <exception>
#include <iostream>
#ifdef TAQUILLA_WITH_SIMULATION
#include "simulation/cli.hpp"
#endif

namespace {

namespace app = taquilla::app;

int run(int argc, char** argv) {
  const auto started_at = app::platform::monotonic_ms();
  app::platform::tune_process();
  taquilla::bound_allocator_caches();
  app::commands all;
  all.serve = [started_at](const app::settings_request& request) {
    app::platform::hold_stop_signals();
    return app::serve(request, started_at);
  };
  all.audit = app::audit;
  all.check_config = app::check_config;
  all.version = app::print_version;
#ifdef TAQUILLA_WITH_SIMULATION
  all.add_more = [](CLI::App& root, int& exit_code) {
    taquilla::simulation::add_simulate_command(root, exit_code);
  };
#endif
  return app::run_command_line(argc, argv, all);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& problem) {
    const app::trouble why{"E070", problem.what(), {}, app::exit_code::internal};
    std::cerr << render(why, app::log_format::text) << '\n';
    return why.exit;
  }
}
