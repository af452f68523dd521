// What a verdict that is found at the end is about: the reservations that it names, and what the
// store holds of them.
#pragma once

#include "simulation/oracles/oracle.hpp"

#include <set>
#include <string>

namespace taquilla::simulation {

/// Named as "reservation 7" or by a mail, "7-confirmed".
std::set<reservation_id> reservations_named(const std::string& sentence);

/// "reservation 7 is failed, its charge is charged, 50.00; mailed: nothing"; empty for none.
std::string evidence_of(const std::set<reservation_id>& named, const final_state& f);

}  // namespace taquilla::simulation
