#include "gateway/same_origin.hpp"

#include "gateway/ascii.hpp"
#include "gateway/authority.hpp"

#include <algorithm>

namespace taquilla::gateway {

namespace {

bool same_site(const http_request& request) {
  if (!request.has_header("Sec-Fetch-Site")) return true;
  const auto site = request.single("Sec-Fetch-Site");
  return site && (*site == "same-origin" || *site == "none");
}

bool own_origin(const http_request& request, const authority& host, std::string_view scheme,
                std::uint16_t default_port) {
  if (!request.has_header("Origin")) return true;
  const auto origin = request.single("Origin");
  if (!origin) return false;
  const std::string prefix = std::string{scheme} + "://";
  if (origin->substr(0, prefix.size()) != prefix) return false;
  const auto asked = parse_authority(origin->substr(prefix.size()), default_port);
  return asked && *asked == host;
}

}  // namespace

same_origin::same_origin(const std::vector<std::string>& further_hosts)
    : hosts_{"localhost", "127.0.0.1", "[::1]"} {
  for (const auto& host : further_hosts) hosts_.push_back(lowered(host));
}

errc same_origin::judge(const http_request& request, std::string_view scheme) const {
  const std::uint16_t default_port = scheme == "https" ? https_port : http_port;
  const auto host_field = request.single("Host");
  if (!host_field) return errc::misdirected_host;
  const auto host = parse_authority(*host_field, default_port);
  if (!host || std::find(hosts_.begin(), hosts_.end(), host->name) == hosts_.end())
    return errc::misdirected_host;
  if (request.is_safe()) return errc::none;
  if (!own_origin(request, *host, scheme, default_port) || !same_site(request))
    return errc::forbidden_origin;
  return errc::none;
}

}  // namespace taquilla::gateway
