// Goal: the simulator's command line does what its help and docs/simulation.md say, exit codes
// first. Method: simulate_main with short campaigns, its output as text.
#include "simulation/cli.hpp"

#include "domain/planted.hpp"
#include "simulation/cases/minimiser.hpp"
#include "simulation/world/goals.hpp"

#include <CLI/CLI.hpp>
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <unistd.h>

using namespace taquilla;
using planted::planting;
using namespace taquilla::simulation;

namespace {

struct said {
  int code;
  std::string out, err;
};

said simulate(const simulate_options& options) {
  std::ostringstream out, err;
  const int code = simulate_main(options, out, err);
  return {code, out.str(), err.str()};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A case file that is there as long as this.
class written_case {
 public:
  explicit written_case(const std::string& story)
      : path_((std::filesystem::temp_directory_path() /
               ("taquilla-cli-" + std::to_string(::getpid()) + ".simcase"))
                  .string()) {
    std::ofstream{path_} << story;
  }
  ~written_case() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

said replay_of(const std::string& story, const std::string& trace = {}) {
  const written_case file{story};
  simulate_options options;
  options.replay = file.path();
  options.trace = trace;
  return simulate(options);
}

const std::string sold_and_cancelled =
    "simcase 1\nop client=1 buy seat=A1\nop client=1 cancel target=1\n";

}  // namespace

TEST_CASE("two tasks at once are refused, instead of one being dropped") {
  simulate_options options;
  options.seed = "1";
  options.seeds = "1..2";
  const auto got = simulate(options);
  CHECK(got.code == 2);
  CHECK(has(got.err, "one at a time"));
}

TEST_CASE("the help of simulate tells its own exit codes") {
  CLI::App root;
  root.footer("Exit codes: 3 configuration");
  int code = 0;
  add_simulate_command(root, code);
  const auto help = root.get_subcommand("simulate")->help();
  for (const char* part : {"10 a promise was broken", "11 ", "12 ", "13 ", "14 a goal was missed"})
    CHECK_MESSAGE(has(help, part), std::string{part});
  CHECK_FALSE(has(help, "3 configuration"));
}

TEST_CASE("a wrong word is answered in the form that all errors have") {
  simulate_options wrong;
  wrong.seed = "abc";
  const auto got = simulate(wrong);
  CHECK(got.code == exit_usage);
  CHECK(got.err ==
        "error[E002] 'abc' is not a seed: a number from 0 to 2^64-1\n"
        "   fix: taquilla simulate --help\n");
}

TEST_CASE("every goal that is reached is one of those that a campaign looks for") {
  const std::set<std::string> all{all_goals().begin(), all_goals().end()};
  CHECK(all.size() == all_goals().size());
  for (std::uint64_t seed = 1; seed <= 150; ++seed)
    for (const auto& goal : explore(draw_plan(seed, "swarm", strategy_name{})).goals)
      CHECK_MESSAGE(all.count(goal) == 1, goal);
}

TEST_CASE("a campaign until coverage names what it did not see, and that is its verdict") {
  simulate_options calm;
  calm.profile = "calm";
  calm.seeds = "1..20";
  CHECK(simulate(calm).code == exit_clean);
  calm.until_coverage = true;
  const auto got = simulate(calm);
  CHECK(got.code == exit_goals);
  CHECK(has(got.out, "not reached\tpower-cut\n"));
  CHECK_FALSE(has(got.out, "buy-accepted"));
  calm.until_coverage = false;
  calm.coverage = true;
  const auto shown = simulate(calm);
  CHECK(shown.code == exit_clean);
  CHECK(has(shown.out, "not reached\tpower-cut\n"));
  CHECK(has(shown.out, "20\tbuy-accepted\n"));
}

TEST_CASE("a bug can be planted for one task, and every command that is told plants it again") {
  simulate_options hunt;
  hunt.plant = "refund-not-owed";
  hunt.seeds = "1..100";
  const auto found = simulate(hunt);
  CHECK(found.code == exit_safety);
  CHECK(has(found.err, " --profile calm "));
  CHECK(has(found.err, " --plant refund-not-owed --trace text\n"));
  CHECK(planted::is(planted::bug::none));
  hunt.plant.clear();
  hunt.profile = "calm";
  CHECK(simulate(hunt).code == exit_clean);

  const auto seed_at = found.err.find("seed=") + 5;
  simulate_options explained;
  explained.plant = "refund-not-owed";
  explained.explain = found.err.substr(seed_at, found.err.find(' ', seed_at) - seed_at);
  explained.trace = "text";
  const auto story = simulate(explained);
  CHECK(story.code == exit_clean);
  CHECK(has(story.out, "\npromised: a charge belongs to a confirmed reservation"));
  CHECK(has(story.out, "\nleaving out one of these, and nothing else, makes it pass:\n"));
  CHECK(has(story.out, "BROKEN   every-charge-has-its-ticket: "));
}

TEST_CASE("shrinking ends with its budget, with a story that still fails") {
  const planting bug{planted::bug::refund_not_owed};
  plan p;
  run_result r;
  for (std::uint64_t seed = 1; !r.failed() && seed < 300; ++seed) {
    p = draw_plan(seed, "calm", strategy_name{});
    r = explore(p);
  }
  REQUIRE(r.failed());
  constexpr double hardly_any_s = 1e-9;
  const auto cut = minimise(p, r, 3000, hardly_any_s);
  CHECK(cut.runs == 1);
  CHECK(cut.result.broken.oracle == r.broken.oracle);
  CHECK(minimise(p, r).runs > 1);
}

TEST_CASE("a case that the code has left behind says where, and goes on with its seed") {
  const auto got = replay_of(
      "simcase 1\nhash 1\nop client=1 buy seat=A1\n"
      "take lost \"nobody>nowhere hello\" #1 = 1\n");
  CHECK(got.code == exit_clean);
  CHECK(has(got.out, "the code has changed since the case was written"));
  CHECK(has(got.out,
            "the run went as the case says until step 0; never asked for: "
            "take lost \"nobody>nowhere hello\" #1 = 1\n"));
  CHECK(has(got.out, "from step 1 on with seed 1:\nPASS seed=1"));
}

TEST_CASE("what the seed finds where a case has parted is the verdict") {
  const planting bug{planted::bug::void_not_owed};
  int found = 0;
  for (int seed = 1; seed <= 400 && found == 0; ++seed) {
    const auto got = replay_of("simcase 1\nprofile slow\nseed " + std::to_string(seed) +
                               "\nop client=1 buy seat=A1\nop client=2 buy seat=A2\n"
                               "take lost \"nobody>nowhere hello\" #1 = 1\n");
    if (got.code != exit_safety) continue;
    ++found;
    CHECK(has(got.out, "PASS"));  // as the case is written nothing happens
    CHECK(has(got.out, "from step 1 on with seed " + std::to_string(seed)));
    CHECK(has(got.err, "FAIL seed=" + std::to_string(seed)));
  }
  CHECK(found == 1);
}

TEST_CASE("a failed replay names the command that repeats it, and that is a replay") {
  const planting bug{planted::bug::refund_not_owed};
  const auto got = replay_of(sold_and_cancelled);
  CHECK(got.code == exit_safety);
  CHECK(has(got.err, "FAIL seed=1 "));
  CHECK(has(got.err, "\ntaquilla simulate --replay "));
  CHECK_FALSE(has(got.err, "--seed"));
}

TEST_CASE("a diagram and JSON are given alone, so that they can be used as files") {
  for (const char* format : {"mermaid", "json"}) {
    const auto got = replay_of(sold_and_cancelled, format);
    CHECK_FALSE(has(got.out, "PASS"));
    CHECK(has(got.err, "PASS seed=1"));
  }
  CHECK(has(replay_of(sold_and_cancelled, "text").out, "PASS seed=1"));
}

TEST_CASE("a shrunk case is a case file although its trace stands behind it") {
  const planting bug{planted::bug::refund_not_owed};
  const written_case file{sold_and_cancelled};
  simulate_options options;
  options.minimize = file.path();
  options.trace = "text";
  const auto shrunk = simulate(options);
  REQUIRE(shrunk.code == exit_clean);
  CHECK(has(shrunk.out, "# "));
  CHECK(has(shrunk.out, "BROKEN"));
  CHECK(replay_of(shrunk.out).code == exit_safety);
  options.trace = "json";
  CHECK(has(simulate(options).err, "add --out"));
}

TEST_CASE("what would be ignored is refused before any work is done") {
  const auto why = [](const simulate_options& o) {
    const auto got = simulate(o);
    CHECK(got.code == exit_usage);
    CHECK(got.out.empty());
    return got.err.substr(0, got.err.find('\n'));
  };
  simulate_options o;
  o.trace = "text";
  CHECK(why(o) == "error[E002] --trace goes with --seed, --replay, --minimize or --explain");
  o.trace = "html";
  o.seed = "1";
  CHECK(why(o) == "error[E002] unknown trace format 'html': text, mermaid, json");
  o = {};
  o.out = "x";
  CHECK(why(o) == "error[E002] --out goes with --minimize");
  o = {};
  o.plant = "no-such-bug";
  CHECK(why(o) == "error[E002] no planted bug is called 'no-such-bug'");
  o.plant = "refund-not-owed";
  o.bench = true;
  CHECK(has(why(o), "--plant goes with --seed, --seeds, --replay, --minimize or --explain"));
  o = {};
  o.seed = "1";
  o.json = "x";
  CHECK(why(o) == "error[E002] --json goes with --seeds");
  o = {};
  o.budget_s = -5;
  CHECK(why(o) == "error[E002] --budget: above 0, for example 60s");
  o = {};
  o.seeds = "..5";
  CHECK(why(o) == "error[E002] --seeds wants A..B, for example 1..1000");
  o = {};
  o.json = "/nowhere/at/all";
  CHECK(why(o) == "error[E002] cannot write '/nowhere/at/all': No such file or directory");
  o = {};
  o.replay = "x";
  o.profile = "calm";
  CHECK(why(o) == "error[E002] a case states its own profile and strategy");
  o.profile.clear();
  CHECK(why(o) == "error[E002] the case file 'x': No such file or directory");
  o.replay = std::filesystem::temp_directory_path().string();
  CHECK(has(why(o), "is a folder, not a case file"));
  o = {};
  o.minimize = "42x";
  CHECK(why(o) == "error[E002] '42x' is neither a seed nor a case file that is there");
  o.minimize = "1";
  o.profile = "calm";
  CHECK(has(why(o), "there is no story to tell"));
}

TEST_CASE("a campaign that fails says how to see the first failure, and how to shrink it") {
  const planting bug{planted::bug::mail_not_filed};
  simulate_options o;
  o.seeds = "1..3";
  o.profile = "calm";
  const auto got = simulate(o);
  CHECK(got.code == exit_safety);
  CHECK(has(got.err,
            "\n1 failure; see it, and shrink it, with\ntaquilla simulate --seed 1 "
            "--profile calm --strategy "));
  CHECK(has(got.err, "\ntaquilla simulate --minimize 1 --profile calm --strategy "));
}
