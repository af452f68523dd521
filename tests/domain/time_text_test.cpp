// Goal: a time is told exactly, whatever its date.
// Method: tables of values and their text; a day-by-day walk of the calendar.
#include "domain/time_text.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdio>
#include <utility>

using namespace taquilla;

TEST_CASE("times are ISO-8601 in UTC with milliseconds") {
  const std::pair<wall_ms, const char*> table[] = {
      {0, "1970-01-01T00:00:00.000Z"},
      {-1, "1969-12-31T23:59:59.999Z"},
      {951'782'399'999, "2000-02-28T23:59:59.999Z"},
      {951'782'400'000, "2000-02-29T00:00:00.000Z"},
      {1'709'251'199'000, "2024-02-29T23:59:59.000Z"},
      {4'107'542'400'000, "2100-03-01T00:00:00.000Z"},
      {4'107'542'399'999, "2100-02-28T23:59:59.999Z"},
      {253'402'300'799'999, "9999-12-31T23:59:59.999Z"},
      {INT64_MAX, "9999-12-31T23:59:59.999Z"},
      {-62'167'219'200'000, "0000-01-01T00:00:00.000Z"},
      {INT64_MIN, "0000-01-01T00:00:00.000Z"}};
  for (const auto& [at, text] : table) CHECK(iso_time(at) == text);
}

TEST_CASE("every day of four centuries follows the day before it") {
  const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  constexpr wall_ms day = 86'400'000;
  wall_ms at = -day * 25'567;  // 1900-01-01
  for (int year = 1900; year < 2300; ++year)
    for (int month = 1; month <= 12; ++month) {
      const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
      const int days = lengths[month - 1] + (month == 2 && leap ? 1 : 0);
      for (int d = 1; d <= days; ++d, at += day) {
        char expected[48];
        std::snprintf(expected, sizeof expected, "%04d-%02d-%02dT00:00:00.000Z", year, month, d);
        REQUIRE(iso_time(at) == expected);
      }
    }
}

TEST_CASE("a date of HTTP names its day and its month") {
  CHECK(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http_date(1709251199) == "Thu, 29 Feb 2024 23:59:59 GMT");
}
