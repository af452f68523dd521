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

std::string whole_refusal(const std::string& text) {
  const auto read = read_venue(text);
  return read ? "" : read.failure().detail;
}

/// Without the line and column.
std::string refusal(const std::string& text) {
  const auto whole = whole_refusal(text);
  return whole.empty() ? "" : whole.substr(whole.find(' ') + 1);
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

TEST_CASE("a mistake has its line and column, the nearest thing around it at least") {
  CHECK(whole_refusal(hall("1", R"(["A"])", "1")) == "1:20 events[0].id: must be a text");
  CHECK(whole_refusal("{\"events\": [\n {\"id\": \"E\",\n  \"name\": \"x\",\n  \"rows\": [\"A\","
                      "\n\"a\"], \"seatsPerRow\": 1}]}") ==
        "4:11 events[0].rows[1]: a row is one to four capital letters");
  CHECK(whole_refusal("{\"events\": [\n  {},\n  7]}") ==
        "2:3 events[0]: the key \"id\" is missing");
  CHECK(whole_refusal("\n[]") == "1:1 the venue: must be an object");
  CHECK(whole_refusal("{\n  oops").rfind("2:3 is not JSON: ", 0) == 0);
  CHECK(whole_refusal(std::string(40, '[')) == "1:17 nested too deeply");
}

TEST_CASE("a key that is there twice is refused at the second one") {
  CHECK(whole_refusal("{\"events\": [],\n \"events\": []}") ==
        "2:2 the key \"events\" is there twice");
  CHECK(whole_refusal(R"({"events": [{"id": "E", "id": "F", "name": "x", "rows": ["A"],)"
                      R"( "seatsPerRow": 1}]})") == "1:25 the key \"id\" is there twice");
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
