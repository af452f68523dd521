// What the tests of the seat map share: a hall of two rows of three, and short questions about it.
// Test support only.
#pragma once

#include "domain/seat_map.hpp"

#include <string>

namespace taquilla::testing {

inline const seat_id a1{"A", 1};

inline venue hall() { return {{"E", "Evento", {"A", "B"}, 3}}; }

inline bool is_held(const seat_map::hold_answer& answer) {
  return std::holds_alternative<seat_map::held>(answer);
}

/// The reservation that owns the seat already; 0 when the answer is another.
inline reservation_id yours(const seat_map::hold_answer& answer) {
  const auto* mine = std::get_if<seat_map::yours>(&answer);
  return mine == nullptr ? 0 : mine->id;
}

inline errc refusal(const seat_map::hold_answer& answer) {
  const auto* why = std::get_if<error>(&answer);
  return why == nullptr ? errc::none : why->code;
}

inline seat_state state_of(const seat_map& seats, const seat_id& which) {
  const auto page = seats.list("E", nullptr, 100);
  for (const auto& line : *page)
    if (line.seat == which) return line.state;
  return seat_state::free;
}

inline std::string in_hall(const seat_map& seats) {
  const auto e = seats.events().at(0);
  return std::to_string(e.seats) + " seats, " + std::to_string(e.held) + " held, " +
         std::to_string(e.sold) + " sold";
}

}  // namespace taquilla::testing
