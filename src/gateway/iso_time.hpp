// Wall-clock milliseconds as text, "2026-11-24T07:01:36.123Z". Pure arithmetic on the civil
// calendar: no time zone, no locale, no C library buffer, callable from any thread.
#pragma once

#include "domain/reservation.hpp"

#include <string>

namespace taquilla::gateway {

/// @param at since 1970-01-01 UTC; years 0..9999, anything outside is clamped to that range.
std::string iso_time(wall_ms at);

}  // namespace taquilla::gateway
