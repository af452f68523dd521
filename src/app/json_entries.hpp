// A JSON object flattened to dotted names, each with its place in the text: what the configuration
// reader needs and a JSON tree has already forgotten. Numbers keep their spelling. Pure; any
// thread.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace taquilla::app {

struct text_place {
  std::size_t line = 1, column = 1;  ///< from 1; columns count bytes
};

struct json_entry {
  std::string name;      ///< "payment.attempts"
  nlohmann::json value;  ///< a scalar, an array, or an empty object
  text_place key_at, value_at;
};

struct json_entries {
  std::vector<json_entry> list;
  std::string problem;  ///< why the text is no JSON object; empty when it is one
  text_place problem_at;
};

/// @param text at most a megabyte; nesting at most 16 deep.
json_entries read_entries(const std::string& text);

}  // namespace taquilla::app
