// Goal: the small texts of the wire are exact: escapes, numbers.
// Method: tables of values and their text.
#include "gateway/json_writer.hpp"
#include "gateway/purchase_limit.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace taquilla;
using namespace taquilla::gateway;

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

TEST_CASE("the limit's fields follow the excess that a decision leaves") {
  purchase_limit limit{rate_limiter_config{}};
  const auto told = [&](const limit_decision& d) { return limit.left_by(d).fields.at(1).second; };
  CHECK(told(limit.decide("192.0.2.1", 0)) == "\"reservations\";r=5;t=0");
  for (int i = 0; i < 4; ++i) CHECK(limit.decide("192.0.2.1", 0).pass);
  const auto last = limit.decide("192.0.2.1", 0);
  CHECK(told(last) == "\"reservations\";r=0;t=3");
  CHECK(limit.left_by(last).evidence == "excess_milli=5000 burst=5 remaining=0");
  const auto refused = limit.decide("192.0.2.1", 499);
  CHECK_FALSE(refused.pass);
  CHECK(limit.left_by(refused).evidence == "excess_milli=4002 burst=5 remaining=0");
  CHECK(told(limit.decide("192.0.2.1", 1'000)) == "\"reservations\";r=1;t=2");
  CHECK(told(limit.decide("192.0.2.1", 9'000)) == "\"reservations\";r=5;t=0");
}
