// The one table of configuration keys: dotted name, unit, range, meaning, and the member of
// `settings` each one sets. The file format, --set, `check-config --defaults`,
// docs/configuration.md and the hints for misspelt keys are all read from it, so a knob exists in
// all of them or in none. A default is not repeated here: it is what a fresh `settings` holds.
// Constant after construction; any thread.
#pragma once

#include "app/config_values.hpp"
#include "app/settings.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace taquilla::app {

struct integer_key {
  std::int64_t least, most;
  std::function<std::int64_t(const settings&)> get;
  std::function<void(settings&, std::int64_t)> set;
};
struct number_key {
  double least, most;
  std::function<double(const settings&)> get;
  std::function<void(settings&, double)> set;
};
struct flag_key {
  std::function<bool(const settings&)> get;
  std::function<void(settings&, bool)> set;
};
struct text_key {
  std::function<std::string(const settings&)> get;
  std::function<void(settings&, const std::string&)> set;
  bool secret = false;  ///< never shown
  text_check check = any_text;
};
struct choice_key {
  std::vector<std::string> choices;
  std::function<std::size_t(const settings&)> get;
  std::function<void(settings&, std::size_t)> set;
};
struct list_key {
  std::function<std::vector<std::string>(const settings&)> get;
  std::function<void(settings&, const std::vector<std::string>&)> set;
  text_check check = any_text;  ///< of each text
};

struct config_key {
  std::string name;   ///< "payment.attempts"
  std::string unit;   ///< "ms", "bytes", ...; empty for flags and texts
  std::string about;  ///< one sentence without a full stop
  std::variant<integer_key, number_key, flag_key, text_key, choice_key, list_key> kind;
};

/// In the order of the file and of the documentation.
const std::vector<config_key>& config_keys();

/// nullptr when there is no such key.
const config_key* find_config_key(const std::string& name);

/// The configuration file that changes nothing: every key with its default (config/taquilla.json).
std::string default_config_text();

/// docs/configuration.md, up to the last byte.
std::string config_keys_markdown();

/// "1..100", "text or json", "": what a value may be.
std::string range_of(const config_key& key);

}  // namespace taquilla::app
