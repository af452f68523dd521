// The authority of a URI (RFC 3986 3.2), which is what a Host field, an origin and a target in
// absolute form name. Written in more than one way it is still one: letters of either case, a
// trailing dot, the scheme's own port, and a colon with no port behind it (6.2.3) make no
// difference. Everything that compares authorities compares these. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace taquilla::gateway {

struct authority {
  std::string name;  ///< lower-cased, without a trailing dot
  std::uint16_t port = 0;

  friend bool operator==(const authority& a, const authority& b) {
    return a.port == b.port && a.name == b.name;
  }
};

/// What a scheme means by no port.
inline constexpr std::uint16_t http_port = 80, https_port = 443;

/// Nothing when there is no name, or a port that none can be. The letters of the name are the
/// caller's to judge.
/// @param default_port what an absent port means.
std::optional<authority> parse_authority(std::string_view text, std::uint16_t default_port);

}  // namespace taquilla::gateway
