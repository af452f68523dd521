// Wall-clock time as the two texts that it is told in. Pure arithmetic on the civil calendar: no
// time zone, no locale (which the C library's names of days and months depend on), no buffer of the
// C library, callable from any thread.
#pragma once

#include "domain/reservation.hpp"

#include <string>

namespace taquilla {

/// As JSON has it: "2026-11-24T07:01:36.123Z".
/// @param at since 1970-01-01 UTC; years 0..9999, anything outside is clamped to that range.
std::string iso_time(wall_ms at);

/// As the Date of an HTTP answer has it (RFC 9110, 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
/// @param second since 1970, UTC; of the years 1970..9999
std::string http_date(std::int64_t second);

}  // namespace taquilla
