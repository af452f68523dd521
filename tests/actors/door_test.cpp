// Goal: what finds a door closed is answered or, where nobody says it twice, passed on later.
// Method: a door alone, with a child that counts its wake-ups.
#include "actors/door.hpp"
#include "support/virtual_stage.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <memory>

namespace taquilla::testing {

namespace {

caf::behavior deaf_feed(caf::event_based_actor*) {
  return {[](const happened&) {}};
}

caf::behavior sleeper(caf::event_based_actor*, const std::shared_ptr<int>& woken) {
  return {[=](const something_due&) { ++*woken; }};
}

}  // namespace

TEST_CASE("a wake-up that finds a door closed is passed on once when it opens") {
  virtual_stage stage{0};
  auto& system = stage.system();
  const auto woken = std::make_shared<int>(0);
  {
    door_options options;
    options.service = "mail_relay";
    const auto door =
        spawn_door(system, options, {}, caf::actor_cast<event_feed_actor>(system.spawn(deaf_feed)));
    const auto child = system.spawn(sleeper, woken);
    const auto knocks = caf::actor_cast<caf::actor>(door);
    const auto open = [&] {
      caf::anon_send(door, open_door{child});
      stage.settle();
    };
    open();
    CHECK(*woken == 0);  // nobody had knocked
    caf::anon_send(door, close_door{"it died"});
    caf::anon_send(knocks, something_due{});
    caf::anon_send(knocks, something_due{});
    stage.settle();
    CHECK(*woken == 0);
    open();
    CHECK(*woken == 1);  // one look finds all that is due
    open();
    CHECK(*woken == 1);
  }
  stage.settle();
}

}  // namespace taquilla::testing
