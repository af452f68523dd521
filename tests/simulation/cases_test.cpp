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
using taquilla::planted::planting;
namespace planted = taquilla::planted;

namespace {

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

TEST_CASE("what chance does the same way many times in a row is one line") {
  case_file c;
  c.what.script = {{choice::disk_fault, "wal write", 9, 1, 0},
                   {choice::delay, "reservation>door hold_seat", 2, 20'000, 0},
                   {choice::disk_fault, "wal write", 8, 1, 0},
                   {choice::disk_fault, "wal write", 10, 1, 0},
                   {choice::disk_fault, "wal write", 11, 2, 0}};
  const auto text = print_case(c);
  CHECK(text.find("take disk-fault \"wal write\" #8..10 = EIO\n") != std::string::npos);
  CHECK(text.find("take disk-fault \"wal write\" #11 = ENOSPC\n") != std::string::npos);
  CHECK(weight(c.what) == 3);
  case_file again;
  std::string error;
  REQUIRE_MESSAGE(parse_case(text, again, error), error);
  CHECK(again.what.script.size() == 5);
  CHECK(print_case(again) == text);
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
  CHECK(why_not("simcase 1\nop client=1 think=5 buy") ==
        "line 2: '5' is no time such as 250ms or 20s, in whole microseconds");
  CHECK(why_not("simcase 1\n\nfault at=1ms explode") == "line 3: unknown fault 'explode'");
  CHECK(why_not("simcase 1\nknob colour 3") == "line 2: unknown knob 'colour'");
  CHECK(why_not("simcase 1\ntake delay x #1 = 2") ==
        "line 2: expected: take KIND \"NAME\" #N = VALUE, or #N..M");
  CHECK(why_not("simcase 1\ntake") == "line 2: expected: take KIND \"NAME\" #N = VALUE, or #N..M");
  CHECK(why_not("simcase 1\ntake delay \"x\" #1 = 2 3") == "line 2: expected: #N = VALUE");
  CHECK(why_not("simcase 1\ntake delay \"x\" #4..2 = 2") ==
        "line 2: '4..2' is no row of at most 10000");
  CHECK(why_not("simcase 1\ntake delay \"x\" #1..99999 = 2") ==
        "line 2: '1..99999' is no row of at most 10000");
  CHECK(why_not("simcase 1\nknob breaker_probes 17") == "line 2: breaker: probes must be 1..16");
  CHECK(why_not("simcase 1\noracle none really") == "line 2: 'really' is one word too many");
  CHECK(why_not("simcase 1\nknob batch_max 3 4") == "line 2: '4' is one word too many");
  CHECK(why_not("simcase 1\npost pigeon") == "line 2: unknown post 'pigeon': smtp, none");
  CHECK(why_not("simcase 1\ntake post-fault \"mail 1\" #1 = none") ==
        "line 2: unknown post-fault 'none': later, never");
  CHECK(why_not("simcase 1\nseed x3") == "line 2: 'x3' is not a number");
  CHECK(why_not("simcase 1\n# a comment\nseed 3") == "");
  CHECK(why_not("simcase 1\r\nseed 3\r") ==
        "line 1: a case file begins with 'simcase 1', and its lines do not end in CR LF");
}

TEST_CASE("a case file that would play something else than it says is refused") {
  const auto line = [](const std::string& text) { return why_not("simcase 1\n" + text); };
  CHECK(line("op client=1 buy seat=C1") ==
        "line 2: 'C1' is not a seat: A1 to A4, B1 to B4, EVT-002/A1 to EVT-002/B4");
  CHECK(line("op client=1 buy seat=EVT-002/A5") ==
        "line 2: 'EVT-002/A5' is not a seat: A1 to A4, B1 to B4, EVT-002/A1 to EVT-002/B4");
  CHECK(line("op client=1 seat=A1") == "line 2: an operation is buy or cancel");
  CHECK(line("op client=1 buy cancel id=1") == "line 2: 'cancel' is one word too many");
  CHECK(line("op client=1 cancel") ==
        "line 2: cancel what? target=N: the N-th sale; id=N: that reservation");
  CHECK(line("op client=1 think=-9us buy") == "line 2: '-9us' is negative");
  CHECK(line("op client=1 patience=-1ms buy") == "line 2: '-1ms' is negative");
  CHECK(line("fault at=-1ms kill") == "line 2: '-1ms' is negative");
  CHECK(line("fault at=1ms kill for=-1ms") == "line 2: '-1ms' is negative");
  CHECK(line("fault at=1ms kill jump=-1ms") == "");
  CHECK(line("fault at=1ms crash") == "line 2: crash needs a role, for example inventory");
  CHECK(line("fault at=1ms chaos till slow") ==
        "line 2: unknown service 'till': inventory, payment, notification");
  CHECK(line("fault at=1ms recover till") ==
        "line 2: unknown service 'till': inventory, payment, notification");
  CHECK(line("fault at=1ms chaos payment funny") == "line 2: unknown kind of chaos 'funny'");
  CHECK(line("visit at=1ms") == "line 2: a visit needs a kind, for example health");
  CHECK(line("visit at=1ms garden") == "line 2: unknown visit 'garden'");
  CHECK(line("visit at=1ms health feed") == "line 2: 'feed' is one word too many");
  CHECK(line("visit at=1ms wait who=2") == "line 2: unknown field 'who'");
  CHECK(line("visit at=1ms wait for=-1ms") == "line 2: '-1ms' is negative");
  CHECK(line("visit at=1ms wait buyer=2 for=300ms") == "");
  CHECK(line("visit at=1ms wait for=5us") ==
        "line 2: '5us' is no time such as 250ms or 20s, in whole milliseconds");
  CHECK(line("visit at=1ms wait for=9223372036854775807s") ==
        "line 2: '9223372036854775807s' is no time such as 250ms or 20s, in whole milliseconds");
  CHECK(line("take delay \"a>b c\" #1 = 3s") == "");
  CHECK(line("take delay \"a>b c\" #1 = 3000") == "");
  CHECK(line("take delay \"a>b c\" #1 = 3h") ==
        "line 2: '3h' is no time such as 250ms or 20s, in whole microseconds");
  CHECK(line("heal -5ms") == "line 2: '-5ms' is negative");
  CHECK(line("early-within -5ms") == "line 2: '-5ms' is negative");
  CHECK(line("oracle all-is-well") == "line 2: unknown promise 'all-is-well'");
  CHECK(line("oracle holds-exclude") == "");
  CHECK(line("oracle feed-in-order") == "");
  CHECK(line("seed 1\nseed 2") == "line 3: a second line 'seed'");
  CHECK(line("knob hold_ms 5\nknob sweep_ms 5") == "");
  CHECK(line("profile storm") == "line 2: unknown profile 'storm': swarm, calm, crash, disk, slow");
  CHECK(line("strategy luck") == "line 2: unknown strategy 'luck': auto, fifo, random, pct:D, pos");
  CHECK(line("disk slow") == "line 2: unknown disk 'slow': fast, real");
  CHECK(line("colour red") == "line 2: unknown line 'colour red'");
  CHECK(line("take disk-fault \"wal write\" #1 = 9") ==
        "line 2: unknown disk-fault '9': EIO, ENOSPC, BUSY, kill, power");
}

TEST_CASE("errors of the disk are written by their names, and comments are kept") {
  const std::string text =
      "simcase 1\n# Found by chance.\ncommit unknown\nprofile swarm\nstrategy auto\nseed 1\n"
      "oracle none\ndisk real\nheal 60s\n"
      "take disk-fault \"wal write\" #4 = EIO\ntake disk-fault \"wal write\" #5 = ENOSPC\n"
      "take disk-fault \"wal lock\" #6 = BUSY\ntake disk-fault \"db sync\" #7 = kill\n"
      "take disk-fault \"db sync\" #8 = power\n";
  case_file c;
  std::string error;
  REQUIRE_MESSAGE(parse_case(text, c, error), error);
  CHECK(print_case(c) == text);
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
  CHECK_FALSE(e.decisive_step);  // nothing is left to chance
  CHECK(e.decisive.empty());
}

TEST_CASE("an explanation names the step that made the failure likely, and what happened in it") {
  planting bug(planted::bug::hold_overwritten);
  case_file c;
  std::string error;
  REQUIRE(
      parse_case("simcase 1\nop client=2 buy seat=A1 buyer=2 patience=500ms\n"
                 "op client=2 buy seat=A1 buyer=1\n"
                 "take delay \"reservation>store confirm_purchase\" #1 = 668539\n",
                 c, error));
  const auto r = replay(c.what);
  REQUIRE(r.broken.oracle == "holds-exclude");
  const auto e = explain(c.what, r.broken.oracle, 10);
  REQUIRE(e.decisive_step);
  CHECK(*e.decisive_step == r.taken.front().step);
  REQUIRE(e.decisive.size() == 2);
  CHECK(e.decisive[0] == "store#1 -> reservation#1 charge_record(reservation 1 is charged, 50.00)");
  CHECK(e.decisive[1] == "CHANCE reservation>store confirm_purchase #1 comes 0.668539 s later");
  CHECK(e.essential.size() == 3);
}

TEST_CASE("a canary is reported as the failure that it is") {
  planting bug(planted::bug::canary);
  plan p;
  p.operations.push_back({});
  CHECK(explore(p).broken.oracle == "canary");
}

TEST_CASE("every case that was ever found meets its decisions and ends as it says") {
  const auto files = case_files();
  CHECK(files.size() == 35);
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
