// What a message says, for people: `hold_answer(held)`, `error seat_taken: A1`.
// Read by traces and by the report of a broken promise; costs time, so only when somebody reads.
#pragma once

#include <caf/fwd.hpp>

#include <string>

namespace taquilla::simulation {

std::string words_of(const caf::type_erased_tuple& content);
/// Its fields as they are, in the order of the protocol: `hold_seat("EVT-001", A1, 1, 7)`.
std::string fields_of(const caf::type_erased_tuple& content);

}  // namespace taquilla::simulation
