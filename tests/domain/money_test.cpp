// Goal: no amount is ever rounded, guessed or negative. Method: tables of what is read and what is
// refused, and a round trip over every kind of amount in range.
#include "domain/money.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

namespace taquilla {

TEST_CASE("a plain decimal is read to the cent") {
  CHECK(parse_money("50") == money{5000});
  CHECK(parse_money("50.5") == money{5050});
  CHECK(parse_money("50.05") == money{5005});
  CHECK(parse_money("50.00") == money{5000});
  CHECK(parse_money("0.01") == money{1});
  CHECK(parse_money("1000000") == money{money_cents_max});
  CHECK(parse_money("1000000.00") == money{money_cents_max});
}

TEST_CASE("what is not a plain decimal with two fraction digits is refused, not rounded") {
  for (const char* text :
       {"",       ".",        "0",    "0.00", "-1",    "+1",  "1.",      ".5",   "1.234",
        "50.000", "1e2",      "1E2",  "01",   "00.50", " 1",  "1 ",      "1,50", "0x10",
        "NaN",    "Infinity", "1.-5", "1..5", "1.5.0", "--1", "\xd9\xa1"})
    CHECK_MESSAGE(!parse_money(text), std::string{text});
  CHECK_FALSE(parse_money(std::string_view{"1\0", 2}));
}

TEST_CASE("an amount above the largest is refused however long it is written") {
  CHECK_FALSE(parse_money("1000000.01"));
  CHECK_FALSE(parse_money("9999999"));
  CHECK_FALSE(parse_money("10000000"));
  CHECK_FALSE(parse_money(std::string(400, '9')));
}

TEST_CASE("an amount is written with two fraction digits") {
  CHECK(to_string(money{1}) == "0.01");
  CHECK(to_string(money{10}) == "0.10");
  CHECK(to_string(money{5000}) == "50.00");
  CHECK(to_string(money{money_cents_max}) == "1000000.00");
}

TEST_CASE("every amount that is written is read back as itself") {
  for (std::int64_t cents = 1; cents <= money_cents_max; cents += cents < 20'000 ? 1 : 9'973)
    if (parse_money(to_string(money{cents})) != money{cents}) FAIL(cents);
}

}  // namespace taquilla
