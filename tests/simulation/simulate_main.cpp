// `taquilla simulate` alone, without the server around it: what the tests of the simulator run.
#include "simulation/cli.hpp"

#include <CLI/CLI.hpp>

int main(int argc, char** argv) {
  CLI::App app{"taquilla, simulator only"};
  int code = 0;
  taquilla::simulation::add_simulate_command(app, code);
  app.require_subcommand(1);
  CLI11_PARSE(app, argc, argv);
  return code;
}
