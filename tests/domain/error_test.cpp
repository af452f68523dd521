// Goal: the error table is complete and unambiguous, because clients program against its names and
// people read its sentences. Method: walk every code that the table has.
#include "domain/error.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace taquilla {

namespace {

constexpr errc all_codes[] = {
#define X(code, kind, message, title) errc::code,
#include "domain/errors.def"
#undef X
};

}  // namespace

TEST_CASE("every error code has a message, a title and a name of its own") {
  std::set<std::string> names, titles;
  for (const auto code : all_codes) {
    const std::string name = to_string(code);
    CAPTURE(name);
    CHECK_FALSE(std::string{message_of(code)}.empty());
    CHECK_FALSE(std::string{title_of(code)}.empty());
    CHECK(names.insert(name).second);
    CHECK(titles.insert(title_of(code)).second);
  }
}

TEST_CASE("an error name is a stable word of small letters and leads back to its code") {
  for (const auto code : all_codes) {
    const std::string name = to_string(code);
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos);
    CHECK(errc_from_string(name) == code);
  }
  CHECK(errc_from_string("no_such_code") == errc::none);
  CHECK(errc_from_string("") == errc::none);
}

TEST_CASE("the kinds that decide the status of the original's answers do not drift") {
  CHECK(kind_of(errc::seat_taken) == error_kind::conflict);
  CHECK(kind_of(errc::payment_declined) == error_kind::declined);
  CHECK(kind_of(errc::payment_timeout) == error_kind::too_late);
  CHECK(kind_of(errc::inventory_unavailable) == error_kind::unavailable);
  CHECK(kind_of(errc::breaker_open) == error_kind::unavailable);
  CHECK(kind_of(errc::rate_limited) == error_kind::too_many);
  CHECK(kind_of(errc::key_reused) == error_kind::invalid);
  CHECK(kind_of(errc::key_in_flight) == error_kind::conflict);
}

TEST_CASE("a code from outside the table reads as an internal error") {
  CHECK(kind_of(static_cast<errc>(250)) == error_kind::broken);
  CHECK(std::string{to_string(static_cast<errc>(250))} == "internal_error");
}

TEST_CASE("a result is either its value or its reason") {
  result<std::string> good{std::string{"x"}};
  result<std::string> bad{errc::seat_taken};
  CHECK(good);
  CHECK(*good == "x");
  CHECK_FALSE(bad);
  CHECK(bad.failure().code == errc::seat_taken);
}

}  // namespace taquilla
