// Goal: read_json accepts nothing that is not JSON, and loses nothing of what it accepts. Method:
// libFuzzer beside nlohmann/json, which is more lenient: what ours takes, the library must take and
// find the same members in.
#include "gateway/json_reader.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto form = taquilla::gateway::read_json(text);
  if (!form) return 0;
  nlohmann::json library;
  try {
    library = nlohmann::json::parse(text);
  } catch (const nlohmann::json::out_of_range&) {
    return 0;  // a number beyond a double: valid JSON, which the library cannot hold
  } catch (const nlohmann::json::exception&) {
    std::abort();
  }
  if (library.is_object() != form->is_object) std::abort();
  if (!form->is_object) return 0;
  if (library.size() != form->members.size()) std::abort();
  for (const auto& member : form->members) {
    const auto found = library.find(member.name);
    if (found == library.end()) std::abort();
    if (found->is_string() && found->get<std::string>() != member.text) std::abort();
  }
  return 0;
}
