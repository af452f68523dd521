#include "domain/reservation.hpp"

namespace taquilla {

namespace {

/// FNV-1a over a field and a separator, so that ("ab","c") and ("a","bc") differ.
std::uint64_t mix(std::uint64_t hash, std::string_view field) {
  constexpr std::uint64_t prime = 1099511628211ULL;
  for (unsigned char c : field) hash = (hash ^ c) * prime;
  return (hash ^ 0x1fU) * prime;
}

}  // namespace

bool is_same_purchase(const purchase_order& a, const purchase_order& b) {
  return a.event == b.event && a.seat == b.seat && a.email == b.email && a.amount == b.amount;
}

std::uint64_t identity_of(const purchase_order& order) {
  std::uint64_t hash = 14695981039346656037ULL;
  hash = mix(hash, order.event);
  hash = mix(hash, to_string(order.seat));
  hash = mix(hash, order.email);
  return mix(hash, to_string(order.amount));
}

bool is_email(std::string_view text) {
  constexpr std::size_t length_max = 254;  // RFC 5321, 4.5.3.1.3
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return false;
  if (text.size() > length_max || text.find('@', at + 1) != std::string_view::npos) return false;
  // What RFC 5322 calls specials would have to be quoted in a header, and could end it.
  constexpr std::string_view specials = "<>()[]\\,;:\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte == 0x7f || specials.find(c) != std::string_view::npos) return false;
  }
  return true;
}

const char* to_string(reservation_state state) {
  switch (state) {
    case reservation_state::pending:
      return "pending";
    case reservation_state::confirmed:
      return "confirmed";
    case reservation_state::cancelled:
      return "cancelled";
    case reservation_state::failed:
      return "failed";
  }
  return "?";
}

}  // namespace taquilla
