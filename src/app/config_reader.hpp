// CONFIGURATION READER: text in, settings or complaints out. It refuses what it does not know
// rather than guess: unknown keys (with the nearest known one), wrong types, values out of range,
// keys given twice, values that contradict each other. Every complaint says where, what, and what
// would do; at most `complaints_max` are given at once. It opens no file and reads no environment.
// Pure; any thread.
//
//   defaults --file--> --overrides--> --interlocks--> settings
#pragma once

#include "app/settings.hpp"

#include <string>
#include <vector>

namespace taquilla::app {

struct complaint {
  std::string place;  ///< "taquilla.json:7:3", "--set"
  std::string what;   ///< one sentence, with the hint

  std::string text() const { return place.empty() ? what : place + " " + what; }
};

inline constexpr std::size_t complaints_max = 20;

/// Applies the JSON text of a configuration file. @param name what complaints call the file.
std::vector<complaint> apply_file(settings& to, const std::string& name, const std::string& text);

/// Applies "KEY=VALUE"; VALUE is JSON, or a bare text where the key wants one.
std::vector<complaint> apply_override(settings& to, const std::string& assignment);

/// What is wrong with `value` for the key behind a named option, in the words of who typed it:
/// `--port-offset is 70000, allowed is ...`. Empty: nothing. @param name of a key there is.
std::string option_problem(const std::string& option, const std::string& name,
                           const std::string& value);

/// What only several keys together can get wrong. Empty: they fit.
std::vector<complaint> check_interlocks(const settings& all);

}  // namespace taquilla::app
