#include "gateway/json_writer.hpp"

#include "domain/time_text.hpp"

namespace taquilla::gateway {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

bool continuation(unsigned char c) { return (c & 0xC0U) == 0x80U; }

/// Length of the well-formed UTF-8 sequence at the front of `text` (table 3-7 of the Unicode
/// Standard), 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = at(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  const unsigned char second = at(1);
  const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (second < low || second > high) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if (!continuation(at(i))) return 0;
  return length;
}

bool plain(unsigned char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

void escape_control(std::string& out, unsigned char c) {
  constexpr char hex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  out += "\\u00";
  out.push_back(hex[c >> 4U]);
  out.push_back(hex[c & 0xFU]);
}

}  // namespace

void json_writer::comma() {
  if (follows_) out_.push_back(',');
  follows_ = true;
}

json_writer& json_writer::open(char bracket) {
  comma();
  out_.push_back(bracket);
  follows_ = false;
  return *this;
}

json_writer& json_writer::close(char bracket) {
  out_.push_back(bracket);
  follows_ = true;
  return *this;
}

json_writer& json_writer::key(std::string_view name) {
  comma();
  quoted(name);
  out_.push_back(':');
  follows_ = false;
  return *this;
}

void json_writer::quoted(std::string_view value) {
  out_.push_back('"');
  for (std::size_t i = 0; i < value.size();) {
    std::size_t run = i;
    while (run < value.size() && plain(static_cast<unsigned char>(value[run]))) ++run;
    out_.append(value, i, run - i);
    i = run;
    if (i == value.size()) break;
    const auto c = static_cast<unsigned char>(value[i]);
    const auto length = sequence_length(value.substr(i));
    if (length == 0) {
      out_ += replacement;
      ++i;
    } else if (length == 1) {
      escape_control(out_, c);
      ++i;
    } else {
      out_.append(value, i, length);
      i += length;
    }
  }
  out_.push_back('"');
}

json_writer& json_writer::text(std::string_view value) {
  comma();
  quoted(value);
  return *this;
}
json_writer& json_writer::number(std::uint64_t value) { return raw(std::to_string(value)); }
json_writer& json_writer::number(std::int64_t value) { return raw(std::to_string(value)); }
json_writer& json_writer::boolean(bool value) { return raw(value ? "true" : "false"); }
json_writer& json_writer::null() { return raw("null"); }
json_writer& json_writer::raw(std::string_view json) {
  comma();
  out_ += json;
  return *this;
}

json_writer& json_writer::time(std::string_view name, wall_ms at) {
  key(name);
  return at == 0 ? null() : text(iso_time(at));
}
json_writer& json_writer::text_or_null(std::string_view name, std::string_view value) {
  key(name);
  return value.empty() ? null() : text(value);
}

}  // namespace taquilla::gateway
