#include "rules.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <sstream>
#include <string_view>

namespace taquilla::tidy {

namespace {

constexpr std::size_t lines_max = 400, columns_max = 100, function_lines_max = 60;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

std::string at(const source_file& file, std::size_t index, const std::string& what) {
  return file.path + ":" + std::to_string(index + 1) + ": " + what;
}

bool starts_with(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}
bool ends_with(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && text.substr(text.size() - with.size()) == with;
}

/// Characters of UTF-8, a continuation byte being none.
std::size_t columns(const std::string& line) {
  return static_cast<std::size_t>(std::count_if(
      line.begin(), line.end(), [](unsigned char c) { return (c & 0xC0U) != 0x80U; }));
}

/// A layer is a folder of src/, but src/gateway has four: its targets in CMake.
std::string layer_of(const std::string& path_in_src) {
  static const std::pair<const char*, const char*> parts[] = {
      {"gateway/bridge/", "bridge"},
      {"gateway/http_server/", "http_server"},
      {"gateway/http.", "http"},
      {"gateway/authority.", "http"},
      {"gateway/ascii.", "http"}};
  for (const auto& [prefix, layer] : parts)
    if (starts_with(path_in_src, prefix)) return layer;
  const auto slash = path_in_src.find('/');
  return slash == std::string::npos ? std::string{} : path_in_src.substr(0, slash);
}

/// What each layer may include, itself among it.
const std::map<std::string, std::string>& may_include() {
  static const std::string lower = " domain policies store actors http http_server gateway bridge ";
  static const std::map<std::string, std::string> table{
      {"domain", " domain "},
      {"policies", " domain policies "},
      {"store", " domain store "},
      {"actors", " domain policies store actors "},
      {"http", " domain policies http "},
      {"http_server", " domain policies http http_server "},
      {"gateway", " domain policies store http gateway "},
      {"bridge", lower},
      {"simulation", lower + "simulation "},
      {"app", lower + "app "}};
  return table;
}

struct word {
  std::string text;  ///< written in two parts, or this very file would be a complaint
  std::string instead;
  std::vector<std::string> allowed;  ///< prefixes of paths
};

const std::vector<word>& words() {
  static const std::string to_do = std::string{"TO"} + "DO", mend = std::string{"FIX"} + "ME",
                           triple = std::string{"XX"} + "X", nap = std::string{"sleep"} + "_for",
                           nap_until = std::string{"sleep"} + "_until";
  static const std::vector<word> table{
      {std::string{"caf::infi"} + "nite", "a patience from actors/options.hpp", {}},
      {nap, "a delayed message, or a condition", {"tests/system/"}},
      {nap_until, "a delayed message, or a condition", {"tests/system/"}},
      {std::string{"usl"} + "eep", "a delayed message, or a condition", {}},
      {std::string{"system_clock"} + "::now",
       "a time that is handed in",
       {"src/app/", "tests/app/", "tests/simulation/guard_test.cpp"}},
      {std::string{"std::co"} + "ut",
       "a stream that is handed in",
       {"src/app/", "src/simulation/cli", "src/main.cpp", "bench/"}},
      {to_do, "doing it, or leaving it out", {}},
      {mend, "mending it", {}},
      {triple, "a word", {}},
  };
  return table;
}

bool allowed(const word& banned, const std::string& path) {
  return std::any_of(banned.allowed.begin(), banned.allowed.end(),
                     [&](const auto& prefix) { return starts_with(path, prefix); });
}

/// A line that opens a function body in the layout of the house: "...) {", or "...) const {".
bool opens_function(const std::string& line) {
  static const std::regex opening{R"(^\s*[\w:~<].*\)( const| override| noexcept)* \{$)"};
  static const std::regex other{R"(^\s*(if|for|while|switch|else|do|catch|namespace|\}|return)\b)"};
  return std::regex_search(line, opening) && !std::regex_search(line, other);
}

std::size_t indent_of(const std::string& line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool closes(const std::string& line) {
  const auto first = line.find_first_not_of(' ');
  return first != std::string::npos && line[first] == '}';
}

/// The line in which a signature begins that may have been broken over several.
std::size_t signature_begins(const std::vector<std::string>& lines, std::size_t last) {
  int open = 0;
  for (std::size_t i = last;; --i) {
    for (const char c : lines[i]) open += c == ')' ? 1 : c == '(' ? -1 : 0;
    if (open <= 0 || i == 0) return i;
  }
}

}  // namespace

complaints include_direction(const source_file& file) {
  static const std::regex include{"^#include \"([^\"]+)\""};
  complaints out;
  if (!starts_with(file.path, "src/")) return out;
  const auto mine = may_include().find(layer_of(file.path.substr(4)));
  if (mine == may_include().end()) return out;
  const auto lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch found;
    if (!std::regex_search(lines[i], found, include)) continue;
    const auto theirs = layer_of(found[1].str());
    if (may_include().count(theirs) == 0) continue;  // a folder of the layer itself
    if (mine->second.find(" " + theirs + " ") == std::string::npos)
      out.push_back(at(file, i, mine->first + " may not know " + theirs));
  }
  return out;
}

complaints length(const source_file& file) {
  complaints out;
  const auto lines = lines_of(file.text);
  if (lines.size() > lines_max)
    out.push_back(at(file, lines.size() - 1, "more than 400 lines: split it"));
  bool table = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].find("clang-format off") != std::string::npos) table = true;
    if (lines[i].find("clang-format on") != std::string::npos) table = false;
    const bool raw_or_text = lines[i].find("R\"(") != std::string::npos;
    if (!table && !raw_or_text && columns(lines[i]) > columns_max)
      out.push_back(at(file, i, std::to_string(columns(lines[i])) + " columns, at most 100"));
  }
  return out;
}

complaints function_length(const source_file& file) {
  complaints out;
  const auto lines = lines_of(file.text);
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    if (!opens_function(lines[i])) continue;
    const auto& next = lines[i + 1];  // a table is not a function
    if (next.find("return {") != std::string::npos || next.find(" = {") != std::string::npos)
      continue;
    const auto indent = indent_of(lines[signature_begins(lines, i)]);
    std::size_t end = i + 1;
    while (end < lines.size() && !(closes(lines[end]) && indent_of(lines[end]) <= indent)) ++end;
    if (end - i > function_lines_max)
      out.push_back(at(file, i, "a function of " + std::to_string(end - i) + " lines, at most 60"));
  }
  return out;
}

complaints banned_words(const source_file& file) {
  complaints out;
  const auto lines = lines_of(file.text);
  for (const auto& banned : words()) {
    if (allowed(banned, file.path)) continue;
    const std::regex whole{"(^|[^A-Za-z0-9_])" + banned.text + "($|[^A-Za-z0-9_])"};
    for (std::size_t i = 0; i < lines.size(); ++i)
      if (lines[i].find(banned.text) != std::string::npos && std::regex_search(lines[i], whole))
        out.push_back(at(file, i, banned.text + ": use " + banned.instead));
  }
  return out;
}

complaints section_rulers(const source_file& file) {
  complaints out;
  static const std::regex dashes{"\\s*// -+"};
  const auto lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (std::regex_match(lines[i], dashes))
      out.push_back(at(file, i, "a ruler that the formatter broke: shorten it to one line"));
  return out;
}

complaints header_essay(const source_file& file) {
  if (!ends_with(file.path, ".hpp")) return {};
  complaints out;
  const auto lines = lines_of(file.text);
  const bool essay =
      lines.size() > 2 && starts_with(lines[0], "// ") && starts_with(lines[1], "//");
  if (!essay) out.push_back(at(file, 0, "a header opens with what it is, promises and refuses"));
  if (file.text.find("#pragma once") == std::string::npos)
    out.push_back(at(file, 0, "#pragma once is missing"));
  return out;
}

complaints third_party(const source_file& file) {
  struct place {
    std::regex include;
    std::regex where;
    const char* whose;
  };
  static const std::array<place, 3> places{{
      {std::regex{"#include <httplib\\.h>"},
       std::regex{"^src/gateway/http_server/cpp_httplib\\.cpp$"}, "http_server/cpp_httplib.cpp"},
      {std::regex{"#include <sqlite3\\.h>"}, std::regex{"^src/(store|simulation/disk)/"},
       "the store and the simulated disk"},
      {std::regex{"#include <caf/"},
       std::regex{"^src/(actors|gateway/bridge|simulation|app)/|^src/main"},
       "the actors and what stands on them"},
  }};
  complaints out;
  if (!starts_with(file.path, "src/")) return out;
  for (const auto& p : places)
    if (std::regex_search(file.text, p.include) && !std::regex_search(file.path, p.where))
      out.push_back(at(file, 0, std::string{"this header belongs to "} + p.whose));
  return out;
}

std::vector<std::string> quoted(const std::string& text, const std::string& pattern) {
  const std::regex wanted{"\"" + pattern + "\""};
  std::vector<std::string> out;
  for (auto i = std::sregex_iterator(text.begin(), text.end(), wanted); i != std::sregex_iterator();
       ++i)
    out.push_back((*i)[1].str());
  return out;
}

}  // namespace taquilla::tidy
