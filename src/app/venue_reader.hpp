// VENUE READER: the halls that are sold, from the text of a venue file:
//
//   {"events": [{"id": "EVT-001", "name": "...", "rows": ["A", "B"], "seatsPerRow": 100}]}
//
// It refuses what seat_map could not hold: bad or repeated names, no seats, too many of them. The
// demo hall (config/venue.json) is inside the executable, so that one file is enough to start.
// Pure; any thread.
#pragma once

#include "domain/error.hpp"
#include "domain/seat_map.hpp"

#include <string>

namespace taquilla::app {

/// All events together; 16 bytes a seat once its row is touched.
inline constexpr std::uint64_t venue_seats_max = 10'000'000;

/// The failure's detail begins with the place: `7:13 events[0].rows[3]: ...`. A key that is there
/// twice is refused, as in the configuration.
result<venue> read_venue(const std::string& text);

/// config/venue.json as it was when this program was built.
extern const char* const demo_venue_text;

}  // namespace taquilla::app
