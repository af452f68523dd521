#include "app/mail_message.hpp"

#include "domain/time_text.hpp"

#include <algorithm>

namespace taquilla::app {

namespace {

constexpr std::size_t line_max = 76;
constexpr std::size_t word_bytes_max = 45;  // 60 base64 characters: with the frame within 75

std::string base64(const std::string& bytes) {
  static constexpr char digits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t block = 0;
    for (std::size_t j = 0; j < 3; ++j)
      block = (block << 8) | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j)
      out += i + j > bytes.size() ? '=' : digits[(block >> (18 - 6 * j)) & 63];
  }
  return out;
}

bool is_printable(char c) { return c >= 0x20 && c < 0x7f; }
bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

std::string message_id_of(const mail& what) { return '<' + what.message_id + "@taquilla>"; }

std::string header_text(const std::string& text) {
  const bool plain =
      std::all_of(text.begin(), text.end(), is_printable) && text.find("=?") == std::string::npos;
  if (plain && text.size() < line_max) return text;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    auto length = std::min(word_bytes_max, text.size() - at);
    // A word must not end within a character.
    while (length > 1 && at + length < text.size() && continues_character(text[at + length]))
      --length;
    out +=
        (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + base64(text.substr(at, length)) + "?=";
    at += length;
  }
  return out;
}

std::string quoted_printable(const std::string& text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out, line;
  const auto end_line = [&](const char* ending) {
    out += line + ending;
    line.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      end_line("\r\n");
      continue;
    }
    if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    const bool last = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
    const bool plain = is_printable(c) && c != '=' && !(c == ' ' && last);
    std::string piece{c};
    if (!plain) {
      const auto byte = static_cast<unsigned char>(c);
      piece = {'=', digits[byte >> 4], digits[byte & 15]};
    }
    if (line.size() + piece.size() > line_max - 1) end_line("=\r\n");
    line += piece;
  }
  return out + line;
}

/// As HTTP writes it, but for the name of the zone.
std::string date_text(wall_ms at) {
  auto text = http_date(at / 1000);
  return text.replace(text.size() - 3, 3, "+0000");
}

std::optional<std::string> message_of(const mail& what, const std::string& from, wall_ms date) {
  if (!is_email(what.to) || !is_email(from)) return {};
  const auto text = text_of(what.about);
  return "From: taquilla <" + from + ">\r\nTo: <" + what.to +
         ">\r\nSubject: " + header_text(text.subject) + "\r\nDate: " + date_text(date) +
         "\r\nMessage-ID: " + message_id_of(what) +
         "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
         "Content-Transfer-Encoding: quoted-printable\r\nAuto-Submitted: auto-generated\r\n\r\n" +
         quoted_printable(text.body) + "\r\n";
}

}  // namespace taquilla::app
