// A seat of an event, and what can be said of it. A seat is written as its row and its number,
// "A1", as in the original; an event by its own name, "EVT-001". Values only: who may sit is
// seat_map's business, which seats exist is the venue's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace taquilla {

struct seat_id {
  std::string row;           ///< one to four capital letters
  std::uint32_t number = 0;  ///< 1..9999

  friend bool operator==(const seat_id& a, const seat_id& b) {
    return a.number == b.number && a.row == b.row;
  }
  friend bool operator!=(const seat_id& a, const seat_id& b) { return !(a == b); }
  friend bool operator<(const seat_id& a, const seat_id& b) {
    return std::tie(a.row, a.number) < std::tie(b.row, b.number);
  }
};

/// Parses "A1".."ZZZZ9999"; no leading zeros, no blanks, capitals only.
std::optional<seat_id> parse_seat(std::string_view text);
std::string to_string(const seat_id& seat);

/// True for an event's name: 1..64 of letters, digits, '-', '_' and '.'.
bool is_event_id(std::string_view text);

enum class seat_state : std::uint8_t { free, held, sold };
const char* to_string(seat_state state);

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, seat_id& x) {
  return f(x.row, x.number);
}

}  // namespace taquilla
