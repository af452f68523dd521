// "Did you mean": the known name nearest to a mistyped one, for keys, options and commands alike.
// Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace taquilla::app {

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The nearest name, or empty when none is near enough to be what was meant (a third of its
/// length).
std::string closest_name(std::string_view typed, const std::vector<std::string>& known);

}  // namespace taquilla::app
