// Which peers may speak for somebody else, and for whom they speak. Without a list, and for any
// peer that is not on it, a request comes from its socket and forwarded headers are noise. From a
// trusted peer the client is the right-most address of X-Forwarded-For (with or without brackets
// and port) that is not itself a trusted proxy: what stands further left was written by the client
// and proves nothing.
//
// Immutable after construction, so any thread may ask. Never used to decide about administration.
#pragma once

#include "gateway/http.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace taquilla::gateway {

class trusted_proxies {
 public:
  /// @param networks "10.0.0.0/8", "192.0.2.7", "fd00::/8".
  /// @throws std::invalid_argument naming the first text that is no address or network.
  explicit trusted_proxies(const std::vector<std::string>& networks);

  bool trusts(std::string_view address) const;
  /// The address a request really comes from, as text.
  std::string client_address(const http_request& request) const;
  /// "https" when a trusted proxy says so, else "http".
  std::string_view scheme(const http_request& request) const;

 private:
  using address_bytes = std::array<std::uint8_t, 16>;  // IPv4 as ::ffff:a.b.c.d
  struct network {
    address_bytes address;
    unsigned prefix_bits;
  };
  static bool parse(std::string_view text, address_bytes& out);

  std::vector<network> networks_;
};

}  // namespace taquilla::gateway
