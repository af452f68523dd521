#include "domain/money.hpp"

#include <algorithm>

namespace taquilla {

namespace {

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<money> parse_money(std::string_view text) {
  const auto dot = text.find('.');
  const auto whole = text.substr(0, dot);
  auto fraction = dot == std::string_view::npos ? std::string_view{"00"} : text.substr(dot + 1);
  constexpr std::size_t whole_digits_max = 7;  // 1000000: more cannot be in range
  if (!all_digits(whole) || whole.size() > whole_digits_max || !all_digits(fraction) ||
      fraction.size() > 2)
    return std::nullopt;
  if (whole.size() > 1 && whole.front() == '0') return std::nullopt;
  std::int64_t cents = 0;
  for (char c : whole) cents = cents * 10 + (c - '0');
  cents = cents * 100 + (fraction[0] - '0') * 10;
  if (fraction.size() == 2) cents += fraction[1] - '0';
  if (cents <= 0 || cents > money_cents_max) return std::nullopt;
  return money{cents};
}

std::string to_string(money amount) {
  const auto whole = amount.cents / 100;
  const auto rest = amount.cents % 100;
  return std::to_string(whole) + (rest < 10 ? ".0" : ".") + std::to_string(rest);
}

}  // namespace taquilla
