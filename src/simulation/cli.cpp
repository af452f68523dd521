#include "simulation/cli.hpp"

#include "simulation/campaign/bench.hpp"
#include "simulation/campaign/teeth.hpp"
#include "simulation/report/trace.hpp"
#include "simulation/tasks.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <unistd.h>

namespace taquilla::simulation {

namespace {

constexpr const char* exit_codes =
    "Exit codes: 0 clean, 2 usage, 10 a promise was broken, 11 it did not come to rest,\n"
    "12 a worker process crashed, 13 not deterministic, 14 a goal was missed: a planted bug or "
    "the\n"
    "canary was not caught, a case does not end as it says, --until-coverage did not see "
    "everything";

/// Each of these says what to do; of two, one would be dropped in silence.
void check_one_task(const simulate_options& o) {
  int tasks = int{o.teeth} + int{o.canary} + int{o.bench};
  for (const auto* text : {&o.seed, &o.seeds, &o.replay, &o.minimize, &o.explain})
    tasks += int{!text->empty()};
  if (tasks > 1)
    throw usage_error{
        "one at a time: --seed, --seeds, --replay, --minimize, --explain, --teeth, --canary, "
        "--bench"};
}

/// Whatever would be ignored is refused, before any work is done.
void check_options(const simulate_options& o) {
  check_one_task(o);
  if (o.jobs < 1 || o.jobs > 64) throw usage_error{"--jobs: 1..64"};
  if (o.ratio < 0 || o.ratio > 1) throw usage_error{"--ratio: 0..1"};
  if (o.budget_s < 0) throw usage_error{"--budget: above 0, for example 60s"};
  trace_format format{};
  if (!o.trace.empty() && !parse_trace_format(o.trace, format))
    throw usage_error{"unknown trace format '" + o.trace + "': text, mermaid, json"};
  if (!o.trace.empty() && o.seed.empty() && o.replay.empty() && o.minimize.empty() &&
      o.explain.empty())
    throw usage_error{"--trace goes with --seed, --replay, --minimize or --explain"};
  if (!o.plant.empty() && (o.teeth || o.canary || o.bench))
    throw usage_error{"--plant goes with --seed, --seeds, --replay, --minimize or --explain"};
  if (!o.out.empty() && o.minimize.empty()) throw usage_error{"--out goes with --minimize"};
  const bool campaign = o.seed.empty() && o.replay.empty() && o.minimize.empty() &&
                        o.explain.empty() && !o.teeth && !o.canary && !o.bench;
  if (!o.json.empty() && !campaign) throw usage_error{"--json goes with --seeds"};
}

int dispatch(const simulate_options& o, std::ostream& out, std::ostream& err) {
  constexpr double tooth_budget_s = 60;
  if (o.teeth)
    return run_teeth(out, o.budget_s > 0 ? o.budget_s : tooth_budget_s) == 0 ? exit_clean
                                                                             : exit_goals;
  if (o.canary) return canary_sings(out) ? exit_clean : exit_goals;
  if (o.bench) return run_bench(out), exit_clean;
  if (!o.replay.empty()) return run_replay(o, out, err);
  if (!o.minimize.empty()) return run_minimize(o, out, err);
  if (!o.explain.empty()) return run_explain(o, out, err);
  if (!o.seed.empty()) return run_seed(o, out, err);
  return run_seeds(o, out, err);
}

/// A run with a planted bug: in the profile where it is found soonest, if none is named.
int dispatch_planted(simulate_options o, std::ostream& out, std::ostream& err) {
  const auto* tooth = find_tooth(o.plant);
  if (tooth == nullptr)
    throw usage_error{"no planted bug is called '" + o.plant + "'",
                      "taquilla simulate --teeth names them all"};
  if (o.profile.empty() && o.replay.empty()) o.profile = tooth->profile;
  const planted::planting now{tooth->bug};
  return dispatch(o, out, err);
}

void add_options(CLI::App& command, simulate_options& o) {
  command.add_option("--seed", o.seed, "Run one seed, twice, and compare the hashes");
  command.add_option("--seeds", o.seeds, "Run the seeds A..B (default 1..1000)");
  command.add_option("--jobs", o.jobs, "Worker processes, 1..64");
  command
      .add_option("--budget", o.budget_s,
                  "Stop a campaign, or shrinking, after this many seconds of real time")
      ->transform(
          CLI::AsNumberWithUnit(std::map<std::string, double>{{"s", 1}, {"m", 60}, {"h", 3600}},
                                CLI::AsNumberWithUnit::UNIT_OPTIONAL));
  command.add_option("--profile", o.profile, "swarm (default), calm, crash, disk or slow");
  command.add_option("--strategy", o.strategy, "auto (default), fifo, random, pct:D or pos");
  command.add_option("--plant", o.plant,
                     "Break a rule for this task: a name of --teeth. Its profile is the default");
  command.add_option("--trace", o.trace, "Print the one run: text, mermaid or json");
  command.add_option("--replay", o.replay, "Replay a case file");
  command.add_option("--minimize", o.minimize, "Shrink a failing seed or case file");
  command.add_option("--explain", o.explain,
                     "Say when a failure became inevitable: a seed or a case file");
  command.add_option("--out", o.out, "Where --minimize writes its case file");
  command.add_option("--json", o.json, "Where a campaign writes its summary");
  command.add_option("--ratio", o.ratio, "Share of seeds that are run twice, 0..1");
  command.add_flag("--check-determinism", o.check_determinism, "Run every seed twice");
  command.add_flag("--coverage", o.coverage,
                   "Say which interesting things happened, how often, and which did not");
  command.add_flag("--until-coverage", o.until_coverage,
                   "Run on until all of them happened or --budget (60s) is over");
  command.add_flag("--keep-going", o.keep_going, "Go on after a failure");
  command.add_flag("--teeth", o.teeth, "Hunt every planted bug; --budget is per bug");
  command.add_flag("--canary", o.canary, "Prove that a failure is reported");
  command.add_flag("--bench", o.bench, "Say how fast the simulator is");
}

}  // namespace

int simulate_main(const simulate_options& options, std::ostream& out, std::ostream& err) {
  try {
    check_options(options);
    return options.plant.empty() ? dispatch(options, out, err)
                                 : dispatch_planted(options, out, err);
  } catch (const usage_error& wrong) {
    // The form that all of taquilla's troubles have (app/trouble.hpp, which is not to be had here).
    err << "error[E002] " << wrong.why << "\n   fix: " << wrong.fix << "\n";
    return exit_usage;
  }
}

void add_simulate_command(CLI::App& root, int& exit_code) {
  auto* command =
      root.add_subcommand("simulate", "Deterministic simulation: prove the promises from a seed");
  command->footer(exit_codes);  // not the root's, which every command inherits
  auto options = std::make_shared<simulate_options>();
  add_options(*command, *options);
  command->callback([options, &exit_code] {
    options->progress = isatty(STDERR_FILENO) != 0;
    exit_code = simulate_main(*options, std::cout, std::cerr);
  });
}

}  // namespace taquilla::simulation
