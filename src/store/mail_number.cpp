#include "store/mail_number.hpp"

#include <charconv>

namespace taquilla::store {

std::int64_t mail_number(reservation_id id, mail_kind kind) {
  return static_cast<std::int64_t>(id * 2 + static_cast<std::uint64_t>(kind));
}

reservation_id reservation_of(std::int64_t number) {
  return static_cast<reservation_id>(number) / 2;
}

mail_kind kind_of(std::int64_t number) {
  return number % 2 == 0 ? mail_kind::confirmed : mail_kind::cancelled;
}

std::string message_id_of(std::int64_t number) {
  return std::to_string(reservation_of(number)) + '-' + to_string(kind_of(number));
}

std::optional<std::int64_t> parse_cursor(std::string_view text) {
  constexpr std::size_t digits_max = 18;  // more might not fit
  if (text.empty() || text.size() > digits_max || text.front() == '-') return std::nullopt;
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_message_id(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto digits = text.substr(0, dash);
  const auto id = parse_cursor(digits);
  const auto kind = text.substr(dash + 1);
  // No reservation is 0, and an id has one spelling.
  if (!id || digits.front() == '0' || (kind != "confirmed" && kind != "cancelled"))
    return std::nullopt;
  return mail_number(static_cast<reservation_id>(*id),
                     kind == "confirmed" ? mail_kind::confirmed : mail_kind::cancelled);
}

}  // namespace taquilla::store
