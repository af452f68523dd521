// Goal: a deadline expires at its instant, only shrinks, and untrusted text cannot lengthen it.
// Method: tables one millisecond around every boundary.
#include "policies/deadline.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace taquilla;

TEST_CASE("a deadline expires at its instant and not one millisecond earlier") {
  const deadline due = deadline::at(1'000);
  CHECK_FALSE(due.expired(999));
  CHECK(due.expired(1'000));
  CHECK(due.expired(1'001));
  CHECK(due.remaining(999) == 1);
  CHECK(due.remaining(1'000) == 0);
  CHECK(due.remaining(5'000) == 0);
}

TEST_CASE("a budget of nothing is expired from the start") {
  CHECK(deadline::after(50, 0).expired(50));
  CHECK(deadline::after(50, -7).expired(50));
  CHECK_FALSE(deadline::after(50, 1).expired(50));
}

TEST_CASE("the default deadline never expires and does not overflow") {
  const deadline never;
  CHECK_FALSE(never.expired(instant_never - 1));
  CHECK(never.remaining(-5) == instant_never);
  CHECK(never.attempt_timeout(0, 5'000) == 5'000);
  const auto earliest = std::numeric_limits<instant_ms>::min();
  CHECK(deadline::at(10).remaining(earliest) == instant_never);
  CHECK(deadline::after(10, instant_never).instant() == instant_never);
}

TEST_CASE("three attempts of 100 ms within 250 ms get 100, 100 and 50 ms") {
  const deadline due = deadline::after(0, 250);
  CHECK(due.attempt_timeout(0, 100) == 100);
  CHECK(due.attempt_timeout(100, 100) == 100);
  CHECK(due.attempt_timeout(200, 100) == 50);
  CHECK(due.attempt_timeout(250, 100) == 0);
}

TEST_CASE("every hop passes on less than it was given") {
  const deadline first = deadline::after(0, 250);
  CHECK(first.wire_ms(10, 20) == 220);
  const deadline second = deadline::after(1'000'000, first.wire_ms(10, 20));
  CHECK(second.wire_ms(1'000'100, 20) == 100);
  const deadline third = deadline::after(7, second.wire_ms(1'000'100, 20));
  CHECK(third.wire_ms(90, 20) == 0);
}

TEST_CASE("a wire deadline is read defensively") {
  const deadline_limits limits{3'000, 10'000};
  struct row {
    const char* text;
    deadline_reading reading;
    duration_ms left;
  };
  const row rows[] = {
      {"", deadline_reading::absent, 3'000},
      {"1", deadline_reading::accepted, 1},
      {"10000", deadline_reading::accepted, 10'000},
      {"10001", deadline_reading::too_long, 10'000},
      {"99999999999999999999999999", deadline_reading::too_long, 10'000},
      {"0", deadline_reading::already_expired, 0},
      {"-0", deadline_reading::already_expired, 0},
      {"-1", deadline_reading::already_expired, 0},
      {"-99999999999999999999999999", deadline_reading::already_expired, 0},
      {"-", deadline_reading::garbage, 3'000},
      {"+5", deadline_reading::garbage, 3'000},
      {" 5", deadline_reading::garbage, 3'000},
      {"5ms", deadline_reading::garbage, 3'000},
      {"1e3", deadline_reading::garbage, 3'000},
      {"-x", deadline_reading::garbage, 3'000},
  };
  for (const row& each : rows) {
    CAPTURE(each.text);
    const parsed_deadline read = parse_deadline(each.text, 500, limits);
    CHECK(read.reading == each.reading);
    CHECK(read.value.remaining(500) == each.left);
  }
}

TEST_CASE("a default above the maximum is cut to it") {
  CHECK(parse_deadline("", 0, {9'000, 1'000}).value.remaining(0) == 1'000);
}
