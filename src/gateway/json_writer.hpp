// Writes JSON in the order it is told. Answers are written by hand and not through a document tree:
// keys keep the order of the contract, money stays `50.00`, and a purchase costs one allocation.
//
// Guarantees that whatever text comes in, valid UTF-8 JSON goes out: control bytes are escaped and
// broken UTF-8 becomes U+FFFD. Does not check that objects and arrays are closed; its callers do
// that by their shape, and every answer has a golden test.
#pragma once

#include "domain/money.hpp"
#include "domain/reservation.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace taquilla::gateway {

class json_writer {
 public:
  json_writer() { out_.reserve(256); }

  json_writer& open_object() { return open('{'); }
  json_writer& open_array() { return open('['); }
  json_writer& close_object() { return close('}'); }
  json_writer& close_array() { return close(']'); }
  json_writer& key(std::string_view name);

  json_writer& text(std::string_view value);
  json_writer& number(std::uint64_t value);
  json_writer& number(std::int64_t value);
  json_writer& boolean(bool value);
  json_writer& null();
  /// Text that is JSON already, put in as it is.
  json_writer& raw(std::string_view json);

  json_writer& text(std::string_view name, std::string_view value) { return key(name).text(value); }
  json_writer& number(std::string_view name, std::uint64_t v) { return key(name).number(v); }
  json_writer& signed_number(std::string_view name, std::int64_t v) { return key(name).number(v); }
  json_writer& boolean(std::string_view name, bool value) { return key(name).boolean(value); }
  json_writer& amount(std::string_view name, money v) { return key(name).raw(to_string(v)); }
  /// ISO-8601; 0 ("never", "not yet") is null.
  json_writer& time(std::string_view name, wall_ms at);
  /// Empty text is null.
  json_writer& text_or_null(std::string_view name, std::string_view value);

  std::string take() { return std::move(out_); }

 private:
  json_writer& open(char bracket);
  json_writer& close(char bracket);
  void comma();
  void quoted(std::string_view value);

  std::string out_;
  bool follows_ = false;  // a value stands before: the next one needs a comma
};

}  // namespace taquilla::gateway
