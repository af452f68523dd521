// Goal: messages that arrive late or twice do not take a seat away from its owner, nor resurrect a
// sale. Method: the races that the comments of seat_map.cpp name, one by one.
#include "seat_map_support.hpp"

#include <doctest/doctest.h>

namespace taquilla {

using testing::a1;
using testing::hall;
using testing::is_held;
using testing::refusal;
using testing::state_of;
using testing::yours;

TEST_CASE("an older sale's late message does not overwrite the sale that came after it") {
  seat_map seats{hall()};
  seats.sell("E", a1, {2, 9});
  seats.sell("E", a1, {1, 7});
  CHECK(yours(seats.hold("E", a1, 2, 1, 100)) == 9);
  seats.sell("E", a1, {3, 11});
  CHECK(yours(seats.hold("E", a1, 3, 1, 100)) == 11);
}

TEST_CASE("an older sale's late message does not overwrite a younger pending purchase") {
  seat_map seats{hall()};
  seats.place("E", a1, {2, 9}, false);
  seats.sell("E", a1, {1, 7});
  CHECK(yours(seats.hold("E", a1, 2, 1, 100)) == 9);
}

TEST_CASE("a sale may find the seat in any state, for the store has decided") {
  seat_map seats{hall()};
  seats.sell("E", a1, {1, 7});
  CHECK(state_of(seats, a1) == seat_state::sold);
  seats.hold("E", {"A", 2}, 5, 50, 100);
  seats.sell("E", {"A", 2}, {1, 8});
  CHECK(state_of(seats, {"A", 2}) == seat_state::sold);
  CHECK(seats.release("E", {"A", 2}, 50));
  CHECK(state_of(seats, {"A", 2}) == seat_state::sold);
}

TEST_CASE("a pending purchase that the store told of looks held and is refused to others") {
  seat_map seats{hall()};
  seats.place("E", a1, {1, 7}, false);
  CHECK(state_of(seats, a1) == seat_state::held);
  CHECK(seats.holds() == 0);
  CHECK(seats.overdue(1'000'000, 10).empty());
  CHECK(yours(seats.hold("E", a1, 1, 1, 100)) == 7);
  CHECK(refusal(seats.hold("E", a1, 2, 2, 100)) == errc::seat_taken);
  seats.vacate("E", a1, 7);
  CHECK(is_held(seats.hold("E", a1, 2, 3, 100)));
}

TEST_CASE("when the store knows nobody on a seat, a sale is forgotten and a hold stays") {
  seat_map seats{hall()};
  seats.sell("E", a1, {1, 7});
  seats.place("E", a1, {}, false);
  CHECK(state_of(seats, a1) == seat_state::free);
  seats.hold("E", a1, 2, 20, 100);
  seats.place("E", a1, {}, false);
  CHECK(state_of(seats, a1) == seat_state::held);
  CHECK(seats.release("E", a1, 20));
}

TEST_CASE("the store's owner stands above a stranger's hold, whose end then frees nothing") {
  seat_map seats{hall()};
  seats.hold("E", a1, 2, 20, 100);
  seats.place("E", a1, {1, 7}, true);
  CHECK(refusal(seats.hold("E", a1, 2, 22, 100)) == errc::seat_taken);
  CHECK(seats.release("E", a1, 20));
  CHECK(seats.holds() == 0);
  CHECK(yours(seats.hold("E", a1, 1, 21, 100)) == 7);
}

TEST_CASE("the word of a sale does not drop a newer hold of its buyer, and neither does its end") {
  seat_map seats{hall()};
  seats.hold("E", a1, 1, 10, 100);
  seats.hold("E", a1, 1, 11, 200);  // he asks again before the word of his purchase 7 is there
  seats.sell("E", a1, {1, 7, 10});
  CHECK(state_of(seats, a1) == seat_state::sold);
  CHECK(seats.list("E", nullptr, 1)->front().held_until_ms == 0);
  seats.vacate("E", a1, 7);
  CHECK(state_of(seats, a1) == seat_state::held);
  CHECK(seats.list("E", nullptr, 1)->front().held_until_ms == 200);
  CHECK(refusal(seats.hold("E", a1, 2, 20, 100)) == errc::seat_taken);
  seats.sell("E", a1, {1, 8, 11});
  CHECK(seats.holds() == 0);
}

TEST_CASE("a request of a dead purchase does not push out the hold of the one that followed it") {
  seat_map seats{hall()};
  seats.hold("E", a1, 1, 11, 200);
  CHECK(refusal(seats.hold("E", a1, 1, 10, 100)) == errc::seat_taken);
  CHECK_FALSE(seats.release("E", a1, 10));
  CHECK(refusal(seats.hold("E", a1, 2, 20, 300)) == errc::seat_taken);
  CHECK(is_held(seats.hold("E", a1, 1, 11, 300)));  // the same request once more
  CHECK(seats.release("E", a1, 11));
}

TEST_CASE("the end of a newer hold does not free the seat that its buyer has bought before") {
  seat_map seats{hall()};
  seats.hold("E", a1, 1, 10, 100);
  seats.hold("E", a1, 1, 11, 200);
  seats.place("E", a1, {1, 7, 10}, false);
  CHECK(seats.overdue(200, 10).size() == 1);
  CHECK(seats.release("E", a1, 11));
  CHECK(yours(seats.hold("E", a1, 1, 12, 300)) == 7);
  CHECK(refusal(seats.hold("E", a1, 2, 20, 300)) == errc::seat_taken);
}

TEST_CASE("an older sale's late message ends its own hold, though a younger sale has the seat") {
  seat_map seats{hall()};
  seats.hold("E", a1, 1, 10, 100);
  seats.sell("E", a1, {2, 9, 20});
  seats.sell("E", a1, {1, 7, 10});
  CHECK(seats.holds() == 0);
  seats.vacate("E", a1, 9);
  CHECK(state_of(seats, a1) == seat_state::free);
}

TEST_CASE("a comparison that forgets an owner leaves the hold underneath") {
  seat_map seats{hall()};
  seats.hold("E", a1, 1, 11, 100);
  seats.sell("E", a1, {1, 7, 10});
  seats.free_unvouched();
  seats.vouch("E", a1, {1, 7, 10}, true);
  CHECK(seats.free_unvouched() == 0);
  CHECK(seats.free_unvouched() == 1);
  CHECK(state_of(seats, a1) == seat_state::held);
  CHECK(testing::in_hall(seats) == "6 seats, 1 held, 0 sold");
}

TEST_CASE("a row of the store that the venue no longer has is left alone") {
  seat_map seats{hall()};
  seats.place("E", {"Z", 1}, {1, 7}, true);
  seats.place("X", a1, {1, 7}, true);
  seats.sell("E", {"Z", 1}, {1, 7});
  seats.vacate("E", {"Z", 1}, 7);
  CHECK_FALSE(seats.release("X", a1, 7));
  CHECK(testing::in_hall(seats) == "6 seats, 0 held, 0 sold");
}

}  // namespace taquilla
