#include "gateway/query.hpp"

#include "gateway/ascii.hpp"
#include "store/commands.hpp"

#include <algorithm>

namespace taquilla::gateway {

namespace {

/// "1.5" with three decimals: 1500.
std::optional<std::uint64_t> parse_scaled(std::string_view text, int decimals) {
  const auto dot = text.find('.');
  const auto whole = parse_digits(text.substr(0, dot));
  constexpr std::uint64_t whole_max = 1'000'000'000;  // keeps the product far from overflow
  if (!whole || *whole > whole_max) return std::nullopt;
  std::uint64_t value = *whole;
  std::string_view fraction;
  if (dot != std::string_view::npos) {
    fraction = text.substr(dot + 1);
    if (!parse_digits(fraction) || fraction.size() > static_cast<std::size_t>(decimals))
      return std::nullopt;
  }
  for (int i = 0; i < decimals; ++i) {
    const auto place = static_cast<std::size_t>(i);
    value = value * 10 +
            (place < fraction.size() ? static_cast<std::uint64_t>(fraction[place] - '0') : 0);
  }
  return value;
}

std::uint64_t power_of_ten(int exponent) {
  std::uint64_t value = 1;
  while (exponent-- > 0) value *= 10;
  return value;
}

}  // namespace

query_reader::query_reader(const http_request& request) : request_(request) {}

const std::string* query_reader::given(std::string_view name) const {
  const auto* value = request_.parameter(name);
  return value == nullptr || value->empty() ? nullptr : value;
}

const std::string* query_reader::find(std::string_view name) {
  known_.push_back(name);
  const auto times = std::count_if(request_.query.begin(), request_.query.end(),
                                   [&](const auto& parameter) { return parameter.first == name; });
  if (times > 1) wrong(name, "está repetido");
  return given(name);
}

std::string query_reader::text(std::string_view name, std::size_t bytes_max) {
  const auto* value = find(name);
  if (value == nullptr) return {};
  if (value->size() <= bytes_max) return *value;
  wrong(name, "es demasiado largo");
  return {};
}

std::string query_reader::one_of(std::string_view name, const std::vector<std::string>& words) {
  auto value = text(name);
  if (value.empty() || std::find(words.begin(), words.end(), value) != words.end()) return value;
  std::string choice;
  for (const auto& word : words)
    choice += (choice.empty() ? "" : &word == &words.back() ? " o " : ", ") + word;
  wrong(name, "debe ser " + choice);
  return {};
}

std::uint32_t query_reader::limit() {
  const auto value = whole("limit", 1, page_limit_max);
  return value ? static_cast<std::uint32_t>(*value) : page_limit_default;
}

std::uint64_t query_reader::after_id() {
  const auto* value = find("after");
  if (value == nullptr) return 0;
  const auto id = parse_digits(*value);
  if (!id) wrong("after", not_a_cursor);
  return id.value_or(0);
}

std::optional<std::uint64_t> query_reader::whole(std::string_view name, std::uint64_t low,
                                                 std::uint64_t high) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto number = parse_digits(*value);
  if (number && *number >= low && *number <= high) return number;
  wrong(name, "debe ser un entero entre " + std::to_string(low) + " y " + std::to_string(high));
  return std::nullopt;
}

std::optional<std::uint64_t> query_reader::decimal(std::string_view name, int decimals,
                                                   std::uint64_t max) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto number = parse_scaled(*value, decimals);
  if (number && *number <= max * power_of_ten(decimals)) return number;
  wrong(name, "debe ser un número entre 0 y " + std::to_string(max) + ", con " +
                  std::to_string(decimals) + " decimales como mucho");
  return std::nullopt;
}

void query_reader::wrong(std::string_view name, std::string message) {
  constexpr std::size_t name_shown_max = 64;
  wrong_.push_back({std::string{name.substr(0, name_shown_max)}, std::move(message)});
}

std::vector<field_error> query_reader::finish() {
  for (const auto& [name, value] : request_.query)
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      wrong(name, "parámetro desconocido");
  return std::move(wrong_);
}

}  // namespace taquilla::gateway
