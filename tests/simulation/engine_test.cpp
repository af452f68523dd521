// Goal: the engine runs real CAF actors deterministically, explores what it should, and forgets
// nothing. Method: the mini system of mini_system.hpp under many seeds; every property is checked
// on what the actors did, and the race in it must be found by some seeds and never in calm weather.
#include "simulation/engine/engine.hpp"

#include "mini_system.hpp"

#include <doctest/doctest.h>

using namespace taquilla::simulation;
using namespace std::chrono_literals;

namespace {

constexpr virtual_ns second = 1'000'000'000;

struct run_result {
  mini::ledger ledger;
  std::uint64_t hash = 0;
  std::uint64_t steps = 0;
  virtual_ns ended_at = 0;
  std::vector<decision> taken;
};

engine_options rough(const char* schedule) {
  engine_options o;
  parse_strategy(schedule, o.schedule);
  o.weather.delay_ppm = 500'000;
  o.weather.delay_max_us = 1000;
  return o;
}

run_result sell(engine_options options, decisions taken) {
  run_result r;
  engine_observer nobody;
  engine e(std::move(options), taken, nobody);
  e.boot([&](caf::actor_system& sys) {
    auto s = sys.spawn(mini::stock, &r.ledger);
    auto b = sys.spawn(mini::bank, &r.ledger);
    for (int i = 0; i < 2; ++i) {
      auto shop = sys.spawn(mini::racy_shop, s, b, &r.ledger);
      e.at(i * 100'000, [shop] { caf::anon_send(shop, mini::buy{1}); });
    }
  });
  while (e.step()) REQUIRE(e.steps() < 1000);
  r.hash = e.hash();
  r.steps = e.steps();
  r.ended_at = e.now();
  r.taken = taken.taken();
  return r;
}

}  // namespace

TEST_CASE("the same seed gives the same hash, steps and outcome") {
  for (const char* schedule : {"auto", "fifo", "random", "pct:3", "pos"})
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      auto a = sell(rough(schedule), decisions(seed));
      auto b = sell(rough(schedule), decisions(seed));
      CHECK(a.hash == b.hash);
      CHECK(a.steps == b.steps);
      CHECK(a.ledger.sold == b.ledger.sold);
    }
}

TEST_CASE("different seeds give different schedules") {
  std::vector<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 50; ++seed)
    hashes.push_back(sell(rough("random"), decisions(seed)).hash);
  std::sort(hashes.begin(), hashes.end());
  CHECK(std::unique(hashes.begin(), hashes.end()) - hashes.begin() > 45);
}

TEST_CASE("a recorded run replays from its decisions alone") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    auto original = sell(rough("random"), decisions(seed));
    auto replay = sell(rough("random"), decisions(seed, original.taken));
    CHECK(original.hash == replay.hash);
    CHECK(original.taken == replay.taken);
  }
}

TEST_CASE("link latency finds a race that first-in-first-out never shows") {
  int calm = 0;
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    engine_options fifo;
    parse_strategy("fifo", fifo.schedule);
    calm += sell(fifo, decisions(seed)).ledger.stock_min < 0;
    found += sell(rough("random"), decisions(seed)).ledger.stock_min < 0;
  }
  CHECK(calm == 0);
  CHECK(found > 20);
}

TEST_CASE("the timer of an answered request does not drag time ahead") {
  engine_options fifo;
  parse_strategy("fifo", fifo.schedule);
  CHECK(sell(fifo, decisions(1)).ended_at == 100'000);
}

TEST_CASE("a lost request is answered by its timeout") {
  auto o = rough("fifo");
  o.weather = {};
  o.weather.lost_ppm = 1'000'000;
  o.lossy = [](const std::string&, const std::string& to) { return to == "bank"; };
  auto r = sell(o, decisions(1));
  CHECK(r.ledger.charged == 0);
  CHECK(r.ledger.failed >= 1);
  CHECK(r.ended_at == 5 * second);
}

TEST_CASE("a doubled request is handled twice and answered once") {
  auto o = rough("fifo");
  o.weather = {};
  o.weather.doubled_ppm = 1'000'000;
  o.weather.delay_max_us = 10;
  o.lossy = [](const std::string& from, const std::string& to) {
    return from == "shop" && to == "bank";
  };
  auto r = sell(o, decisions(1));
  CHECK(r.ledger.charged == 2 * r.ledger.sold);
}

TEST_CASE("a crashed actor bounces what waits for it") {
  run_result r;
  engine_observer nobody;
  decisions taken(1);
  engine e({}, taken, nobody);
  e.boot([&](caf::actor_system& sys) {
    auto s = sys.spawn(mini::stock, &r.ledger);
    auto b = sys.spawn(mini::bank, &r.ledger);
    caf::anon_send(sys.spawn(mini::racy_shop, s, b, &r.ledger), mini::buy{1});
  });
  e.step();
  CHECK(e.crash("stock") == 1);
  while (e.step()) {
  }
  CHECK(e.population("stock") == 0);
  CHECK(e.population("shop") == 1);
  CHECK(r.ledger.failed == 1);
}

TEST_CASE("whatever comes to a dead actor at the same instant is bounced at once") {
  run_result r;
  engine_observer nobody;
  constexpr std::uint64_t late_us = 10'000;
  decisions taken(1, {{choice::delay, "shop>stock look_up", 1, late_us, 0},
                      {choice::delay, "shop>stock look_up", 2, late_us, 0}});
  engine e({}, taken, nobody);
  e.boot([&](caf::actor_system& sys) {
    auto s = sys.spawn(mini::stock, &r.ledger);
    auto b = sys.spawn(mini::bank, &r.ledger);
    for (std::uint64_t order : {1, 2})
      caf::anon_send(sys.spawn(mini::racy_shop, s, b, &r.ledger), mini::buy{order});
  });
  e.at(second / 1000, [&] { CHECK(e.crash("stock") == 1); });
  while (e.step()) {
  }
  CHECK(r.ledger.failed == 2);
  CHECK(e.now() == late_us * 1000);
}

TEST_CASE("a last step keeps its effect and loses its answer") {
  run_result r;
  engine_observer nobody;
  decisions taken(1);
  engine e({}, taken, nobody);
  e.boot([&](caf::actor_system& sys) {
    auto s = sys.spawn(mini::stock, &r.ledger);
    auto b = sys.spawn(mini::bank, &r.ledger);
    caf::anon_send(sys.spawn(mini::racy_shop, s, b, &r.ledger), mini::buy{1});
  });
  while (e.step()) {
    if (e.backlog("bank") > 0) e.crash_after_next_step("bank");
  }
  CHECK(r.ledger.charged == 1);
  CHECK(r.ledger.sold == 0);
  CHECK(r.ledger.failed == 1);
  CHECK(e.now() == 5 * second);
}

TEST_CASE("a killed process is silent and a new one starts where time stands") {
  mini::ledger l;
  engine_observer nobody;
  decisions taken(1);
  engine e({}, taken, nobody);
  auto compose = [&](caf::actor_system& sys) {
    auto s = sys.spawn(mini::stock, &l);
    auto b = sys.spawn(mini::bank, &l);
    caf::anon_send(sys.spawn(mini::racy_shop, s, b, &l), mini::buy{1});
  };
  e.boot(compose);
  for (int i = 0; i < 5; ++i) e.step();
  e.at(7 * second, [&] { e.boot(compose); });
  e.kill();
  CHECK_FALSE(e.running());
  while (e.step()) {
  }
  CHECK(e.now() == 7 * second);
  CHECK(l.sold + l.failed == 1);
}

TEST_CASE("a stalled role runs nothing until its time") {
  mini::ledger l;
  engine_observer nobody;
  decisions taken(1);
  engine e({}, taken, nobody);
  e.boot([&](caf::actor_system& sys) {
    auto s = sys.spawn(mini::stock, &l);
    auto b = sys.spawn(mini::bank, &l);
    caf::anon_send(sys.spawn(mini::racy_shop, s, b, &l), mini::buy{1});
  });
  e.stall("bank", 2 * second);
  while (e.step()) {
  }
  CHECK(l.sold == 1);
  CHECK(e.now() == 2 * second);
}
