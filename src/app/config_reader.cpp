#include "app/config_reader.hpp"

#include "app/closest_name.hpp"
#include "app/config_keys.hpp"
#include "app/json_entries.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>

namespace taquilla::app {

namespace {

using json = nlohmann::json;

/// Bytes of a value that a complaint repeats: enough to know it again.
constexpr std::size_t shown_max = 120;

std::string in_quotes(const std::string& text) { return '"' + text + '"'; }

std::string written(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string shown(const json& value) {
  const auto text = written(value);
  if (text.size() <= shown_max) return text;
  auto end = shown_max;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;  // never half a character
  return text.substr(0, end) + "...";
}

/// Only UTF-8 can be shown again, in the settings or in an answer. A file is UTF-8 already, or it
/// was refused as no JSON; the command line may hold any bytes.
bool is_utf8(const json& value) { return json::parse(written(value)) == value; }

/// What a text must be instead; null when it will do.
const char* wanted_of(const json& value, text_check check) {
  if (!value.is_string()) return "a text";
  return is_utf8(value) ? check(value.get_ref<const std::string&>()) : "UTF-8";
}

std::string in_file(const std::string& name, const text_place& at) {
  return name + ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
}

/// What is wrong with a value; nothing when it has been set.
using verdict = std::optional<std::string>;

struct setter {
  settings& s;
  const config_key& key;
  const json& value;
  std::string called;  ///< what whoever wrote the value calls the key

  std::string expected(const char* type) const {
    return called + " must be " + type + ", not " + shown(value);
  }
  std::string out_of_range() const {
    return called + " is " + shown(value) + ", allowed is " + range_of(key) +
           (key.unit.empty() ? "" : " " + key.unit);
  }
  verdict operator()(const integer_key& kind) const {
    if (!value.is_number_integer()) return expected("a whole number");
    const bool too_big = value.is_number_unsigned() &&
                         value.get<std::uint64_t>() > static_cast<std::uint64_t>(kind.most);
    if (too_big || value.get<std::int64_t>() < kind.least) return out_of_range();
    kind.set(s, value.get<std::int64_t>());
    return {};
  }
  verdict operator()(const number_key& kind) const {
    if (!value.is_number()) return expected("a number");
    const auto number = value.get<double>();
    if (!(number >= kind.least && number <= kind.most)) return out_of_range();
    kind.set(s, number);
    return {};
  }
  verdict operator()(const flag_key& kind) const {
    if (!value.is_boolean()) return expected("true or false");
    kind.set(s, value.get<bool>());
    return {};
  }
  verdict operator()(const text_key& kind) const {
    const auto* wanted = wanted_of(value, kind.check);
    if (wanted != nullptr) return kind.secret ? called + " must be " + wanted : expected(wanted);
    kind.set(s, value.get<std::string>());
    return {};
  }
  verdict operator()(const choice_key& kind) const {
    for (std::size_t i = 0; i < kind.choices.size(); ++i)
      if (value == kind.choices[i]) return kind.set(s, i), verdict{};
    return out_of_range();
  }
  verdict operator()(const list_key& kind) const {
    if (!value.is_array()) return expected("a list of texts");
    for (const auto& one : value)
      if (!one.is_string())
        return expected("a list of texts");
      else if (const auto* wanted = wanted_of(one, kind.check))
        return called + " must name " + wanted + ", not " + shown(one);
    kind.set(s, value.get<std::vector<std::string>>());
    return {};
  }
};

verdict set(settings& to, const config_key& key, const json& value, const std::string& called) {
  return std::visit(setter{to, key, value, called}, key.kind);
}

/// True for "payment" when there is a "payment.attempts".
bool is_group(const std::string& name) {
  for (const auto& key : config_keys())
    if (key.name.compare(0, name.size() + 1, name + '.') == 0) return true;
  return false;
}

std::string unknown(const std::string& name) {
  if (is_group(name)) return in_quotes(name) + " holds further keys and needs { ... }";
  // "gateway.burst": the right word in the wrong group.
  const auto leaf = '.' + name.substr(name.rfind('.') + 1);
  std::vector<std::string> known, same_leaf;
  for (const auto& key : config_keys()) {
    known.push_back(key.name);
    if (key.name.size() > leaf.size() &&
        key.name.compare(key.name.size() - leaf.size(), leaf.size(), leaf) == 0)
      same_leaf.push_back(key.name);
  }
  const auto meant = same_leaf.size() == 1 ? same_leaf.front() : closest_name(name, known);
  return "unknown key " + in_quotes(name) +
         (meant.empty() ? "; docs/configuration.md lists them all"
                        : "; did you mean " + in_quotes(meant) + '?');
}

/// The value that `text` spells in JSON, if a file could hold it for one key.
std::optional<json> spelled(const std::string& text) {
  auto entries = read_entries("{\"value\":" + text + '}');
  const bool is_one = entries.problem.empty() && entries.list.size() == 1;
  if (!is_one || entries.list.front().name != "value") return {};
  return std::move(entries.list.front().value);
}

/// A bare word is a text where the key takes texts, and a list of one where it takes lists.
json value_of(const config_key& key, const std::string& text) {
  const bool is_text =
      std::holds_alternative<text_key>(key.kind) || std::holds_alternative<choice_key>(key.kind);
  const auto value = spelled(text);
  if (is_text) return value && value->is_string() ? *value : json(text);
  if (!std::holds_alternative<list_key>(key.kind)) return value.value_or(json(text));
  if (value && value->is_array()) return *value;
  return text.empty() ? json::array() : json::array({text});
}

}  // namespace

std::vector<complaint> apply_file(settings& to, const std::string& name, const std::string& text) {
  const auto entries = read_entries(text);
  if (!entries.problem.empty()) return {{in_file(name, entries.problem_at), entries.problem}};
  std::vector<complaint> wrong;
  std::map<std::string, text_place> seen;
  for (const auto& entry : entries.list) {
    if (wrong.size() >= complaints_max) break;
    const auto* key = find_config_key(entry.name);
    const auto [first, is_new] = seen.emplace(entry.name, entry.key_at);
    if (key == nullptr && entry.value.is_object() && is_group(entry.name)) continue;
    if (key == nullptr)
      wrong.push_back({in_file(name, entry.key_at), unknown(entry.name)});
    else if (!is_new)
      wrong.push_back(
          {in_file(name, entry.key_at),
           in_quotes(entry.name) + " was given before, at " + in_file(name, first->second)});
    else if (const auto problem = set(to, *key, entry.value, in_quotes(entry.name)))
      wrong.push_back({in_file(name, entry.value_at), *problem});
  }
  return wrong;
}

std::vector<complaint> apply_override(settings& to, const std::string& assignment) {
  const auto equals = assignment.find('=');
  const auto name = assignment.substr(0, equals);
  if (equals == std::string::npos || name.empty())
    return {{"--set", in_quotes(assignment) + " is not KEY=VALUE, such as payment.attempts=3"}};
  const auto* key = find_config_key(name);
  if (key == nullptr) return {{"--set", unknown(name)}};
  const auto problem =
      set(to, *key, value_of(*key, assignment.substr(equals + 1)), in_quotes(name));
  if (problem) return {{"--set", *problem}};
  return {};
}

std::string option_problem(const std::string& option, const std::string& name,
                           const std::string& value) {
  settings tried;
  const auto* key = find_config_key(name);
  return set(tried, *key, value_of(*key, value), option).value_or("");
}

}  // namespace taquilla::app
