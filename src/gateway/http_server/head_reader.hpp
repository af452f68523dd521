// Reads the head of one request, byte by byte, with the strictness of RFC 9112 and none of its
// leniencies: the first byte that does not belong decides, however the bytes are cut into reads.
// Collects the request line and the raw fields; what they mean together is head_rules' matter.
#pragma once

#include "gateway/http_server/framing.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace taquilla::gateway {

class head_reader {
 public:
  explicit head_reader(const framing_limits& limits) : limits_{limits} {}

  /// Consumes from the front; stops after the empty line or at the first wrong byte. Returns how
  /// many bytes were consumed. Not to be called once `done` or `error`.
  std::size_t feed(std::string_view bytes);

  bool done() const { return step_ == step::done; }
  bool untouched() const { return bytes_ == 0; }
  const std::optional<framing_error>& error() const { return error_; }
  framed_request& head() { return head_; }
  std::size_t held() const { return memory_of(head_) + memory_of(name_) + memory_of(value_); }

 private:
  enum class step {
    method,
    target,
    version,
    line_feed,
    field_start,
    field_name,
    blanks,
    field_value,
    field_line_feed,
    last_line_feed,
    done,
  };

  std::size_t advance(std::string_view bytes);
  std::size_t read_method(std::string_view bytes);
  std::size_t read_target(std::string_view bytes);
  std::size_t read_version(char c);
  std::size_t start_field(char c);
  std::size_t read_name(std::string_view bytes);
  std::size_t read_value(std::string_view bytes);
  std::size_t expect_line_feed(char c, step next);
  void end_value();
  std::size_t fail(int status, const char* detail);

  framing_limits limits_;
  framed_request head_;
  std::string name_, value_;
  std::string version_;
  std::size_t bytes_ = 0;
  step step_ = step::method;
  std::optional<framing_error> error_;
};

}  // namespace taquilla::gateway
