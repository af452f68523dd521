// Goal: a seat has one holder or one owner, or none, and what the map shows is what it believes.
// Method: short stories over a hall of two rows; the counters are compared after each.
#include "seat_map_support.hpp"

#include <doctest/doctest.h>

namespace taquilla {

using testing::a1;
using testing::hall;
using testing::in_hall;
using testing::is_held;
using testing::refusal;
using testing::yours;

TEST_CASE("a free seat can be held, and a held seat cannot be held by another buyer") {
  seat_map seats{hall()};
  CHECK(is_held(seats.hold("E", a1, 1, 10, 100)));
  CHECK(refusal(seats.hold("E", a1, 2, 11, 100)) == errc::seat_taken);
  CHECK(testing::state_of(seats, a1) == seat_state::held);
  CHECK(seats.holds() == 1);
}

TEST_CASE("the same buyer takes over a hold that he left behind, and the old token ends nothing") {
  seat_map seats{hall()};
  seats.hold("E", a1, 1, 10, 100);
  CHECK(is_held(seats.hold("E", a1, 1, 11, 200)));
  CHECK(seats.holds() == 1);
  CHECK_FALSE(seats.release("E", a1, 10));
  CHECK(testing::state_of(seats, a1) == seat_state::held);
  CHECK(seats.release("E", a1, 11));
  CHECK(testing::state_of(seats, a1) == seat_state::free);
}

TEST_CASE("a seat outside the hall is refused by name of what is wrong") {
  seat_map seats{hall()};
  CHECK(refusal(seats.hold("X", a1, 1, 1, 1)) == errc::unknown_event);
  CHECK(refusal(seats.hold("E", {"C", 1}, 1, 1, 1)) == errc::unknown_seat);
  CHECK(refusal(seats.hold("E", {"A", 0}, 1, 1, 1)) == errc::unknown_seat);
  CHECK(refusal(seats.hold("E", {"A", 4}, 1, 1, 1)) == errc::unknown_seat);
  CHECK(seats.holds() == 0);
}

TEST_CASE("a sold seat belongs to its buyer, who is told so, and to nobody else") {
  seat_map seats{hall()};
  seats.hold("E", a1, 1, 10, 100);
  seats.sell("E", a1, {1, 7, 10});
  CHECK(seats.holds() == 0);
  CHECK(testing::state_of(seats, a1) == seat_state::sold);
  CHECK(yours(seats.hold("E", a1, 1, 12, 100)) == 7);
  CHECK(refusal(seats.hold("E", a1, 2, 13, 100)) == errc::seat_taken);
}

TEST_CASE("only the owner's end vacates a seat") {
  seat_map seats{hall()};
  seats.sell("E", a1, {1, 7});
  seats.vacate("E", a1, 6);
  CHECK(testing::state_of(seats, a1) == seat_state::sold);
  seats.vacate("E", a1, 7);
  CHECK(testing::state_of(seats, a1) == seat_state::free);
  CHECK(is_held(seats.hold("E", a1, 2, 14, 100)));
}

TEST_CASE("a comparison frees what nobody vouched for and leaves alone what changed meanwhile") {
  const seat_id a2{"A", 2}, a3{"A", 3}, b1{"B", 1};
  seat_map seats{hall()};
  for (const auto& seat : {a1, a2}) seats.sell("E", seat, {1, seat.number});
  seats.free_unvouched();  // ends the comparison during which they were sold
  CHECK(in_hall(seats) == "6 seats, 0 held, 2 sold");
  seats.hold("E", b1, 2, 10, 100);
  seats.sell("E", a3, {3, 3});         // nobody vouches for it, but it is news
  seats.vouch("E", a1, {1, 1}, true);  // and nobody vouches for A2
  seats.vouch("E", b1, {4, 4}, true);  // a held seat stays as it is
  CHECK(seats.free_unvouched() == 1);
  CHECK(testing::state_of(seats, a1) == seat_state::sold);
  CHECK(testing::state_of(seats, a2) == seat_state::free);
  CHECK(testing::state_of(seats, a3) == seat_state::sold);
  CHECK(testing::state_of(seats, b1) == seat_state::held);
  seats.spare("E", a1);
  CHECK(seats.free_unvouched() == 1);
  CHECK(in_hall(seats) == "6 seats, 1 held, 1 sold");
}

TEST_CASE("holds whose time is over are told oldest first and stay held until somebody decides") {
  seat_map seats{hall()};
  seats.hold("E", {"A", 1}, 1, 10, 300);
  seats.hold("E", {"A", 2}, 1, 11, 100);
  seats.hold("E", {"A", 3}, 1, 12, 200);
  CHECK(seats.overdue(99, 10).empty());
  const auto due = seats.overdue(200, 10);
  REQUIRE(due.size() == 2);
  CHECK(due[0].token == 11);
  CHECK(due[1].token == 12);
  CHECK(due[1].seat == seat_id{"A", 3});
  CHECK(seats.overdue(1000, 1).size() == 1);
  CHECK(seats.holds() == 3);
  CHECK(seats.release("E", due[0].seat, due[0].token));
  CHECK(seats.overdue(200, 10).size() == 1);
}

TEST_CASE("a page of seats follows the venue's order and goes on after a seat") {
  seat_map seats{hall()};
  seats.hold("E", {"B", 1}, 1, 10, 500);
  seats.sell("E", {"A", 2}, {1, 7});
  const auto first = seats.list("E", nullptr, 4);
  REQUIRE(first);
  REQUIRE(first->size() == 4);
  CHECK((*first)[1].state == seat_state::sold);
  CHECK((*first)[3].seat == seat_id{"B", 1});
  CHECK((*first)[3].held_until_ms == 500);
  const auto rest = seats.list("E", &(*first)[3].seat, 4);
  REQUIRE(rest);
  CHECK(rest->size() == 2);
  CHECK((*rest)[0].seat == seat_id{"B", 2});
  CHECK(seats.list("X", nullptr, 4).failure().code == errc::unknown_event);
  const seat_id nowhere{"C", 1};
  CHECK(seats.list("E", &nowhere, 4).failure().code == errc::unknown_seat);
}

TEST_CASE("the counters of an event follow its seats") {
  seat_map seats{hall()};
  CHECK(in_hall(seats) == "6 seats, 0 held, 0 sold");
  seats.hold("E", a1, 1, 10, 100);
  seats.place("E", {"A", 2}, {2, 5}, false);
  CHECK(in_hall(seats) == "6 seats, 2 held, 0 sold");
  seats.sell("E", a1, {1, 7, 10});
  seats.place("E", {"A", 2}, {2, 5}, true);
  CHECK(in_hall(seats) == "6 seats, 0 held, 2 sold");
  seats.vacate("E", a1, 7);
  CHECK(in_hall(seats) == "6 seats, 0 held, 1 sold");
}

}  // namespace taquilla
