#include "gateway/http.hpp"

#include "gateway/ascii.hpp"

#include <algorithm>

namespace taquilla::gateway {

std::string_view http_request::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (equal_ignoring_case(key, name)) return value;
  return {};
}

bool http_request::has_header(std::string_view name) const {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& field) { return equal_ignoring_case(field.first, name); });
}

bool http_request::is_safe() const {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

std::optional<std::string_view> http_request::single(std::string_view name) const {
  std::string_view value;
  int times = 0;
  for (const auto& [key, text] : headers)
    if (equal_ignoring_case(key, name)) {
      value = text;
      ++times;
    }
  if (times > 1) return std::nullopt;
  return value;
}

const std::string* http_request::parameter(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return &value;
  return nullptr;
}

}  // namespace taquilla::gateway
