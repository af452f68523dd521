#include "store/timeline_text.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

namespace taquilla::store {

namespace {

void append_field(std::string& out, std::string_view field) {
  bool plain = true;
  for (char c : field) plain &= static_cast<unsigned char>(c) >= ' ' && c != '\\';
  if (plain) {  // nearly always
    out += field;
    return;
  }
  for (char c : field) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\0':
        out += "\\0";
        break;
      default:
        out += c;
    }
  }
}

void append_number(std::string& out, std::int64_t number) {
  std::array<char, std::numeric_limits<std::int64_t>::digits10 + 2> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

std::string unescape(std::string_view field) {
  std::string out;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] != '\\' || i + 1 == field.size()) {
      out += field[i];
      continue;
    }
    const char c = field[++i];
    out += c == 't' ? '\t' : c == 'n' ? '\n' : c == '0' ? '\0' : c;
  }
  return out;
}

bool parse_number(std::string_view text, std::int64_t& into) {
  const auto* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, into);
  return problem == std::errc{} && stop == end;
}

/// Takes the text up to `mark` off the front of `rest`.
std::string_view take(std::string_view& rest, char mark) {
  const auto end = rest.find(mark);
  const auto piece = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return piece;
}

}  // namespace

std::string encode_timeline(const std::vector<timeline_entry>& entries) {
  std::string out;
  encode_onto(out, entries);
  return out;
}

void encode_onto(std::string& out, const std::vector<timeline_entry>& entries) {
  constexpr std::size_t line_usual = 64;
  out.reserve(out.size() + entries.size() * line_usual);
  for (const auto& entry : entries) {
    append_number(out, entry.at);
    out += '\t';
    append_number(out, entry.lasted_ms);
    for (const auto* field : {&entry.step, &entry.detail, &entry.fault}) {
      out += '\t';
      append_field(out, *field);
    }
    out += '\n';
  }
}

std::vector<timeline_entry> decode_timeline(std::string_view text) {
  std::vector<timeline_entry> out;
  while (!text.empty()) {
    auto line = take(text, '\n');
    std::array<std::string_view, 5> fields;
    for (auto& field : fields) field = take(line, '\t');
    timeline_entry entry;
    if (!parse_number(fields[0], entry.at) || !parse_number(fields[1], entry.lasted_ms)) continue;
    entry.step = unescape(fields[2]);
    entry.detail = unescape(fields[3]);
    entry.fault = unescape(fields[4]);
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace taquilla::store
