#include "gateway/http_server/http_date.hpp"

#include <cstdio>
#include <ctime>

namespace taquilla::gateway {

std::string http_date(std::int64_t second) {
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto at = static_cast<std::time_t>(second);
  std::tm when{};
  gmtime_r(&at, &when);
  char text[64];
  const int length = std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                   days[when.tm_wday], when.tm_mday, months[when.tm_mon],
                                   when.tm_year + 1900, when.tm_hour, when.tm_min, when.tm_sec);
  return {text, static_cast<std::size_t>(length)};
}

}  // namespace taquilla::gateway
