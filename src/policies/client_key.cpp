#include "policies/client_key.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstdio>

namespace taquilla {
namespace {

using ipv6_bytes = std::array<unsigned char, 16>;

std::string without_decoration(std::string_view address) {
  if (address.size() >= 2 && address.front() == '[' && address.back() == ']')
    address = address.substr(1, address.size() - 2);
  return std::string(address.substr(0, address.find('%')));
}

bool is_mapped_ipv4(const ipv6_bytes& bytes) {
  for (std::size_t at = 0; at < 10; ++at)
    if (bytes[at] != 0) return false;
  return bytes[10] == 0xff && bytes[11] == 0xff;
}

std::string dotted(const unsigned char* four) {
  std::array<char, INET_ADDRSTRLEN> text{};
  inet_ntop(AF_INET, four, text.data(), text.size());
  return text.data();
}

std::string prefix_64(const ipv6_bytes& bytes) {
  std::array<char, 32> text{};
  const auto group = [&](std::size_t at) { return unsigned(bytes[at]) << 8 | bytes[at + 1]; };
  std::snprintf(text.data(), text.size(), "%x:%x:%x:%x::/64", group(0), group(2), group(4),
                group(6));
  return text.data();
}

}  // namespace

std::string client_key(std::string_view address) {
  // Longer than any address, and inet_pton must not see an embedded zero byte.
  if (address.size() > 128 || address.find('\0') != std::string_view::npos)
    return std::string(unreadable_client_key);
  const std::string plain = without_decoration(address);
  std::array<unsigned char, 4> four{};
  if (inet_pton(AF_INET, plain.c_str(), four.data()) == 1) return plain;  // it has one spelling
  ipv6_bytes sixteen{};
  if (inet_pton(AF_INET6, plain.c_str(), sixteen.data()) != 1)
    return std::string(unreadable_client_key);
  return is_mapped_ipv4(sixteen) ? dotted(sixteen.data() + 12) : prefix_64(sixteen);
}

bool is_loopback(std::string_view address) {
  return address == "::1" || address.substr(0, 4) == "127.";
}

}  // namespace taquilla
