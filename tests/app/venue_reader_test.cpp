// Goal: a venue that seat_map can hold is read as written, any other is refused at its place.
// Method: the demo hall, and one mistake at a time in a small one.
#include "app/venue_reader.hpp"

#include <doctest/doctest.h>

namespace taquilla::app {

namespace {

std::string hall(const std::string& id, const std::string& rows, const std::string& seats) {
  return R"({"events": [{"id": )" + id + R"(, "name": "x", "rows": )" + rows +
         R"(, "seatsPerRow": )" + seats + "}]}";
}

std::string refusal(const std::string& text) {
  const auto read = read_venue(text);
  return read ? "" : read.failure().detail;
}

}  // namespace

TEST_CASE("the demo hall sells a thousand seats of EVT-001") {
  const auto plan = read_venue(demo_venue_text);
  REQUIRE(plan);
  REQUIRE(plan->size() == 1);
  CHECK(plan->front().id == "EVT-001");
  CHECK(plan->front().rows.size() == 10);
  CHECK(plan->front().rows.front() == "A");
  CHECK(plan->front().seats_per_row == 100);
}

TEST_CASE("a venue that cannot be sold is refused with the place of the mistake") {
  CHECK(refusal(hall(R"("E")", R"(["A"])", "1")).empty());
  CHECK(refusal(hall(R"("E 1")", R"(["A"])", "1")).rfind("events[0].id: ", 0) == 0);
  CHECK(refusal(hall("1", R"(["A"])", "1")) == "events[0].id: must be a text");
  CHECK(refusal(hall(R"("E")", "[]", "1")).rfind("events[0].rows: ", 0) == 0);
  CHECK(refusal(hall(R"("E")", R"(["A","a"])", "1")) ==
        "events[0].rows[1]: a row is one to four capital letters");
  CHECK(refusal(hall(R"("E")", R"(["A","A"])", "1")) ==
        "events[0].rows[1]: the row A is there twice");
  for (const auto* seats : {"0", "10000", "-1", "1.5", R"("1")"})
    CHECK(refusal(hall(R"("E")", R"(["A"])", seats)) == "events[0].seatsPerRow: must be 1..9999");
  CHECK(refusal(R"({"events": []})") == "events: must be a list with at least one");
  CHECK(refusal(R"({"event": []})") ==
        "the venue: unknown key \"event\"; did you mean \"events\"?");
  CHECK(refusal(R"({})") == "the venue: the key \"events\" is missing");
  CHECK_FALSE(refusal("{").empty());
}

TEST_CASE("two events of one name and more seats than memory should hold are refused") {
  const std::string one = R"({"id": "E", "name": "x", "rows": ["A"], "seatsPerRow": 1})";
  CHECK(refusal(R"({"events": [)" + one + ',' + one + "]}") == "events[1].id: E is there twice");
  std::string rows;
  for (char a = 'A'; a <= 'Z'; ++a)
    for (char b = 'A'; b <= 'Z'; ++b)
      for (char c = 'A'; c <= 'B'; ++c)
        rows += (rows.empty() ? "\"" : ",\"") + std::string{a, b, c} + '"';
  CHECK(refusal(hall(R"("E")", "[" + rows + "]", "9999")) ==
        "events[0]: more than 10000000 seats in all");
}

}  // namespace taquilla::app
