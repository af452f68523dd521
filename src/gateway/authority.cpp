#include "gateway/authority.hpp"

#include "gateway/ascii.hpp"

namespace taquilla::gateway {

std::optional<authority> parse_authority(std::string_view text, std::uint16_t default_port) {
  authority parsed;
  parsed.port = default_port;
  const bool literal = !text.empty() && text.front() == '[';
  const auto name_end = literal ? text.find(']') : text.find(':');
  if (literal && name_end == std::string_view::npos) return std::nullopt;
  auto name = text.substr(0, literal ? name_end + 1 : name_end);
  const auto rest = text.substr(name.size());
  if (!rest.empty() && rest != ":") {
    constexpr std::uint64_t port_max = 65535;
    const auto port = parse_digits(rest.substr(1));
    if (rest.front() != ':' || !port || *port == 0 || *port > port_max) return std::nullopt;
    parsed.port = static_cast<std::uint16_t>(*port);
  }
  if (!literal && !name.empty() && name.back() == '.') name.remove_suffix(1);
  if (name.empty()) return std::nullopt;
  parsed.name = lowered(name);
  return parsed;
}

}  // namespace taquilla::gateway
