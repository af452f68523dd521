// Money in whole cents. There is no floating point anywhere near a price: amounts arrive as the
// text of a JSON number, are parsed here digit by digit, and leave the same way. A number that is
// not a plain decimal with at most two fraction digits is refused, never rounded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace taquilla {

struct money {
  std::int64_t cents = 0;

  friend bool operator==(money a, money b) { return a.cents == b.cents; }
  friend bool operator!=(money a, money b) { return a.cents != b.cents; }
};

/// The largest amount of one purchase: 1,000,000.00. It keeps every sum far from overflow.
inline constexpr std::int64_t money_cents_max = 100'000'000;

/// Parses `50`, `50.5`, `50.00`. Refuses signs, exponents, leading zeros, more than two fraction
/// digits, zero, and anything above `money_cents_max`.
std::optional<money> parse_money(std::string_view text);

/// `50.00`: always two fraction digits, the form used in JSON answers and mails.
std::string to_string(money amount);

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, money& x) {
  return f(x.cents);
}

}  // namespace taquilla
