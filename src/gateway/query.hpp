// The query of a request, read once and strictly: what is wrong, repeated or unknown is collected
// by name, so that one answer names everything there is to mend. A parameter without a value
// ("limit=", as forms send what was left open) is one that was not given. Limits of pages live
// here. Pure; used by one handler for the length of its call.
#pragma once

#include "gateway/http.hpp"
#include "gateway/problem.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taquilla::gateway {

inline constexpr std::uint32_t page_limit_default = 100;
/// What a wrong `after` is told.
inline constexpr const char* not_a_cursor = "no es un cursor de esta lista";

class query_reader {
 public:
  explicit query_reader(const http_request& request);

  bool has(std::string_view name) const { return given(name) != nullptr; }
  /// The value of `name`, empty when absent. Longer than `bytes_max` is wrong.
  std::string text(std::string_view name, std::size_t bytes_max = 254);
  /// The value of `name`, which has to be one of `words`; empty when absent.
  std::string one_of(std::string_view name, const std::vector<std::string>& words);
  /// `limit`, 1..1000.
  std::uint32_t limit();
  /// `after` as the id it is a cursor of; 0 when absent.
  std::uint64_t after_id();
  /// A whole number in low..high.
  std::optional<std::uint64_t> whole(std::string_view name, std::uint64_t low, std::uint64_t high);
  /// A plain decimal number with at most `decimals` fraction digits, as a multiple of its last
  /// digit ("1.5" with three decimals is 1500), in 0..max units.
  std::optional<std::uint64_t> decimal(std::string_view name, int decimals, std::uint64_t max);

  void wrong(std::string_view name, std::string message);
  /// Everything that was wrong, unknown parameters included. Call it after the last read.
  std::vector<field_error> finish();

 private:
  const std::string* given(std::string_view name) const;
  const std::string* find(std::string_view name);

  const http_request& request_;
  std::vector<std::string_view> known_;
  std::vector<field_error> wrong_;
};

}  // namespace taquilla::gateway
