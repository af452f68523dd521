// Goal: the small texts of the wire are exact: times, escapes, numbers.
// Method: tables of values and their text; a day-by-day walk of the calendar.
#include "gateway/iso_time.hpp"
#include "gateway/json_writer.hpp"
#include "gateway/purchase_limit.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace taquilla;
using namespace taquilla::gateway;

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

TEST_CASE("any bytes become valid JSON text, and good text survives") {
  const auto written = [](std::string_view text) { return json_writer{}.text(text).take(); };
  CHECK(written("a\"b\\c\n\r\t\x01\x1f\x7f") == R"("a\"b\\c\n\r\t\u0001\u001f\u007f")");
  CHECK(written("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80") ==
        "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
  CHECK(written("\xFF") == "\"\xEF\xBF\xBD\"");
  CHECK(written("a\xC3") == "\"a\xEF\xBF\xBD\"");
  CHECK(written("\xED\xA0\x80") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
  for (int a = 0; a < 256; ++a)
    for (int b = 0; b < 256; ++b) {
      const std::string bytes = {'x', static_cast<char>(a), static_cast<char>(b), 'y'};
      const auto read = nlohmann::json::parse(written(bytes), nullptr, false);
      REQUIRE(!read.is_discarded());
      if (a < 0x80 && b < 0x80) REQUIRE(read == bytes);
      const auto longest = written(bytes.substr(1, 2) + "\x80\x80");
      REQUIRE(!nlohmann::json::parse(longest, nullptr, false).is_discarded());
    }
}

TEST_CASE("objects and arrays get their commas") {
  json_writer json;
  json.open_object().key("a").open_array().number(std::uint64_t{1}).boolean(false).open_object();
  json.close_object().null().close_array().signed_number("b", -5).text_or_null("c", "");
  json.amount("d", money{5}).time("e", 0).text("f", "").close_object();
  CHECK(json.take() == R"({"a":[1,false,{},null],"b":-5,"c":null,"d":0.05,"e":null,"f":""})");
}

TEST_CASE("the limit's fields follow the excess as it leaks away") {
  purchase_limit limit{rate_limiter_config{}};
  for (int i = 0; i < 6; ++i) CHECK(limit.decide("192.0.2.1", 0).pass);
  const auto at = [&](instant_ms now) {
    return limit.state_of("192.0.2.1", now).fields.at(1).second;
  };
  CHECK(limit.state_of("192.0.2.1", 500).evidence == "excess_milli=4000 burst=5 remaining=1");
  CHECK(at(0) == "\"reservations\";r=0;t=3");
  CHECK(at(499) == "\"reservations\";r=0;t=3");
  CHECK(at(500) == "\"reservations\";r=1;t=2");
  CHECK(at(2'500) == "\"reservations\";r=5;t=0");
}
