// Goal: the whole theatre runs in the simulator, deterministically, and keeps its promises.
// Method: plans drawn from seeds; the same plan twice; a recorded run from its script alone.
#include "simulation/cases/case_file.hpp"
#include "simulation/world/goals.hpp"
#include "simulation/world/run.hpp"
#include "small_plans.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace taquilla::simulation;

namespace {

/// How many clients were told that the seat is theirs.
std::ptrdiff_t accepted(const run_result& r) {
  const auto& all = r.story.entries();
  return std::count_if(all.begin(), all.end(),
                       [](const auto& e) { return e.how == outcome::accepted; });
}

}  // namespace

TEST_CASE("a calm purchase is sold, mailed and comes to rest") {
  plan p;
  p.operations.push_back({});
  auto r = explore(p);
  CHECK(r.broken.what == "");
  REQUIRE(r.story.entries().size() == 1);
  CHECK(r.story.entries()[0].how == outcome::accepted);
  CHECK(r.guard_first == "");
}

TEST_CASE("the same seed gives the same hash twice in one process") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    auto p = draw_plan(seed, "swarm", {});
    CHECK(explore(p).hash == explore(p).hash);
  }
}

TEST_CASE("a run replays from its script alone") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    auto p = draw_plan(seed, "swarm", {});
    auto original = explore(p);
    p.script = original.taken;
    CAPTURE(seed);
    CHECK(replay(p).hash == original.hash);
  }
}

TEST_CASE("a machine that loses its power sells on and forgets nothing") {
  plan p;
  p.fast_disk = false;
  p.operations.resize(4);
  for (std::size_t i = 0; i < p.operations.size(); ++i) {
    p.operations[i].seat = "A" + std::to_string(i + 1);
    p.operations[i].think_us = 900'000;
  }
  for (std::int64_t at : {700, 1600, 2500}) {
    fault f;
    f.what = fault::kind::power;
    f.at_ms = at;
    f.for_ms = 200;
    p.faults.push_back(f);
  }
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    p.seed = seed;
    CAPTURE(seed);
    auto r = explore(p);
    CHECK(r.broken.what == "");
    CHECK(accepted(r) >= 2);  // each cut takes the client's purchase of the moment, and no more
    CHECK(r.story.entries().back().how == outcome::accepted);  // it came after the last cut
  }
}

TEST_CASE("a leftover that dies when it is resumed is resumed once more") {
  plan p;
  p.fast_disk = false;
  p.operations = {buy("A1")};
  p.faults = {fault_of(fault::kind::kill, "", 400),
              fault_of(fault::kind::last_step, "reservation", 500)};
  p.faults[0].for_ms = 200;
  p.script = {{choice::delay, "reservation>store record_charge", 1, 500'000, 0}};
  const auto r = replay(p);
  CHECK(r.broken.what == "");
  CHECK(std::count(r.goals.begin(), r.goals.end(), "fault-last-step") == 1);
}

TEST_CASE("payments that never answer fail purchases and keep no money") {
  plan p;
  p.operations.push_back({});
  p.operations[0].think_us = 50'000;  // the fault is there before the buyer
  fault f;
  f.what = fault::kind::chaos;
  f.target = "payment";
  f.detail = "stall";
  f.at_ms = 10;  // PAYMENT is up: what is ordered before is its own start's business
  f.for_ms = 30'000;
  p.faults.push_back(f);
  auto r = explore(p);
  CHECK(r.broken.what == "");
  REQUIRE(r.story.entries().size() == 1);
  CHECK(r.story.entries()[0].why == taquilla::errc::payment_timeout);
}

TEST_CASE("visitors are answered while a buyer buys, and told when they are too many") {
  plan p;
  p.operations.push_back({});
  std::int64_t at_ms = 300;  // the house opens for buyers at 250
  for (std::size_t kind = 0; kind < visit::kinds; ++kind) {
    visit v;
    v.what = static_cast<visit::kind>(kind);
    v.at_ms = at_ms;
    v.for_ms = 1'000;
    p.visits.insert(p.visits.end(), 5, v);
    at_ms += 100;
  }
  const auto r = explore(p);
  CHECK(r.broken.what == "");
  CHECK(r.guard_first == "");
  for (const auto& goal : all_goals()) {
    CAPTURE(goal);
    if (goal.rfind("visit-", 0) == 0) CHECK(std::count(r.goals.begin(), r.goals.end(), goal) == 1);
  }
  CHECK(r.story.entries()[0].how == outcome::accepted);
}

TEST_CASE("who waits for a mail hears of it, and who waits in vain leaves at his time") {
  plan p;
  p.operations.push_back({});
  p.operations[0].think_us = 2'000'000;
  for (const std::uint32_t buyer : {1u, 2u}) {
    visit v;
    v.what = visit::kind::wait;
    v.at_ms = 300;
    v.buyer = buyer;
    v.for_ms = 10'000;
    p.visits.push_back(v);
  }
  std::string told;
  run_options o;
  o.trace = [&](const trace_event& e) {
    if (e.what == trace_event::kind::answered && e.from == "visitor")
      told += e.text + " at " + std::to_string(e.now / 100'000'000) + '\n';
  };
  CHECK(explore(p, o).broken.what == "");
  CHECK(told ==
        "wait buyer=1 for=10s: answered at 20\n"
        "wait buyer=2 for=10s: answered at 103\n");
}

TEST_CASE("two hundred seeds of every profile keep all promises") {
  for (const char* profile : {"swarm", "calm", "crash", "disk", "slow"})
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      auto r = explore(draw_plan(seed, profile, {}));
      CAPTURE(profile);
      CAPTURE(seed);
      CHECK(r.broken.what == "");
      CHECK(r.guard_first == "");
    }
}
