#include "gateway/http_server/http_date.hpp"

#include "gateway/iso_time.hpp"

namespace taquilla::gateway {

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

}  // namespace taquilla::gateway
