// A second as the Date of an answer has it (RFC 9110, 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
// Not with the C library's names of days and months, which depend on a locale. Pure.
#pragma once

#include <cstdint>
#include <string>

namespace taquilla::gateway {

/// @param second since 1970, UTC; of the years 1970..9999
std::string http_date(std::int64_t second);

}  // namespace taquilla::gateway
