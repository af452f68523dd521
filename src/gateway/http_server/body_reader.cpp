#include "gateway/http_server/body_reader.hpp"

#include "gateway/ascii.hpp"

#include <algorithm>

namespace taquilla::gateway {

namespace {

constexpr std::size_t chunk_digits_max = 8;
constexpr std::size_t chunk_extension_max = 16;

bool take_token(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && is_token_char(text[n])) ++n;
  text.remove_prefix(n);
  return n > 0;
}

bool take_quoted(std::string_view& text) {
  if (text.empty() || text.front() != '"') return false;
  std::size_t end = 1;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  if (end >= text.size()) return false;
  text.remove_prefix(end + 1);
  return true;
}

/// name [=value] [;name [=value] ...], without blanks. Nothing in them matters here; but a quote
/// left open may reach beyond the line for somebody else, who then sees other chunks than we do.
bool are_extensions(std::string_view text) {
  for (;;) {
    if (!take_token(text)) return false;
    if (!text.empty() && text.front() == '=') {
      text.remove_prefix(1);
      if (!take_token(text) && !take_quoted(text)) return false;
    }
    if (text.empty()) return true;
    if (text.front() != ';') return false;
    text.remove_prefix(1);
  }
}

}  // namespace

body_reader body_reader::of_length(std::size_t length) {
  body_reader reader;
  reader.left_ = length;
  reader.step_ = length == 0 ? step::done : step::data;
  return reader;
}

body_reader body_reader::chunked(std::size_t bytes_max) {
  body_reader reader;
  reader.chunked_ = true;
  reader.bytes_max_ = bytes_max;
  reader.step_ = step::size;
  return reader;
}

std::size_t body_reader::feed(std::string_view bytes, std::string& body) {
  std::size_t at = 0;
  while (at < bytes.size() && !done() && !error_) at += advance(bytes.substr(at), body);
  return at;
}

std::size_t body_reader::advance(std::string_view bytes, std::string& body) {
  const char c = bytes.front();
  switch (step_) {
    case step::data:
      return read_data(bytes, body);
    case step::size:
      return read_size(c, body.size());
    case step::extension:
      return read_extension(c);
    case step::size_line_feed:
      return expect(c, '\n', left_ > 0 ? step::data : step::last_return);
    case step::data_return:
      return expect(c, '\r', step::data_line_feed);
    case step::data_line_feed:
      digits_ = 0;
      return expect(c, '\n', step::size);
    case step::last_return:
      return expect(c, '\r', step::last_line_feed);
    case step::last_line_feed:
      return expect(c, '\n', step::done);
    case step::done:
      break;
  }
  return 0;
}

std::size_t body_reader::read_data(std::string_view bytes, std::string& body) {
  const auto n = std::min(left_, bytes.size());
  // Doubled as it comes, for what is promised may never come; but not beyond what it can become.
  if (const auto needed = body.size() + n; needed > body.capacity()) {
    const auto most = chunked_ ? bytes_max_ : body.size() + left_;
    body.reserve(std::max(needed, std::min(2 * body.capacity(), most)));
  }
  body.append(bytes.substr(0, n));
  left_ -= n;
  if (left_ == 0) step_ = chunked_ ? step::data_return : step::done;
  return n;
}

// The size counts as soon as the byte after its last digit is seen; only then is it held against
// the cap, so that the answer is the same however the digits arrived.
std::size_t body_reader::read_size(char c, std::size_t decoded) {
  if (const int digit = hex_value(c); digit >= 0) {
    if (++digits_ > chunk_digits_max) return fail(400, "A chunk size is malformed.");
    left_ = left_ * 16 + static_cast<std::size_t>(digit);
    return 1;
  }
  if (digits_ == 0 || (c != '\r' && c != ';')) return fail(400, "A chunk size is malformed.");
  if (left_ > bytes_max_ - decoded) return fail(413, "The body is too large.");
  extension_.clear();
  step_ = c == '\r' ? step::size_line_feed : step::extension;
  return 1;
}

std::size_t body_reader::read_extension(char c) {
  const bool ends = c == '\r';
  const bool fits = c >= 0x20 && c <= 0x7e && extension_.size() < chunk_extension_max;
  if (ends ? !are_extensions(extension_) : !fits)
    return fail(400, "A chunk extension is malformed.");
  if (ends)
    step_ = step::size_line_feed;
  else
    extension_ += c;
  return 1;
}

std::size_t body_reader::expect(char c, char due, step next) {
  if (c != due) {
    return fail(400, step_ == step::last_return ? "Trailers are refused."
                                                : "A chunk does not end in CR LF.");
  }
  step_ = next;
  return 1;
}

std::size_t body_reader::fail(int status, const char* detail) {
  error_ = framing_error{status, detail};
  return 0;
}

}  // namespace taquilla::gateway
