#include "simulation/cases/spans.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <limits>
#include <utility>

namespace taquilla::simulation {

namespace {

constexpr std::array<std::pair<const char*, span_unit>, 3> units{
    {{"s", span_unit::s}, {"ms", span_unit::ms}, {"us", span_unit::us}}};

constexpr std::int64_t us_in(span_unit unit) { return static_cast<std::int64_t>(unit); }

}  // namespace

std::string print_span(std::int64_t count, span_unit in) {
  for (const auto& [name, unit] : units) {
    if (us_in(unit) < us_in(in)) continue;
    const auto factor = us_in(unit) / us_in(in);
    if (unit == in || (count != 0 && count % factor == 0))
      return std::to_string(count / factor) + name;
  }
  return std::to_string(count);
}

std::string print_seconds(std::int64_t ns) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6f s", static_cast<double>(ns) / 1e9);
  return text;
}

std::optional<std::int64_t> parse_span(const std::string& text, span_unit in) {
  std::int64_t count = 0;
  const auto* end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, count);
  if (number.ec != std::errc{}) return std::nullopt;
  const std::string suffix(number.ptr, end);
  for (const auto& [name, unit] : units) {
    if (suffix != name) continue;
    const auto most = std::numeric_limits<std::int64_t>::max() / us_in(unit);
    if (count > most || count < -most || count * us_in(unit) % us_in(in) != 0) return std::nullopt;
    return count * us_in(unit) / us_in(in);
  }
  return std::nullopt;
}

}  // namespace taquilla::simulation
