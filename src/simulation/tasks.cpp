#include "simulation/tasks.hpp"

#include "simulation/campaign/campaign.hpp"
#include "simulation/cases/case_file.hpp"
#include "simulation/cases/explainer.hpp"
#include "simulation/cases/minimiser.hpp"
#include "simulation/report/failure.hpp"
#include "simulation/report/summary.hpp"
#include "simulation/report/trace.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace taquilla::simulation {

namespace {

constexpr std::uint64_t minimise_runs = 3000;
constexpr double coverage_budget_s = 60;  // when neither --seeds nor --budget says how far to go

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
  if (!o.strategy.empty() && !parse_strategy(o.strategy, s))
    throw usage_error{"unknown strategy '" + o.strategy +
                      "': auto, fifo, random, pct:D (1..20), pos"};
  return s;
}

std::string profile_of(const simulate_options& o) {
  if (o.profile.empty()) return "swarm";
  if (!is_profile(o.profile))
    throw usage_error{"unknown profile '" + o.profile + "': swarm, calm, crash, disk, slow"};
  return o.profile;
}

case_file read_case(const std::string& path) {
  if (std::filesystem::is_directory(path))
    throw usage_error{"'" + path + "' is a folder, not a case file"};
  std::ifstream in(path);
  if (!in) throw usage_error{"the case file '" + path + "': " + std::strerror(errno)};
  std::stringstream text;
  text << in.rdbuf();
  case_file c;
  std::string why;
  if (!parse_case(text.str(), c, why)) throw usage_error{path + ": " + why};
  return c;
}

/// Before the work is done for it.
void must_be_writable(const std::string& path) {
  if (path.empty()) return;
  if (!std::ofstream{path, std::ios::app})
    throw usage_error{"cannot write '" + path + "': " + std::strerror(errno)};
}

void write(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  if (!(file << text << std::flush))
    throw usage_error{"cannot write '" + path + "': " + std::strerror(errno)};
}

int exit_code_of(const run_result& r) {
  if (r.guard_violations > 0) return exit_not_deterministic;
  if (!r.failed()) return exit_clean;
  return r.broken.oracle == "comes-to-rest" ? exit_liveness : exit_safety;
}

/// The command line has seen that it is one.
trace_format format_of(const simulate_options& o) {
  trace_format format{};
  parse_trace_format(o.trace, format);
  return format;
}

void show_trace(const simulate_options& o, const plan& p, bool scripted, std::ostream& out) {
  std::vector<trace_event> events;
  run_options how;
  how.trace = [&](const trace_event& e) { events.push_back(e); };
  auto r = scripted ? replay(p, how) : explore(p, how);
  print_trace(out, format_of(o), events, r);
}

/// Where a verdict goes: not behind a diagram or JSON, which must stay what they are.
std::ostream& beside_trace(const simulate_options& o, std::ostream& out, std::ostream& err) {
  return o.trace.empty() || o.trace == "text" ? out : err;
}

/// The command that shows a case file again.
std::string replay_of(const simulate_options& o, const std::string& file) {
  return "taquilla simulate --replay " + file + (o.plant.empty() ? "" : " --plant " + o.plant) +
         " --trace text";
}

/// Reports one run and returns its exit code.
/// @param again what to type to see it again.
int report(const plan& p, const run_result& r, const std::string& again, std::ostream& out,
           std::ostream& err) {
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
  err << failure_line(p, r) << "\n" << again << "\n";
  return exit_code_of(r);
}

}  // namespace

int run_seed(const simulate_options& o, std::ostream& out, std::ostream& err) {
  auto p = draw_plan(parse_number(o.seed), profile_of(o), strategy_of(o));
  auto r = explore(p);
  if (!o.trace.empty()) show_trace(o, p, false, out);
  if (explore(p).hash != r.hash) {
    err << "NOT DETERMINISTIC: seed " << p.seed << " gave two hashes\n";
    return exit_not_deterministic;
  }
  return report(p, r, replay_command(p, o.plant), beside_trace(o, out, err), err);
}

// -- a case --------------------------------------------------------------------------------------

namespace {

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

std::string replay_again(const simulate_options& o) { return replay_of(o, o.replay); }

/// The code has gone another way: what the seed would make of the case from there on, under the
/// weather that it draws, may still be what the case was about.
int go_on_with_seed(const simulate_options& o, const plan& p, std::uint64_t step, std::ostream& out,
                    std::ostream& err) {
  const auto drawn = draw_plan(p.seed, p.profile, p.strategy);
  auto as_it_went = p;
  as_it_went.links = drawn.links;
  as_it_went.disk = drawn.disk;
  as_it_went.early_ppm = drawn.early_ppm;
  run_options on;
  on.explore_from = step + 1;
  auto r = run_plan(as_it_went, on);
  out << "from step " << on.explore_from << " on with seed " << p.seed << ":\n";
  return report(as_it_went, r, replay_again(o), out, err);
}

/// Most cases have been mended: then the trace shows how the story goes today.
void introduce(const case_file& c, std::ostream& out) {
  for (const auto& comment : c.comments) out << "#" << comment << "\n";
  if (c.oracle == "none") out << "# Mended since; this is how it goes now.\n";
}

}  // namespace

int run_replay(const simulate_options& o, std::ostream& out, std::ostream& err) {
  if (!o.profile.empty() || !o.strategy.empty())
    throw usage_error{"a case states its own profile and strategy"};
  auto c = read_case(o.replay);
  auto r = replay(c.what);
  if (o.trace == "text") introduce(c, out);
  if (!o.trace.empty()) show_trace(o, c.what, true, out);
  auto& told = beside_trace(o, out, err);
  if (c.hash != 0 && c.hash != r.hash)
    told << "the code has changed since the case was written: hash " << hash_text_of(r.hash)
         << " instead of " << hash_text_of(c.hash) << "\n";
  const auto parted = parting_of(c.what, r);
  if (!parted.wanted.empty())
    told << "the run went as the case says until step " << parted.step
         << "; never asked for: " << parted.wanted << "\n";
  std::string found = r.failed() ? r.broken.oracle : "none";
  if (found != c.oracle) told << "expected " << c.oracle << ", found " << found << "\n";
  const int code = report(c.what, r, replay_again(o), told, err);
  if (!r.failed() && !parted.wanted.empty()) {
    const int further = go_on_with_seed(o, c.what, parted.step, told, err);
    if (further != exit_clean) return further;
  }
  return code == exit_clean && found != c.oracle ? exit_goals : code;
}

// -- a failure -----------------------------------------------------------------------------------

namespace {

/// The failing plan behind "N" or "FILE", with the result of its run.
std::pair<plan, run_result> failing(const simulate_options& o, const std::string& what) {
  plan p;
  run_result r;
  auto look = replay_of(o, what);
  if (is_number(what)) {
    p = draw_plan(parse_number(what), profile_of(o), strategy_of(o));
    look = replay_command(p, o.plant);
    r = explore(p);
  } else {
    if (!std::filesystem::exists(what))
      throw usage_error{"'" + what + "' is neither a seed nor a case file that is there"};
    p = read_case(what).what;
    r = replay(p);
  }
  if (!r.failed())
    throw usage_error{what + " does not fail: there is no story to tell",
                      look + " shows how it goes"};
  p.script = r.taken;
  return {p, r};
}

/// As comments, so that what stands before them is still a case file.
std::string commented(const std::string& text) {
  std::string out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) out += "# " + line + "\n";
  return out;
}

}  // namespace

int run_minimize(const simulate_options& o, std::ostream& out, std::ostream& err) {
  if (!o.trace.empty() && format_of(o) != trace_format::text && o.out.empty())
    throw usage_error{"the case and a " + o.trace + " trace do not go into one output: add --out"};
  must_be_writable(o.out);
  auto [p, r] = failing(o, o.minimize);
  auto m = minimise(p, r, minimise_runs, o.budget_s);
  if (!o.plant.empty()) m.smallest.comments.push_back(" Planted: " + o.plant);
  auto text = print_case(m.smallest);
  err << m.decisions_before << " lines -> " << m.decisions_after << " in " << m.runs << " runs; "
      << m.result.broken.oracle << ": " << m.result.broken.what << "\n";
  if (o.out.empty()) {
    out << text;
  } else {
    write(o.out, text);
    err << "written to " << o.out << "; see it with\n" << replay_of(o, o.out) << "\n";
  }
  if (o.trace.empty()) return exit_clean;
  std::ostringstream trace;
  show_trace(o, m.smallest.what, true, trace);
  out << (o.out.empty() ? commented(trace.str()) : trace.str());
  return exit_clean;
}

int run_explain(const simulate_options& o, std::ostream& out, std::ostream& err) {
  if (!o.trace.empty() && format_of(o) != trace_format::text)
    throw usage_error{"--explain shows its story as text"};
  auto [p, r] = failing(o, o.explain);
  auto m = minimise(p, r, minimise_runs, o.budget_s);
  err << "shrunk from " << m.decisions_before << " lines to " << m.decisions_after << "\n";
  print_explanation(out, m, explain(m.smallest.what, r.broken.oracle));
  if (o.trace.empty()) return exit_clean;
  out << "\n";
  show_trace(o, m.smallest.what, true, out);
  return exit_clean;
}

// -- many seeds ----------------------------------------------------------------------------------

namespace {

campaign_options campaign_of(const simulate_options& o) {
  campaign_options c;
  c.jobs = o.jobs;
  c.budget_s = o.budget_s;
  c.profile = profile_of(o);
  c.plant = o.plant;
  c.strategy = strategy_of(o);
  c.ratio = o.check_determinism ? 1.0 : o.ratio;
  c.keep_going = o.keep_going || o.coverage;
  c.progress = o.progress;
  auto dots = o.seeds.find("..");
  c.until_coverage = o.until_coverage;
  if (o.until_coverage && o.seeds.empty() && c.budget_s <= 0) c.budget_s = coverage_budget_s;
  if (o.seeds.empty()) {
    c.last = c.budget_s > 0 ? ~std::uint64_t{0} >> 1 : 1000;
  } else if (dots == std::string::npos || dots == 0 || dots + 2 == o.seeds.size()) {
    throw usage_error{"--seeds wants A..B, for example 1..1000"};
  } else {
    c.first = parse_number(o.seeds.substr(0, dots));
    c.last = parse_number(o.seeds.substr(dots + 2));
    if (c.last < c.first) throw usage_error{"--seeds A..B: B is below A"};
  }
  return c;
}

}  // namespace

int run_seeds(const simulate_options& o, std::ostream& out, std::ostream& err) {
  auto c = campaign_of(o);
  must_be_writable(o.json);
  auto s = run_campaign(c, err);
  print_summary(out, err, s, o.coverage);
  if (!o.json.empty()) write(o.json, summary_json(s));
  return s.verdict();
}

}  // namespace taquilla::simulation
