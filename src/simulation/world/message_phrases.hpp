// What the messages of a purchase say, in words that need no look into the protocol: not
// `live_seat(0, "EVT-001", A3, 0, false, 0)` but `live_seat(EVT-001 A3: nobody)`.
//
// One function a message, for those that make up nearly all of a story; what has none is printed as
// CAF prints it. Left out are the clock of the sender (it is the line's own time unless PROCESS
// says otherwise), timelines, and what only a program can use. Pure functions.
#pragma once

#include <caf/fwd.hpp>

#include <string>

namespace taquilla::simulation {

/// What stands between the parentheses.
/// @return false when there are no words for this message.
bool phrase_of(const caf::type_erased_tuple& content, std::string& out);

}  // namespace taquilla::simulation
