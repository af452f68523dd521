#include "gateway/http_server/target.hpp"

#include "gateway/ascii.hpp"
#include "gateway/authority.hpp"

#include <algorithm>

namespace taquilla::gateway {

namespace {

bool is_name_char(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '.' || c == '-' ||
         c == '_';
}

bool is_ipv6_char(char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; }

}  // namespace

bool well_escaped(std::string_view target) {
  for (auto at = target.find('%'); at != std::string_view::npos; at = target.find('%', at + 3)) {
    if (at + 2 >= target.size()) return false;
    const int high = hex_value(target[at + 1]), low = hex_value(target[at + 2]);
    if (high < 0 || low < 0 || high + low == 0) return false;
  }
  return true;
}

std::string percent_decoded(std::string_view text, std::string_view kept) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    // Whoever calls has judged the escapes; a cut one must not be read beyond its end even so.
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto decoded = static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      if (kept.find(decoded) != std::string_view::npos)
        out.append(text.substr(i, 3));
      else
        out += decoded;
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool has_escaped_slash(std::string_view path) {
  return path.find("%2F") != std::string_view::npos || path.find("%2f") != std::string_view::npos;
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::vector<std::pair<std::string, std::string>> parameters_of(std::string_view target) {
  std::vector<std::pair<std::string, std::string>> found;
  std::string query{target.substr(std::min(path_of(target).size() + 1, target.size()))};
  std::replace(query.begin(), query.end(), '+', ' ');
  std::string_view rest{query};
  while (!rest.empty()) {
    const auto one = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    if (one.empty()) continue;
    const auto name = one.substr(0, one.find('='));
    const auto value = one.substr(std::min(name.size() + 1, one.size()));
    found.emplace_back(percent_decoded(name), percent_decoded(value));
  }
  return found;
}

bool valid_authority(std::string_view authority) {
  if (!parse_authority(authority, http_port)) return false;
  const bool literal = authority.substr(0, 1) == "[";
  if (literal) authority.remove_prefix(1);
  const auto end = authority.find(literal ? ']' : ':');
  const auto host = authority.substr(0, end);
  return !host.empty() &&
         std::all_of(host.begin(), host.end(), literal ? is_ipv6_char : is_name_char);
}

std::optional<std::string> origin_form(std::string_view target, std::string_view host) {
  if (target.front() == '/' || target == "*") return std::string{target};
  constexpr std::string_view scheme = "http://";
  if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme)) return std::nullopt;
  const auto rest = target.substr(scheme.size());
  const auto end = std::min(rest.find_first_of("/?"), rest.size());
  const auto asked = parse_authority(rest.substr(0, end), http_port);
  if (!asked || !(asked == parse_authority(host, http_port))) return std::nullopt;
  const auto tail = rest.substr(end);
  return tail.empty() || tail.front() == '?' ? "/" + std::string{tail} : std::string{tail};
}

}  // namespace taquilla::gateway
