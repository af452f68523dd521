// A JSON object flattened to dotted names, each with its place in the text: what the configuration
// reader needs and a JSON tree has already forgotten. Numbers keep their spelling. The venue
// reader, whose lists hold objects, keeps its tree and gets the places of its parts beside it.
// Pure; any thread.
#pragma once

#include <nlohmann/json.hpp>

#include <map>
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

struct json_places {
  std::map<std::string, std::size_t> offsets;  ///< "events[0].rows" -> where its value begins
  std::string problem;  ///< why the text is no JSON, or which key is twice in its object
  text_place problem_at;
};

json_places read_places(const std::string& text);

/// Where `name` is, or the nearest thing around it that has a place.
text_place place_of(const json_places& places, const std::string& text, std::string name);

}  // namespace taquilla::app
