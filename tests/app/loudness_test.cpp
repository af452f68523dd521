// Goal: events are as loud in the log as their consequences, under the words that the actors really
// say. Method: a theatre in which things go wrong; every word of its feed is looked up.
#include "app/log_follower.hpp"
#include "support/virtual_theatre.hpp"

#include <doctest/doctest.h>

#include <map>

namespace taquilla::app {

namespace {

using loudness = std::map<std::string, log_level>;

loudness heard_in(testing::virtual_theatre& house, const std::string& family) {
  loudness heard;
  for (const auto& one : house.feed())
    if (one.kind.rfind(family, 0) == 0)
      heard[one.kind] =
          line_of({one.sequence, 0, {one.kind, one.service, 0, one.subject, {}}}).level;
  return heard;
}

}  // namespace

TEST_CASE("what the supervisor says is as loud as its consequences") {
  testing::theatre_setting setting;
  setting.options.supervisor.intensity.restarts = 1;
  testing::virtual_theatre house{setting};
  for (int i = 0; i < 3; ++i) {
    house.chaos("payment", "panic");
    house.advance(100);
  }
  house.chaos("inventory", "crash");
  house.chaos("inventory", "recover");
  CHECK(heard_in(house, "actor.") == loudness{{"actor.starting", log_level::debug},
                                              {"actor.up", log_level::info},
                                              {"actor.restarting", log_level::warn},
                                              {"actor.gave_up", log_level::error},
                                              {"actor.down", log_level::warn},
                                              {"actor.forgiven", log_level::info}});
}

TEST_CASE("a breaker that opens is a warning, and one that closes is not") {
  testing::virtual_theatre house;
  house.chaos("inventory", "crash");
  const int more_than_trip_it = 8;
  for (int i = 1; i <= more_than_trip_it; ++i) {
    house.buy(testing::order("A" + std::to_string(i)));
    house.advance(100);
  }
  house.chaos("inventory", "recover");
  house.buy(testing::order("A1"));
  house.advance(1'000);
  CHECK(heard_in(house, "breaker.") == loudness{{"breaker.open", log_level::warn},
                                                {"breaker.half_open", log_level::info},
                                                {"breaker.closed", log_level::info}});
}

}  // namespace taquilla::app
