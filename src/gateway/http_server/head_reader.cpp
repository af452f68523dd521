#include "gateway/http_server/head_reader.hpp"

#include "gateway/ascii.hpp"

#include <array>
#include <cstdint>

namespace taquilla::gateway {

namespace {

// The longest method that is registered has 17 letters. What is longer than this is told that it is
// not implemented (RFC 9112 3) without being read to its end.
constexpr std::size_t method_bytes_max = 32;

enum kind : std::uint8_t { token = 1, in_target = 2, in_value = 4 };

constexpr std::array<std::uint8_t, 256> classify() {
  std::array<std::uint8_t, 256> table{};
  for (int c = 0x21; c <= 0x7e; ++c) table[c] = in_value | (c == '#' ? 0 : in_target);
  for (int c = 0x80; c <= 0xff; ++c) table[c] = in_value;
  table[' '] = table['\t'] = in_value;
  for (int c = 0x21; c <= 0x7e; ++c)
    if (is_token_char(static_cast<char>(c))) table[c] |= token;
  return table;
}

constexpr auto kinds = classify();

bool is(char c, kind k) { return (kinds[static_cast<unsigned char>(c)] & k) != 0; }

std::size_t run_of(std::string_view bytes, kind k) {
  std::size_t n = 0;
  while (n < bytes.size() && is(bytes[n], k)) ++n;
  return n;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::size_t head_reader::feed(std::string_view bytes) {
  const auto room = limits_.head_bytes_max - bytes_;
  const auto within = bytes.substr(0, room);
  std::size_t at = 0;
  while (at < within.size() && !done() && !error_) at += advance(within.substr(at));
  bytes_ += at;
  if (!done() && !error_ && bytes.size() > room) fail(431, "The head is too long.");
  return at;
}

std::size_t head_reader::advance(std::string_view bytes) {
  switch (step_) {
    case step::method:
      return read_method(bytes);
    case step::target:
      return read_target(bytes);
    case step::version:
      return read_version(bytes.front());
    case step::line_feed:
      return expect_line_feed(bytes.front(), step::field_start);
    case step::field_start:
      return start_field(bytes.front());
    case step::field_name:
      return read_name(bytes);
    case step::blanks:
      if (bytes.front() == ' ' || bytes.front() == '\t') return 1;
      step_ = step::field_value;
      return 0;
    case step::field_value:
      return read_value(bytes);
    case step::field_line_feed:
      return expect_line_feed(bytes.front(), step::field_start);
    case step::last_line_feed:
      return expect_line_feed(bytes.front(), step::done);
    case step::done:
      break;
  }
  return 0;
}

std::size_t head_reader::read_method(std::string_view bytes) {
  auto& method = head_.request.method;
  const auto n = run_of(bytes, token);
  if (method.size() + n > method_bytes_max) return fail(501, "The method is not implemented.");
  method.append(bytes.substr(0, n));
  if (n == bytes.size()) return n;
  if (bytes[n] != ' ' || method.empty()) return fail(400, "The request line is malformed.");
  step_ = step::target;
  return n + 1;
}

std::size_t head_reader::read_target(std::string_view bytes) {
  const auto n = run_of(bytes, in_target);
  if (head_.target.size() + n > limits_.target_bytes_max)
    return fail(414, "The request target is too long.");
  head_.target.append(bytes.substr(0, n));
  if (n == bytes.size()) return n;
  if (bytes[n] != ' ' || head_.target.empty()) return fail(400, "The request target is malformed.");
  step_ = step::version;
  return n + 1;
}

// Judged letter by letter against HTTP/d.d, so that a wrong version shows as early as it can.
std::size_t head_reader::read_version(char c) {
  constexpr std::string_view shape = "HTTP/d.d\r";
  const char due = shape[version_.size()];
  if (due == 'd' ? !is_digit(c) : c != due) return fail(400, "The HTTP version is malformed.");
  if (c == '\r') {
    step_ = step::line_feed;
    return 1;
  }
  version_ += c;
  if (version_.size() < 8) return 1;
  if (version_ != "HTTP/1.1" && version_ != "HTTP/1.0")
    return fail(505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
  head_.http_1_0 = version_.back() == '0';
  return 1;
}

std::size_t head_reader::start_field(char c) {
  if (c == '\r') {
    step_ = step::last_line_feed;
    return 1;
  }
  if (c == ' ' || c == '\t') return fail(400, "Folded header lines are refused.");
  if (!is(c, token)) return fail(400, "A header name is malformed.");
  if (head_.request.headers.size() == limits_.header_fields_max)
    return fail(431, "There are too many header fields.");
  step_ = step::field_name;
  return 0;
}

std::size_t head_reader::read_name(std::string_view bytes) {
  const auto n = run_of(bytes, token);
  name_.append(bytes.substr(0, n));
  if (n == bytes.size()) return n;
  if (bytes[n] != ':') return fail(400, "A header name is malformed.");
  step_ = step::blanks;
  return n + 1;
}

std::size_t head_reader::read_value(std::string_view bytes) {
  const auto n = run_of(bytes, in_value);
  value_.append(bytes.substr(0, n));
  if (n == bytes.size()) return n;
  if (bytes[n] != '\r') return fail(400, "A header value holds a control character.");
  end_value();
  step_ = step::field_line_feed;
  return n + 1;
}

void head_reader::end_value() {
  while (!value_.empty() && (value_.back() == ' ' || value_.back() == '\t')) value_.pop_back();
  head_.request.headers.emplace_back(std::move(name_), std::move(value_));
  name_.clear();
  value_.clear();
}

std::size_t head_reader::expect_line_feed(char c, step next) {
  if (c != '\n') return fail(400, "A line does not end in CR LF.");
  step_ = next;
  return 1;
}

std::size_t head_reader::fail(int status, const char* detail) {
  error_ = framing_error{status, detail};
  return 0;
}

}  // namespace taquilla::gateway
