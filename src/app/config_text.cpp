// The table of keys as people read it: the default file, the ranges, the page of the documentation.
#include "app/config_keys.hpp"

#include <nlohmann/json.hpp>

#include <sstream>

namespace taquilla::app {

namespace {

using json = nlohmann::ordered_json;

/// 2 rather than 2.0, 0.001 as it is.
json shortest(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) == value ? json(whole) : json(value);
}

struct value_in {
  const settings& s;
  json operator()(const integer_key& key) const { return key.get(s); }
  json operator()(const number_key& key) const { return shortest(key.get(s)); }
  json operator()(const flag_key& key) const { return key.get(s); }
  json operator()(const text_key& key) const { return key.get(s); }
  json operator()(const choice_key& key) const { return key.choices[key.get(s)]; }
  json operator()(const list_key& key) const { return key.get(s); }
};

json default_of(const config_key& key) {
  static const settings fresh;
  return std::visit(value_in{fresh}, key.kind);
}

json& place_of(json& root, const std::string& dotted) {
  json* at = &root;
  std::istringstream parts{dotted};
  for (std::string part; std::getline(parts, part, '.');) at = &(*at)[part];
  return *at;
}

struct range_text {
  std::string operator()(const integer_key& key) const {
    return std::to_string(key.least) + ".." + std::to_string(key.most);
  }
  std::string operator()(const number_key& key) const {
    return shortest(key.least).dump() + ".." + shortest(key.most).dump();
  }
  std::string operator()(const flag_key&) const { return "true or false"; }
  std::string operator()(const text_key&) const { return "text"; }
  std::string operator()(const list_key&) const { return "list of texts"; }
  std::string operator()(const choice_key& key) const {
    std::string out;
    for (std::size_t i = 0; i < key.choices.size(); ++i) {
      if (i > 0) out += i + 1 == key.choices.size() ? " or " : ", ";
      out += key.choices[i];
    }
    return out;
  }
};

}  // namespace

std::string range_of(const config_key& key) { return std::visit(range_text{}, key.kind); }

std::string default_config_text() {
  json root = json::object();
  for (const auto& key : config_keys()) place_of(root, key.name) = default_of(key);
  return root.dump(2) + "\n";
}

std::string config_keys_markdown() {
  std::ostringstream out;
  out << "# Configuration\n\n"
         "`taquilla --config FILE` reads a JSON file; `--set KEY=VALUE` overrides one key and may "
         "be\n"
         "repeated. What is not named keeps its default: "
         "[config/taquilla.json](../config/taquilla.json)\n"
         "holds them all. An unknown key, a wrong type, a value out of range and a key given twice "
         "are\n"
         "refused with file, line and column; so are values that contradict each other, such as "
         "payment\n"
         "attempts that do not fit into the deadline of a purchase. `taquilla check-config FILE` "
         "says so\n"
         "without starting anything.\n\n"
         "This page is written by `taquilla check-config --keys-markdown`.\n\n"
         "| key | default | range | meaning |\n|---|---|---|---|\n";
  for (const auto& key : config_keys())
    out << "| `" << key.name << "` | `" << default_of(key).dump() << "` | " << range_of(key)
        << (key.unit.empty() ? "" : " " + key.unit) << " | " << key.about << " |\n";
  return out.str();
}

}  // namespace taquilla::app
