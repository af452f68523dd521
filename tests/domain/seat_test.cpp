// Goal: a seat or an event has one way of being written. Method: tables, and a round trip.
#include "domain/seat.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

namespace taquilla {

TEST_CASE("a seat is a row of capitals and a number") {
  CHECK(parse_seat("A1") == seat_id{"A", 1});
  CHECK(parse_seat("ZZZZ9999") == seat_id{"ZZZZ", 9999});
  for (const char* text : {"A1", "B10", "AA7", "ZZZZ9999"})
    CHECK(to_string(*parse_seat(text)) == text);
}

TEST_CASE("a seat that could be written in two ways, or is none, is refused") {
  for (const char* text : {"", "A", "1", "A0", "A01", "a1", "1A", "A1 ", " A1", "A-1", "A+1", "A1B",
                           "AAAAA1", "A10000", "A1.0",
                           "\xc3\x81"
                           "1"})
    CHECK_MESSAGE(!parse_seat(text), std::string{text});
}

TEST_CASE("seats are ordered by row, then by number and not by text") {
  CHECK(seat_id{"A", 2} < seat_id{"A", 10});
  CHECK(seat_id{"A", 10} < seat_id{"B", 1});
  CHECK_FALSE(seat_id{"B", 1} < seat_id{"A", 10});
  CHECK(seat_id{"A", 1} != seat_id{"A", 2});
}

TEST_CASE("an event's name is short and of letters, digits, dash, underscore and dot") {
  CHECK(is_event_id("EVT-001"));
  CHECK(is_event_id("a_b.C-9"));
  CHECK(is_event_id(std::string(64, 'x')));
  CHECK_FALSE(is_event_id(std::string(65, 'x')));
  for (const char* text : {"", "EVT 1", "EVT/1", "EVT?x", "<b>", "EVT\n", "EVT\xc3\xa9"})
    CHECK_MESSAGE(!is_event_id(text), std::string{text});
}

TEST_CASE("every state of a seat has a name of its own") {
  CHECK(std::string{to_string(seat_state::free)} == "free");
  CHECK(std::string{to_string(seat_state::held)} == "held");
  CHECK(std::string{to_string(seat_state::sold)} == "sold");
}

}  // namespace taquilla
