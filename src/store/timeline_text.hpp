// A timeline as one text column: a line an entry, five fields parted by tabs (at, lasted_ms, step,
// detail, fault). Appending to it is appending text, so the store never reads a timeline to
// lengthen it. Tabs, line ends, NUL and backslashes inside a field are escaped; whatever was
// encoded comes back byte by byte. Pure.
#pragma once

#include "domain/reservation.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace taquilla::store {

/// Every line ends in '\n'; no entries give an empty text.
std::string encode_timeline(const std::vector<timeline_entry>& entries);
void encode_onto(std::string& to, const std::vector<timeline_entry>& entries);

/// Lines that are not an entry (a hand has edited the file) are left out.
std::vector<timeline_entry> decode_timeline(std::string_view text);

}  // namespace taquilla::store
