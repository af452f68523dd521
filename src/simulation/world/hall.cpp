#include "simulation/world/hall.hpp"

#include <algorithm>

namespace taquilla::simulation {

namespace {

constexpr std::uint32_t seats_a_row = 4;

}  // namespace

const venue& both_halls() {
  static const venue halls{{"EVT-001", "Simulated night", {"A", "B"}, seats_a_row},
                           {"EVT-002", "Simulated morning", {"A", "B"}, seats_a_row}};
  return halls;
}

std::string name_of_place(const std::string& event, const seat_id& seat) {
  const bool first = event == both_halls().front().id;
  return (first ? "" : event + "/") + to_string(seat);
}

std::optional<place> parse_place(const std::string& name) {
  const auto& halls = both_halls();
  const auto slash = name.find('/');
  const bool plain = slash == std::string::npos;
  const auto event = plain ? halls.front().id : name.substr(0, slash);
  const auto seat = parse_seat(plain ? name : name.substr(slash + 1));
  const auto hall =
      std::find_if(halls.begin(), halls.end(), [&](const venue_event& e) { return e.id == event; });
  if (hall == halls.end() || !seat || seat->number > hall->seats_per_row) return std::nullopt;
  const bool there = std::find(hall->rows.begin(), hall->rows.end(), seat->row) != hall->rows.end();
  return there ? std::make_optional(place{event, *seat}) : std::nullopt;
}

}  // namespace taquilla::simulation
