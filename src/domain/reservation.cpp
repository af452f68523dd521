#include "domain/reservation.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace taquilla {

namespace {

/// FNV-1a over a field and a separator, so that ("ab","c") and ("a","bc") differ.
std::uint64_t mix(std::uint64_t hash, std::string_view field) {
  constexpr std::uint64_t prime = 1099511628211ULL;
  for (unsigned char c : field) hash = (hash ^ c) * prime;
  return (hash ^ 0x1fU) * prime;
}

/// Labels between dots, none of them empty or with a '-' at an end (RFC 5321, 4.1.2).
bool is_domain(std::string_view text) {
  for (;;) {
    const auto label = text.substr(0, text.find('.'));
    if (label.empty() || label.front() == '-' || label.back() == '-') return false;
    if (label.size() == text.size()) return true;
    text.remove_prefix(label.size() + 1);
  }
}

/// Characters beyond ASCII that no mailbox has, first and last: UTF-8 is ordered as they are.
/// Blanks and controls, and those that are not seen or turn the text around them, by which one
/// address looks like another.
constexpr std::pair<std::string_view, std::string_view> unfit_characters[] = {
    {"\xC2\x80", "\xC2\xA0"},  // U+0080: controls, and a blank
    {"\u061C", "\u061C"},      // a mark of direction
    {"\u2000", "\u200F"},      // blanks, joiners, marks of direction
    {"\u2028", "\u202F"},      // ends of lines and paragraphs, embeddings, overrides, a blank
    {"\u205F", "\u206F"},      // a blank, a joiner, isolates
    {"\u3000", "\u3000"},      // a blank
    {"\uFEFF", "\uFEFF"},      // the byte order mark
    {"\uFFFE", "\uFFFF"},      // none at all
};

bool begins_unfit(std::string_view text) {
  return std::any_of(std::begin(unfit_characters), std::end(unfit_characters), [&](const auto& r) {
    return text.compare(0, r.first.size(), r.first) >= 0 &&
           text.compare(0, r.second.size(), r.second) <= 0;
  });
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
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte <= ' ' || byte == 0x7f || specials.find(text[i]) != std::string_view::npos ||
        begins_unfit(text.substr(i)))
      return false;
  }
  return is_domain(text.substr(at + 1));
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
