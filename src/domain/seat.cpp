#include "domain/seat.hpp"

namespace taquilla {

std::optional<seat_id> parse_seat(std::string_view text) {
  constexpr std::size_t row_max = 4, digits_max = 4;
  std::size_t letters = 0;
  while (letters < text.size() && text[letters] >= 'A' && text[letters] <= 'Z') ++letters;
  const auto digits = text.substr(letters);
  if (letters == 0 || letters > row_max || digits.empty() || digits.size() > digits_max)
    return std::nullopt;
  if (digits.front() == '0') return std::nullopt;
  std::uint32_t number = 0;
  for (char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return seat_id{std::string{text.substr(0, letters)}, number};
}

std::string to_string(const seat_id& seat) { return seat.row + std::to_string(seat.number); }

bool is_event_id(std::string_view text) {
  constexpr std::size_t length_max = 64;
  if (text.empty() || text.size() > length_max) return false;
  for (char c : text) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    const bool digit = c >= '0' && c <= '9';
    if (!letter && !digit && c != '-' && c != '_' && c != '.') return false;
  }
  return true;
}

const char* to_string(seat_state state) {
  switch (state) {
    case seat_state::free:
      return "free";
    case seat_state::held:
      return "held";
    case seat_state::sold:
      return "sold";
  }
  return "?";
}

}  // namespace taquilla
