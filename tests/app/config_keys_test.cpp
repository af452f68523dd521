// Goal: the table of keys, the shipped file and the documentation tell one story.
// Method: compare the files of the source tree with what the table renders; set every key to
// another value and read it back; set each to its ends and just beyond.
#include "app/config_keys.hpp"

#include "app/config_reader.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <set>
#include <sstream>

namespace taquilla::app {

namespace {

std::string file(const std::string& name) {
  std::ifstream in{TAQUILLA_SOURCE_DIR "/" + name};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The key's value in a fresh `settings` after an override.
template <class Kind>
auto value_after(const config_key& key, const std::string& value, bool& accepted) {
  settings s;
  accepted = apply_override(s, key.name + '=' + value).empty();
  return std::get<Kind>(key.kind).get(s);
}

template <class Kind>
std::string first_good(const Kind& kind, const std::vector<std::string>& candidates) {
  for (const auto& one : candidates)
    if (kind.check(one) == nullptr) return one;
  return {};
}

}  // namespace

TEST_CASE("config/taquilla.json names exactly the keys of the table with their defaults") {
  CHECK(file("config/taquilla.json") == default_config_text());
}

TEST_CASE("docs/configuration.md is what the table renders") {
  CHECK(file("docs/configuration.md") == config_keys_markdown());
}

TEST_CASE("the defaults pass their own checks") {
  settings s;
  CHECK(apply_file(s, "taquilla.json", default_config_text()).empty());
  CHECK(check_interlocks(s).empty());
}

TEST_CASE("names are unique and no name is also a group of others") {
  std::set<std::string> names;
  for (const auto& key : config_keys()) CHECK_MESSAGE(names.insert(key.name).second, key.name);
  for (const auto& name : names)
    for (auto dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1))
      CHECK_MESSAGE(names.count(name.substr(0, dot)) == 0, name);
  CHECK(names.count("payment.attempts") == 1);
}

TEST_CASE("a whole number is taken at both ends of its range and refused beyond") {
  for (const auto& key : config_keys()) {
    if (!std::holds_alternative<integer_key>(key.kind)) continue;
    CAPTURE(key.name);
    const auto& kind = std::get<integer_key>(key.kind);
    bool accepted = false;
    CHECK(value_after<integer_key>(key, std::to_string(kind.least), accepted) == kind.least);
    CHECK(accepted);
    CHECK(value_after<integer_key>(key, std::to_string(kind.most), accepted) == kind.most);
    CHECK(accepted);
    value_after<integer_key>(key, std::to_string(kind.least - 1), accepted);
    CHECK_FALSE(accepted);
    value_after<integer_key>(key, std::to_string(kind.most + 1), accepted);
    CHECK_FALSE(accepted);
    value_after<integer_key>(key, "18446744073709551615", accepted);
    CHECK_FALSE(accepted);
  }
}

TEST_CASE("flags, texts, choices and lists take another value than their default") {
  const settings fresh;
  bool accepted = false;
  for (const auto& key : config_keys()) {
    CAPTURE(key.name);
    if (const auto* kind = std::get_if<flag_key>(&key.kind)) {
      const bool other = !kind->get(fresh);
      CHECK(value_after<flag_key>(key, other ? "true" : "false", accepted) == other);
    } else if (const auto* text = std::get_if<text_key>(&key.kind)) {
      const auto other =
          first_good(*text, {"something else", "smtp://else", "some@else", "something-else!!"});
      CHECK(value_after<text_key>(key, other, accepted) == other);
      CHECK(accepted);
    } else if (const auto* choices = std::get_if<choice_key>(&key.kind)) {
      for (std::size_t i = 0; i < choices->choices.size(); ++i)
        CHECK(value_after<choice_key>(key, choices->choices[i], accepted) == i);
    } else if (const auto* list = std::get_if<list_key>(&key.kind)) {
      const auto other = first_good(*list, {"a", "192.0.2.1"});
      const std::vector<std::string> two{other, other};
      CHECK(value_after<list_key>(key, nlohmann::json(two).dump(), accepted) == two);
    }
  }
}

TEST_CASE("a rate per second is kept in thousandths") {
  settings s;
  CHECK(apply_override(s, "gateway.rate_limit.rate_per_second=2.5").empty());
  CHECK(s.gateway.limiter.rate_milli == 2'500);
  CHECK_FALSE(apply_override(s, "gateway.rate_limit.rate_per_second=0").empty());
}

}  // namespace taquilla::app
