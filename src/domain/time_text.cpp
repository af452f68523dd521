#include "domain/time_text.hpp"

#include <algorithm>

namespace taquilla {

namespace {

struct civil_date {
  std::int64_t year;
  std::int64_t month, day;
};

/// Day number (0 = 1970-01-01) to a date of the proleptic Gregorian calendar. Years start in March
/// here, so that the leap day is the last one and every month offset is a straight line.
civil_date civil_from_days(std::int64_t days) {
  constexpr std::int64_t days_to_1970 = 719468;  // from 0000-03-01
  constexpr std::int64_t era_days = 146097;      // 400 years
  days += days_to_1970;
  const auto era = (days >= 0 ? days : days - era_days + 1) / era_days;
  const auto day_of_era = days - era * era_days;
  const auto year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const auto day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto shifted_month = (5 * day_of_year + 2) / 153;
  const auto month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

void put(std::string& out, std::int64_t value, int digits, char after) {
  const auto start = out.size();
  out.append(static_cast<std::size_t>(digits), '0');
  for (int i = digits - 1; i >= 0; --i, value /= 10)
    out[start + static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
  out.push_back(after);
}

}  // namespace

std::string iso_time(wall_ms at) {
  constexpr wall_ms year_0 = -62167219200000, year_9999_end = 253402300799999;
  at = std::clamp(at, year_0, year_9999_end);
  constexpr std::int64_t day_ms = 86'400'000;
  const auto days = (at >= 0 ? at : at - day_ms + 1) / day_ms;
  const auto rest = at - days * day_ms;
  const auto date = civil_from_days(days);
  std::string out;
  out.reserve(24);
  put(out, date.year, 4, '-');
  put(out, date.month, 2, '-');
  put(out, date.day, 2, 'T');
  put(out, rest / 3'600'000, 2, ':');
  put(out, rest / 60'000 % 60, 2, ':');
  put(out, rest / 1'000 % 60, 2, '.');
  put(out, rest % 1'000, 3, 'Z');
  return out;
}

std::string http_date(std::int64_t second) {
  constexpr const char* days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};  // of 1970
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::int64_t day_s = 86'400;
  const auto iso = iso_time(second * 1000);  // "2026-11-24T07:01:36.000Z"
  const auto month = static_cast<std::size_t>(std::stoi(iso.substr(5, 2)));
  return std::string{days[second / day_s % 7]} + ", " + iso.substr(8, 2) + ' ' + months[month - 1] +
         ' ' + iso.substr(0, 4) + ' ' + iso.substr(11, 8) + " GMT";
}

}  // namespace taquilla
