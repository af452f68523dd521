// Spans of time in words: as case files write them ("70s", "300ms", "20us", in the largest unit
// that leaves no fraction), and as traces do, beside their column of seconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace taquilla::simulation {

/// In microseconds.
enum class span_unit : std::int64_t { us = 1, ms = 1'000, s = 1'000'000 };

/// @param count of `in`; may be negative.
std::string print_span(std::int64_t count, span_unit in);

/// "0.250000 s"
std::string print_seconds(std::int64_t ns);

/// @return how many of `in` the text means; nothing if it is no span, or no whole number of them.
std::optional<std::int64_t> parse_span(const std::string& text, span_unit in);

}  // namespace taquilla::simulation
