// Goal: case files mean what they say, shrinking keeps the failure, and every bug that was ever
// found stays fixed. Method: round trips and bad lines; a planted bug is minimised and must still
// be caught; every file of tests/cases is replayed, must meet every decision that it names, and
// must end as it says.
#include "domain/planted.hpp"
#include "simulation/cases/case_file.hpp"
#include "simulation/cases/explainer.hpp"
#include "simulation/cases/minimiser.hpp"
#include "simulation/world/run.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace taquilla::simulation;
namespace planted = taquilla::planted;

namespace {

struct planting {
  explicit planting(planted::bug b) { planted::active.store(b); }
  ~planting() { planted::active.store(planted::bug::none); }
};

std::string why_not(const std::string& text) {
  case_file c;
  std::string error;
  return parse_case(text, c, error) ? "" : error;
}

std::string read_all(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::filesystem::path> case_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(TAQUILLA_SOURCE_DIR "/tests/cases"))
    if (entry.path().extension() == ".simcase") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// The decisions of the script that the run never came to: their link, message or file is called
/// otherwise by now, or the run has taken another way. One a line.
std::string never_met(const plan& p, const run_result& r) {
  std::string out;
  for (const auto& wanted : p.script)
    if (std::find(r.taken.begin(), r.taken.end(), wanted) == r.taken.end())
      out += print(wanted) + "\n";
  return out;
}

std::pair<plan, run_result> first_failure(const char* profile, std::uint64_t seeds_max) {
  for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
    auto p = draw_plan(seed, profile, {});
    auto r = explore(p);
    if (r.failed()) return {p, r};
  }
  return {};
}

}  // namespace

TEST_CASE("a case file reads back as it was written") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    case_file c;
    c.what = draw_plan(seed, "swarm", {});
    c.what.script.push_back({choice::delay, "reservation>door hold_seat", 2, 20'000, 0});
    c.what.script.push_back({choice::pick, "schedule", 12, 1, 0});
    c.hash = seed;
    case_file again;
    std::string error;
    REQUIRE_MESSAGE(parse_case(print_case(c), again, error), error);
    CHECK(print_case(again) == print_case(c));
  }
}

TEST_CASE("the example in the essay of case_file.hpp is a case file") {
  std::istringstream header(read_all(TAQUILLA_SOURCE_DIR "/src/simulation/cases/case_file.hpp"));
  const std::string indented = "//   ";
  std::string example;
  for (std::string line; std::getline(header, line);)
    if (line.compare(0, indented.size(), indented) == 0)
      example += line.substr(indented.size()) + "\n";
  CHECK(example.find("oracle one-owner-per-seat\n") != std::string::npos);
  CHECK(why_not(example) == "");
}

TEST_CASE("a case file that cannot be understood says where and why") {
  CHECK(why_not("") == "line 1: a case file begins with 'simcase 1'");
  CHECK(why_not("simcase 1\nop client=1 fly") == "line 2: unknown operation 'fly'");
  CHECK(why_not("simcase 1\nop client=1 think=5 buy") == "line 2: '5' is not a number of us");
  CHECK(why_not("simcase 1\n\nfault at=1ms explode") == "line 3: unknown fault 'explode'");
  CHECK(why_not("simcase 1\nknob colour 3") == "line 2: unknown knob 'colour'");
  CHECK(why_not("simcase 1\ntake delay x #1 = 2") ==
        "line 2: expected: take KIND \"NAME\" #N = VALUE");
  CHECK(why_not("simcase 1\ntake") == "line 2: expected: take KIND \"NAME\" #N = VALUE");
  CHECK(why_not("simcase 1\ntake delay \"x\" #1 = 2 3") == "line 2: expected: #N = VALUE");
  CHECK(why_not("simcase 1\noracle none really") == "line 2: 'really' is one word too many");
  CHECK(why_not("simcase 1\nknob batch_max 3 4") == "line 2: '4' is one word too many");
  CHECK(why_not("simcase 1\nseed x3") == "line 2: 'x3' is not a number");
  CHECK(why_not("simcase 1\n# a comment\nseed 3") == "");
}

TEST_CASE("a failing run shrinks to a few decisions that still break the same promise") {
  planting bug(planted::bug::refund_not_owed);
  auto [p, r] = first_failure("calm", 300);
  REQUIRE(r.failed());
  auto m = minimise(p, r);
  CHECK(m.decisions_after <= 4);
  CHECK(m.result.broken.oracle == r.broken.oracle);
  case_file read;
  std::string error;
  REQUIRE(parse_case(print_case(m.smallest), read, error));
  CHECK(replay(read.what).hash == m.smallest.hash);
}

TEST_CASE("a story that hangs on a moment shrinks although delays come before that moment") {
  planting bug(planted::bug::drain_cut_short);
  // A stop while a purchase is under way breaks the promise; the start is slow, so it comes late.
  plan p;
  p.operations.resize(1);
  for (const char* link :
       {"operator>supervisor start_children", "store>supervisor child_ready",
        "inventory>supervisor child_ready", "payment>supervisor child_ready",
        "notification>supervisor child_ready", "settlement>supervisor child_ready",
        "mail_relay>supervisor child_ready", "reservation_desk>supervisor child_ready",
        "supervisor>operator children_started", "client>door purchase_order",
        "reservation>door hold_seat", "reservation>store record_purchase"})
    p.script.push_back({choice::delay, link, 1, 500'000, 0});
  p.faults.resize(1);
  p.faults[0].what = fault::kind::stop;
  run_result r;
  for (p.faults[0].at_ms = 4'000; !r.failed() && p.faults[0].at_ms < 8'000; p.faults[0].at_ms += 50)
    r = replay(p);
  REQUIRE(r.failed());
  CHECK(minimise(p, r).decisions_after <= 4);
}

TEST_CASE("an explanation tells what matters from what does not") {
  planting bug(planted::bug::refund_not_owed);
  plan p;
  p.operations.resize(3);
  p.operations[1].what = operation::kind::cancel;
  p.operations[1].target = 1;
  p.operations[2].seat = "A2";
  p.operations[2].client = 2;
  auto r = replay(p);
  REQUIRE(r.broken.oracle == "every-charge-has-its-ticket");
  auto e = explain(p, r.broken.oracle, 5);
  CHECK(e.essential.size() == 2);
  CHECK(e.scenery.size() == 1);
  CHECK(e.decisive_step >= 1);
}

TEST_CASE("a canary is reported as the failure that it is") {
  planting bug(planted::bug::canary);
  plan p;
  p.operations.push_back({});
  CHECK(explore(p).broken.oracle == "canary");
}

TEST_CASE("every case that was ever found meets its decisions and ends as it says") {
  const auto files = case_files();
  CHECK(files.size() == 24);
  for (const auto& file : files) {
    case_file c;
    std::string error;
    CAPTURE(file.filename().string());
    REQUIRE_MESSAGE(parse_case(read_all(file), c, error), error);
    auto r = replay(c.what);
    CHECK((r.failed() ? r.broken.oracle : "none") == c.oracle);
    CHECK(never_met(c.what, r) == "");
    CHECK(r.guard_first == "");
    CHECK(replay(c.what).hash == r.hash);
  }
}
