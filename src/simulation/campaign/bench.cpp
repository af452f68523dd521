#include "simulation/campaign/bench.hpp"

#include "simulation/campaign/stopwatch.hpp"
#include "simulation/campaign/teeth.hpp"
#include "simulation/cases/minimiser.hpp"
#include "simulation/engine/engine.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ostream>
#include <sys/resource.h>
#include <vector>

namespace taquilla::simulation {

struct bench_ball {
  std::int64_t n = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, bench_ball& x) {
  return f(caf::meta::type_name("bench_ball"), x.n);
}

namespace {

using wall_player = caf::typed_actor<caf::replies_to<bench_ball>::with<bench_ball>>;
using server_player = caf::typed_actor<caf::reacts_to<bench_ball>>;

wall_player::behavior_type wall() {
  return {[](const bench_ball& b) { return b; }};
}

server_player::behavior_type serve(server_player::pointer self, wall_player wall,
                                   std::int64_t last) {
  return {[=](const bench_ball& b) {
    if (b.n >= last) return;
    self->request(wall, std::chrono::seconds(5), bench_ball{b.n + 1})
        .then([=](const bench_ball& back) { self->send(server_player{self}, back); },
              [](caf::error&) {});
  }};
}

constexpr std::int64_t rounds = 200'000;

double steps_per_second() {
  decisions taken(1);
  engine_observer nobody;
  engine e({}, taken, nobody);
  e.boot([](caf::actor_system& system) {
    auto w = system.spawn(wall);
    caf::anon_send(system.spawn(serve, w, rounds), bench_ball{});
  });
  stopwatch watch;
  while (e.step()) {
  }
  return static_cast<double>(e.steps()) / watch.seconds();
}

struct speed {
  double seeds_s = 0, virtual_ratio = 0, steps_per_seed = 0;
};

speed seeds_per_second(const char* profile, bool fast_disk) {
  constexpr double budget_s = 2.5;
  stopwatch watch;
  std::uint64_t seeds = 0, steps = 0;
  double virtual_s = 0;
  while (watch.seconds() < budget_s) {
    auto p = draw_plan(++seeds, profile, {});
    p.fast_disk = fast_disk;
    auto r = explore(p);
    steps += r.steps;
    virtual_s += static_cast<double>(r.ended_at) / 1e9;
  }
  auto t = watch.seconds();
  return {static_cast<double>(seeds) / t, virtual_s / t,
          static_cast<double>(steps) / static_cast<double>(seeds)};
}

long resident_kib() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  return u.ru_maxrss;
}

struct shrinking {
  double ms = 0;
  std::size_t decisions = 0;
};

std::vector<shrinking> shrink_some() {
  planted::active.store(planted::bug::refund_not_owed);
  std::vector<shrinking> all;
  constexpr std::size_t wanted = 9;
  for (std::uint64_t seed = 1; all.size() < wanted && seed < 500; ++seed) {
    auto p = draw_plan(seed, "swarm", {});
    auto r = explore(p);
    if (!r.failed()) continue;
    stopwatch watch;
    auto m = minimise(p, r);
    all.push_back({watch.seconds() * 1000, m.decisions_after});
  }
  planted::active.store(planted::bug::none);
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.ms < b.ms; });
  return all;
}

void line(std::ostream& out, const char* what, double value, const char* unit) {
  char text[120];
  std::snprintf(text, sizeof text, "%-48s %12.0f %s\n", what, value, unit);
  out << text << std::flush;
}

}  // namespace

void run_bench(std::ostream& out) {
  line(out, "scheduler steps (request with timeout, hashed)", steps_per_second(), "steps/s");
  auto memory = seeds_per_second("swarm", true);
  line(out, "seeds, profile swarm, no disk faults", memory.seeds_s, "seeds/s");
  line(out, "  steps of a seed", memory.steps_per_seed, "steps");
  line(out, "  virtual seconds a real second", memory.virtual_ratio, "");
  auto disk = seeds_per_second("disk", false);
  line(out, "seeds, profile disk, faulty simulated disk", disk.seeds_s, "seeds/s");
  auto before = resident_kib();
  seeds_per_second("disk", false);
  line(out, "  growth of memory as they run again", static_cast<double>(resident_kib() - before),
       "KiB");
  auto shrunk = shrink_some();
  if (shrunk.empty()) return;
  line(out, "minimise, median", shrunk[shrunk.size() / 2].ms, "ms");
  line(out, "  decisions left, median", static_cast<double>(shrunk[shrunk.size() / 2].decisions),
       "");
}

}  // namespace taquilla::simulation
