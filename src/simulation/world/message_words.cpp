#include "simulation/world/message_words.hpp"

#include "actors/errors.hpp"
#include "simulation/engine/engine.hpp"
#include "simulation/world/message_phrases.hpp"

#include <caf/all.hpp>

namespace taquilla::simulation {

namespace {

std::string words_of_error(const caf::error& e) {
  if (e.category() != caf::atom("taquilla"))
    return e == caf::sec::request_timeout ? "no answer in time" : "no answer: " + caf::to_string(e);
  const auto why = as_error(e, errc::internal_error);
  return std::string{"error "} + to_string(why.code) +
         (why.detail.empty() ? "" : ": " + why.detail);
}

}  // namespace

std::string words_of(const caf::type_erased_tuple& content) {
  if (content.match_elements<caf::error>()) return words_of_error(content.get_as<caf::error>(0));
  std::string phrase;
  return phrase_of(content, phrase) ? type_name_of(content) + "(" + phrase + ")"
                                    : fields_of(content);
}

std::string fields_of(const caf::type_erased_tuple& content) {
  const auto& type = type_name_of(content);
  auto text = content.stringify();
  // A message of one struct is printed within parentheses of its own, often with its name.
  const auto named = "(" + type + "(";
  if (text.rfind(named, 0) == 0) return text.substr(1, text.size() - 2);
  return type + text;
}

}  // namespace taquilla::simulation
