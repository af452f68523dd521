// Goal: the whole theatre runs in the simulator, deterministically, and keeps its promises.
// Method: plans drawn from seeds; the same plan twice; a recorded run from its script alone.
#include "simulation/cases/case_file.hpp"
#include "simulation/world/run.hpp"

#include <doctest/doctest.h>

using namespace taquilla::simulation;

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
