#include "simulation/cli.hpp"

#include "simulation/campaign/bench.hpp"
#include "simulation/campaign/campaign.hpp"
#include "simulation/campaign/teeth.hpp"
#include "simulation/cases/case_file.hpp"
#include "simulation/cases/explainer.hpp"
#include "simulation/cases/minimiser.hpp"
#include "simulation/report/failure.hpp"
#include "simulation/report/summary.hpp"
#include "simulation/report/trace.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <unistd.h>

namespace taquilla::simulation {

namespace {

constexpr std::uint64_t minimise_runs = 3000;
constexpr double coverage_budget_s = 60;  // when neither --seeds nor --budget says how far to go

constexpr const char* exit_codes =
    "Exit codes: 0 clean, 2 usage, 10 a promise was broken, 11 it did not come to rest,\n"
    "12 a worker process crashed, 13 not deterministic, 14 a goal was missed: a planted bug or "
    "the\n"
    "canary was not caught, a case does not end as it says, --until-coverage did not see "
    "everything";

/// What is wrong with the command line.
struct usage_error {
  std::string why;
};

std::uint64_t parse_number(const std::string& text) {
  std::uint64_t value = 0;
  auto end = text.data() + text.size();
  auto parsed = std::from_chars(text.data(), end, value);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end)
    throw usage_error{"'" + text + "' is not a seed: a number from 0 to 2^64-1"};
  return value;
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

strategy_name strategy_of(const simulate_options& o) {
  strategy_name s;
  if (!parse_strategy(o.strategy, s))
    throw usage_error{"unknown strategy '" + o.strategy +
                      "': auto, fifo, random, pct:D (1..20), pos"};
  return s;
}

const std::string& profile_of(const simulate_options& o) {
  if (!is_profile(o.profile))
    throw usage_error{"unknown profile '" + o.profile + "': swarm, calm, crash, disk, slow"};
  return o.profile;
}

case_file read_case(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw usage_error{"cannot read " + path};
  std::stringstream text;
  text << in.rdbuf();
  case_file c;
  std::string why;
  if (!parse_case(text.str(), c, why)) throw usage_error{path + ": " + why};
  return c;
}

int exit_code_of(const run_result& r) {
  if (r.guard_violations > 0) return exit_not_deterministic;
  if (!r.failed()) return exit_clean;
  return r.broken.oracle == "comes-to-rest" ? exit_liveness : exit_safety;
}

void show_trace(const simulate_options& o, const plan& p, bool scripted, std::ostream& out) {
  trace_format format{};
  if (!parse_trace_format(o.trace, format))
    throw usage_error{"unknown trace format '" + o.trace + "': text, mermaid, json"};
  std::vector<trace_event> events;
  run_options how;
  how.trace = [&](const trace_event& e) { events.push_back(e); };
  auto r = scripted ? replay(p, how) : explore(p, how);
  print_trace(out, format, events, r);
}

/// Reports one run and returns its exit code.
int report(const plan& p, const run_result& r, std::ostream& out, std::ostream& err) {
  if (r.guard_violations > 0)
    err << "NOT DETERMINISTIC: the run used " << r.guard_first << " (" << r.guard_violations
        << " times)\n";
  if (!r.failed()) {
    out << "PASS seed=" << p.seed << " strategy=" << to_string(p.strategy)
        << " profile=" << p.profile << " hash=" << hash_text_of(r.hash) << " steps=" << r.steps
        << " decisions=" << r.taken.size() << "\n";
    return exit_code_of(r);
  }
  out << r.broken.oracle << ": " << r.broken.what << "\n";
  err << failure_line(p, r) << "\n" << replay_command(p) << "\n";
  return exit_code_of(r);
}

int run_seed(const simulate_options& o, std::ostream& out, std::ostream& err) {
  auto p = draw_plan(parse_number(o.seed), profile_of(o), strategy_of(o));
  auto r = explore(p);
  if (!o.trace.empty()) show_trace(o, p, false, out);
  if (explore(p).hash != r.hash) {
    err << "NOT DETERMINISTIC: seed " << p.seed << " gave two hashes\n";
    return exit_not_deterministic;
  }
  return report(p, r, out, err);
}

/// Where a run left its case.
struct parting {
  std::string wanted;      ///< what nobody asked for, the first of it; empty: all was asked for
  std::uint64_t step = 0;  ///< until here the run went as the case says
};

parting parting_of(const plan& p, const run_result& r) {
  parting out;
  for (const auto& wanted : p.script) {
    const auto met = std::find(r.taken.begin(), r.taken.end(), wanted);
    if (met != r.taken.end())
      out.step = std::max(out.step, met->step);
    else if (out.wanted.empty())
      out.wanted = print(wanted);
  }
  return out;
}

/// The code has gone another way: what the seed would make of the case from there on, under the
/// weather that it draws, may still be what the case was about.
int go_on_with_seed(const plan& p, std::uint64_t step, std::ostream& out, std::ostream& err) {
  const auto drawn = draw_plan(p.seed, p.profile, p.strategy);
  auto as_it_went = p;
  as_it_went.links = drawn.links;
  as_it_went.disk = drawn.disk;
  as_it_went.early_ppm = drawn.early_ppm;
  run_options on;
  on.explore_from = step + 1;
  auto r = run_plan(as_it_went, on);
  out << "from step " << on.explore_from << " on with seed " << p.seed << ":\n";
  as_it_went.script = r.taken;
  return report(as_it_went, r, out, err);
}

int run_replay(const simulate_options& o, std::ostream& out, std::ostream& err) {
  auto c = read_case(o.replay);
  auto r = replay(c.what);
  if (!o.trace.empty()) show_trace(o, c.what, true, out);
  if (c.hash != 0 && c.hash != r.hash)
    out << "the code has changed since the case was written: hash " << hash_text_of(r.hash)
        << " instead of " << hash_text_of(c.hash) << "\n";
  const auto parted = parting_of(c.what, r);
  if (!parted.wanted.empty())
    out << "it parts from the case behind step " << parted.step
        << ": nobody asked for: " << parted.wanted << "\n";
  std::string found = r.failed() ? r.broken.oracle : "none";
  if (found != c.oracle) out << "expected " << c.oracle << ", found " << found << "\n";
  const int code = report(c.what, r, out, err);
  if (!r.failed() && !parted.wanted.empty()) {
    const int further = go_on_with_seed(c.what, parted.step, out, err);
    if (further != exit_clean) return further;
  }
  return code == exit_clean && found != c.oracle ? exit_goals : code;
}

/// The failing plan behind "N" or "FILE", with the result of its run.
std::pair<plan, run_result> failing(const simulate_options& o, const std::string& what) {
  plan p;
  run_result r;
  if (is_number(what)) {
    p = draw_plan(parse_number(what), profile_of(o), strategy_of(o));
    r = explore(p);
  } else {
    p = read_case(what).what;
    r = replay(p);
  }
  if (!r.failed()) throw usage_error{what + " does not fail: there is no story to tell"};
  p.script = r.taken;
  return {p, r};
}

int run_minimize(const simulate_options& o, std::ostream& out, std::ostream& err) {
  auto [p, r] = failing(o, o.minimize);
  auto m = minimise(p, r, minimise_runs, o.budget_s);
  auto text = print_case(m.smallest);
  err << m.decisions_before << " decisions -> " << m.decisions_after << " in " << m.runs
      << " runs; " << m.result.broken.oracle << ": " << m.result.broken.what << "\n";
  if (o.out.empty()) {
    out << text;
  } else {
    std::ofstream file(o.out);
    if (!(file << text)) throw usage_error{"cannot write " + o.out};
  }
  if (!o.trace.empty()) show_trace(o, m.smallest.what, true, out);
  return exit_clean;
}

int run_explain(const simulate_options& o, std::ostream& out) {
  auto [p, r] = failing(o, o.explain);
  auto m = minimise(p, r);
  auto e = explain(m.smallest.what, r.broken.oracle);
  print_explanation(out, m, e);
  return exit_clean;
}

campaign_options campaign_of(const simulate_options& o) {
  campaign_options c;
  c.jobs = o.jobs;
  c.budget_s = o.budget_s;
  c.profile = profile_of(o);
  c.strategy = strategy_of(o);
  c.ratio = o.check_determinism ? 1.0 : o.ratio;
  c.keep_going = o.keep_going || o.coverage;
  c.progress = o.progress;
  auto dots = o.seeds.find("..");
  c.until_coverage = o.until_coverage;
  if (o.until_coverage && o.seeds.empty() && c.budget_s <= 0) c.budget_s = coverage_budget_s;
  if (o.seeds.empty()) {
    c.last = c.budget_s > 0 ? ~std::uint64_t{0} >> 1 : 1000;
  } else if (dots == std::string::npos) {
    throw usage_error{"--seeds wants A..B"};
  } else {
    c.first = parse_number(o.seeds.substr(0, dots));
    c.last = parse_number(o.seeds.substr(dots + 2));
    if (c.last < c.first) throw usage_error{"--seeds A..B: B is below A"};
  }
  return c;
}

int run_seeds(const simulate_options& o, std::ostream& out, std::ostream& err) {
  auto c = campaign_of(o);
  auto s = run_campaign(c, err);
  print_summary(out, err, s, o.coverage);
  if (!o.json.empty()) {
    std::ofstream file(o.json);
    if (!(file << summary_json(s))) throw usage_error{"cannot write " + o.json};
  }
  return s.verdict();
}

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

int dispatch(const simulate_options& o, std::ostream& out, std::ostream& err) {
  constexpr double tooth_budget_s = 60;
  check_one_task(o);
  if (o.jobs < 1 || o.jobs > 64) throw usage_error{"--jobs: 1..64"};
  if (o.ratio < 0 || o.ratio > 1) throw usage_error{"--ratio: 0..1"};
  if (o.teeth)
    return run_teeth(out, o.budget_s > 0 ? o.budget_s : tooth_budget_s) == 0 ? exit_clean
                                                                             : exit_goals;
  if (o.canary) return canary_sings(out) ? exit_clean : exit_goals;
  if (o.bench) return run_bench(out), exit_clean;
  if (!o.replay.empty()) return run_replay(o, out, err);
  if (!o.minimize.empty()) return run_minimize(o, out, err);
  if (!o.explain.empty()) return run_explain(o, out);
  if (!o.seed.empty()) return run_seed(o, out, err);
  return run_seeds(o, out, err);
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
  command.add_option("--profile", o.profile, "swarm, calm, crash, disk or slow");
  command.add_option("--strategy", o.strategy, "auto, fifo, random, pct:D or pos");
  command.add_option("--trace", o.trace, "Print the run: text, mermaid or json");
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
    return dispatch(options, out, err);
  } catch (const usage_error& wrong) {
    // The form that all of taquilla's troubles have (app/trouble.hpp, which is not to be had here).
    err << "error[E002] " << wrong.why << "\n   fix: taquilla simulate --help\n";
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
