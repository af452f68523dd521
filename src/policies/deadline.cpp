#include "policies/deadline.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace taquilla {

parsed_deadline parse_deadline(std::string_view wire, instant_ms now,
                               const deadline_limits& limits) {
  const duration_ms granted = std::min(limits.default_ms, limits.max_ms);
  if (wire.empty()) return {deadline::after(now, granted), deadline_reading::absent};

  duration_ms budget = 0;
  const char* const end = wire.data() + wire.size();
  const auto [stop, failure] = std::from_chars(wire.data(), end, budget);
  if (failure == std::errc::invalid_argument || stop != end)
    return {deadline::after(now, granted), deadline_reading::garbage};
  // Out of range is a number all the same: one that is far too long or long over.
  const bool negative = wire.front() == '-';
  const bool beyond = failure == std::errc::result_out_of_range;
  if (negative || (!beyond && budget == 0))
    return {deadline::after(now, 0), deadline_reading::already_expired};
  if (beyond || budget > limits.max_ms)
    return {deadline::after(now, limits.max_ms), deadline_reading::too_long};
  return {deadline::after(now, budget), deadline_reading::accepted};
}

}  // namespace taquilla
