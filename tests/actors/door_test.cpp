// Goal: what finds a door closed is answered or, where nobody says it twice, passed on later; what
// nothing is in the way of goes past the door, and still nothing overtakes what waits there.
// Method: a door alone, with a child that notes what it is told.
#include "actors/door.hpp"

#include "support/virtual_stage.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <memory>
#include <utility>
#include <vector>

namespace taquilla::testing {

namespace {

caf::behavior deaf_feed(caf::event_based_actor*) {
  return {[](const happened&) {}};
}

using heard = std::shared_ptr<std::vector<reservation_id>>;

caf::behavior teller(caf::event_based_actor*, const heard& ids) {
  return {[=](const find_payment& what) { ids->push_back(what.id); },
          [=](const hold_seat& what) { ids->push_back(what.token); },
          [=](const release_seat& what) { ids->push_back(what.id); }};
}

/// A door, PAYMENT's unless told otherwise, with somebody behind it who notes the ids he hears.
struct watched_door {
  explicit watched_door(virtual_stage& stage, victim_finder find_victim = payment_victim,
                        door_options options = {})
      : stage_(stage) {
    auto& system = stage.system();
    options.service = "payment";
    options.find_victim = std::move(find_victim);
    at =
        spawn_door(system, options, {}, caf::actor_cast<event_feed_actor>(system.spawn(deaf_feed)));
    child = system.spawn(teller, ids);
    tell(open_door{child});
  }
  template <class Order>
  void tell(Order what) {
    caf::anon_send(at.door, std::move(what));
    stage_.settle();
  }
  void say(reservation_id id) { caf::anon_send(at.way, find_payment{id}); }
  /// How many messages the door itself has handled.
  std::uint64_t bothered() const { return stage_.activity().at("door"); }

  virtual_stage& stage_;
  heard ids = std::make_shared<std::vector<reservation_id>>();
  entrance at;
  caf::actor child;
};

set_chaos slow(std::int64_t delay_ms) {
  set_chaos what;
  what.service = "payment";
  what.kind = "slow";
  what.delay_ms = delay_ms;
  return what;
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
    const auto at =
        spawn_door(system, options, {}, caf::actor_cast<event_feed_actor>(system.spawn(deaf_feed)));
    const auto child = system.spawn(sleeper, woken);
    const auto open = [&] {
      caf::anon_send(at.door, open_door{child});
      stage.settle();
    };
    open();
    CHECK(*woken == 0);  // nobody had knocked
    caf::anon_send(at.door, close_door{"it died"});
    stage.settle();
    caf::anon_send(at.way, something_due{});
    caf::anon_send(at.way, something_due{});
    stage.settle();
    CHECK(*woken == 0);
    open();
    CHECK(*woken == 1);  // one look finds all that is due
    open();
    CHECK(*woken == 1);
  }
  stage.settle();
}

TEST_CASE("a message that nothing is in the way of goes past the door") {
  virtual_stage stage{0};
  {
    watched_door payment{stage};
    const auto before = payment.bothered();
    payment.say(1);
    payment.say(2);
    stage.settle();
    CHECK(*payment.ids == std::vector<reservation_id>{1, 2});
    CHECK(payment.bothered() == before);
    payment.tell(set_rule{slow(1000)});
    payment.say(3);
    stage.settle();
    CHECK(payment.ids->size() == 2);
    CHECK(payment.bothered() == before + 2);
    stage.advance(1000);
    CHECK(payment.ids->back() == 3);
  }
  stage.settle();
}

TEST_CASE("what nobody says twice is kept when its service has died and nobody has told the door") {
  virtual_stage stage{0};
  {
    watched_door inventory{stage, inventory_victim};
    caf::anon_send_exit(inventory.child, caf::exit_reason::kill);
    stage.settle();
    caf::anon_send(inventory.at.way, release_seat{"E", {"A", 1}, 1, 7});
    stage.settle();
    inventory.tell(open_door{inventory.child});  // one that died before the door opened to it
    CHECK(inventory.ids->empty());
    inventory.child = stage.system().spawn(teller, inventory.ids);
    inventory.tell(open_door{inventory.child});
    CHECK(*inventory.ids == std::vector<reservation_id>{7});
  }
  stage.settle();
}

TEST_CASE("of what a slow door holds back the first goes when there is no more room") {
  virtual_stage stage{0};
  {
    door_options options;
    options.held_back_max = 2;
    watched_door payment{stage, payment_victim, options};
    payment.tell(set_rule{slow(1000)});
    payment.say(1);
    payment.say(2);
    stage.settle();
    CHECK(payment.ids->empty());
    payment.say(3);
    stage.settle();
    CHECK(*payment.ids == std::vector<reservation_id>{1});
    stage.advance(1000);
    CHECK(*payment.ids == std::vector<reservation_id>{1, 2, 3});
  }
  stage.settle();
}

TEST_CASE("a message does not overtake an earlier one that is still with the door") {
  virtual_stage stage{0};
  {
    watched_door payment{stage};
    payment.tell(set_rule{slow(1000)});
    caf::anon_send(payment.at.door, end_rules{});
    payment.say(1);
    stage.step();  // the rules end, and the way is free again
    payment.say(2);
    stage.settle();
    CHECK(*payment.ids == std::vector<reservation_id>{1, 2});
    const auto before = payment.bothered();
    payment.say(3);
    stage.settle();
    CHECK(payment.ids->back() == 3);
    CHECK(payment.bothered() == before);
  }
  stage.settle();
}

TEST_CASE("what must keep its order keeps it when the fault is over that made the first wait") {
  virtual_stage stage{0};
  {
    watched_door inventory{stage, inventory_victim};
    auto brief = slow(1'000);
    brief.for_ms = 50;
    inventory.tell(set_rule{brief});
    for (reservation_id id : {1, 2, 3}) {  // the fault is over before the second
      caf::anon_send(inventory.at.way, release_seat{"EVT-001", {"A", 1}, 0, id});
      stage.advance(100);
    }
    CHECK(inventory.ids->empty());
    stage.advance(700);
    CHECK(*inventory.ids == std::vector<reservation_id>{1, 2, 3});
  }
  stage.settle();
}

TEST_CASE("what must keep its order waits for the last that waits already, not for the first") {
  virtual_stage stage{0};
  {
    watched_door inventory{stage, inventory_victim};
    const auto release = [&](reservation_id id) {
      caf::anon_send(inventory.at.way, release_seat{"EVT-001", {"A", 1}, 0, id});
      stage.settle();
    };
    inventory.tell(set_rule{slow(2'000)});
    release(1);
    inventory.tell(set_rule{slow(500)});
    caf::anon_send(inventory.at.way, hold_seat{"EVT-001", {"A", 2}, 7, 2});
    stage.settle();
    release(3);
    stage.advance(1'999);
    CHECK(*inventory.ids == std::vector<reservation_id>{2});
    stage.advance(1);
    CHECK(*inventory.ids == std::vector<reservation_id>{2, 1, 3});
  }
  stage.settle();
}

TEST_CASE("a request that finds a door closed is refused and not passed on when it opens") {
  virtual_stage stage{0};
  {
    watched_door inventory{stage, inventory_victim};
    inventory.tell(close_door{"it died"});
    caf::anon_send(inventory.at.way, hold_seat{"EVT-001", {"A", 1}, 7, 1});
    stage.settle();
    inventory.tell(open_door{inventory.child});
    CHECK(inventory.ids->empty());
  }
  stage.settle();
}

TEST_CASE("what ends a hold and finds a door closed is passed on in order when it opens, once") {
  virtual_stage stage{0};
  {
    watched_door inventory{stage, inventory_victim};
    inventory.tell(close_door{"it died"});
    for (reservation_id id : {1, 2})
      caf::anon_send(inventory.at.way, release_seat{"EVT-001", {"A", 1}, 0, id});
    stage.settle();
    CHECK(inventory.ids->empty());
    inventory.tell(open_door{inventory.child});
    CHECK(*inventory.ids == std::vector<reservation_id>{1, 2});
    inventory.tell(open_door{inventory.child});
    CHECK(inventory.ids->size() == 2);
  }
  stage.settle();
}

TEST_CASE("of what finds a door closed no more than the limit is kept, the latest") {
  virtual_stage stage{0};
  {
    watched_door inventory{stage, inventory_victim};
    inventory.tell(close_door{"it died"});
    const auto most = door_options{}.missed_max;
    for (reservation_id id = 1; id <= most + 5; ++id)
      caf::anon_send(inventory.at.way, release_seat{"EVT-001", {"A", 1}, 0, id});
    stage.settle();
    inventory.tell(open_door{inventory.child});
    REQUIRE(inventory.ids->size() == most);
    CHECK(inventory.ids->front() == 6);
  }
  stage.settle();
}

TEST_CASE("what is sent to the dead is the door's affair, even before it has heard of the death") {
  virtual_stage stage{0};
  {
    watched_door payment{stage};
    caf::anon_send_exit(payment.child, caf::exit_reason::kill);
    stage.settle();
    const auto before = payment.bothered();
    payment.say(1);
    stage.settle();
    CHECK(payment.bothered() == before + 1);
    CHECK(payment.ids->empty());
  }
  stage.settle();
}

}  // namespace taquilla::testing
