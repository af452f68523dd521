// The halls of every run, and how their seats are called: two events with the same two rows of four
// seats, so that who looks at a seat without its event, or at a number without its row, is found
// out. A seat of the first event goes by its own name, `A1`; one of the second by `EVT-002/A1`.
#pragma once

#include "domain/reservation.hpp"
#include "domain/seat_map.hpp"

#include <optional>
#include <string>

namespace taquilla::simulation {

struct place {
  std::string event;
  seat_id seat;
};

const venue& both_halls();
/// Of any event and seat, there or not.
std::string name_of_place(const std::string& event, const seat_id& seat);
/// Nothing if there is no such seat in either hall.
std::optional<place> parse_place(const std::string& name);

}  // namespace taquilla::simulation
