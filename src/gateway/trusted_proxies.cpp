#include "gateway/trusted_proxies.hpp"

#include "gateway/ascii.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <stdexcept>

namespace taquilla::gateway {

namespace {

constexpr unsigned address_bits = 128, mapped_bits = 96;  // an IPv4 /n is a mapped /(96 + n)

bool same_prefix(const std::array<std::uint8_t, 16>& a, const std::array<std::uint8_t, 16>& b,
                 unsigned bits) {
  const std::size_t whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin()))
    return false;
  const unsigned rest = bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xFFU << (8 - rest));
  return (a[whole] & mask) == (b[whole] & mask);
}

/// All X-Forwarded-For fields as one list, in the order of the wire.
std::string forwarded_for(const http_request& request) {
  std::string all;
  for (const auto& [name, value] : request.headers)
    if (equal_ignoring_case(name, "X-Forwarded-For")) all += (all.empty() ? "" : ",") + value;
  return all;
}

/// The address of a hop, which some proxies write with its port and RFC 7239 in brackets:
/// "192.0.2.7:443", "[2001:db8::1]", "[2001:db8::1]:443". What has another shape is left as it is.
std::string_view without_port(std::string_view hop) {
  const bool bracketed = !hop.empty() && hop.front() == '[';
  const auto end = bracketed ? hop.find(']') : hop.find(':');
  if (end == std::string_view::npos) return hop;
  const auto behind = hop.substr(bracketed ? end + 1 : end);
  const bool port = !behind.empty() && behind.front() == ':' && parse_digits(behind.substr(1));
  if (!port && (!bracketed || !behind.empty())) return hop;
  return bracketed ? hop.substr(1, end - 1) : hop.substr(0, end);
}

}  // namespace

bool trusted_proxies::parse(std::string_view text, address_bytes& out) {
  const std::string address{text};  // inet_pton wants a terminated string
  out.fill(0);
  if (inet_pton(AF_INET6, address.c_str(), out.data()) == 1) return true;
  out[10] = out[11] = 0xFF;
  return inet_pton(AF_INET, address.c_str(), out.data() + 12) == 1;
}

trusted_proxies::trusted_proxies(const std::vector<std::string>& networks) {
  for (const auto& text : networks) {
    const std::string_view whole{text};
    const auto slash = whole.find('/');
    const auto address = whole.substr(0, slash);
    const unsigned offset = address.find(':') == std::string_view::npos ? mapped_bits : 0;
    network parsed{{}, address_bits};
    bool good = parse(address, parsed.address);
    if (good && slash != std::string_view::npos) {
      const auto bits = parse_digits(whole.substr(slash + 1));
      good = bits && *bits <= address_bits - offset;
      if (good) parsed.prefix_bits = offset + static_cast<unsigned>(*bits);
    }
    if (!good) throw std::invalid_argument("not an address or a network: " + text);
    networks_.push_back(parsed);
  }
}

bool trusted_proxies::trusts(std::string_view address) const {
  address_bytes bytes{};
  if (networks_.empty() || !parse(address, bytes)) return false;
  return std::any_of(networks_.begin(), networks_.end(), [&](const network& n) {
    return same_prefix(bytes, n.address, n.prefix_bits);
  });
}

std::string trusted_proxies::client_address(const http_request& request) const {
  if (!trusts(request.peer)) return request.peer;
  const auto hops = forwarded_for(request);
  std::string_view rest = hops;
  std::string_view hop = request.peer;
  while (!rest.empty() && trusts(hop)) {
    const auto comma = rest.rfind(',');
    const auto start = comma == std::string_view::npos ? 0 : comma + 1;
    hop = without_port(trimmed(rest.substr(start)));
    rest = rest.substr(0, comma == std::string_view::npos ? 0 : comma);
  }
  return std::string{hop};
}

std::string_view trusted_proxies::scheme(const http_request& request) const {
  const bool https =
      trusts(request.peer) && equal_ignoring_case(request.header("X-Forwarded-Proto"), "https");
  return https ? "https" : "http";
}

}  // namespace taquilla::gateway
