#include "domain/error.hpp"

#include <array>

namespace taquilla {

namespace {

struct row {
  const char* name;
  error_kind kind;
  const char* message;
  const char* title;
};

constexpr row table[] = {
    {"none", error_kind::broken, "", ""},
#define X(code, kind, message, title) {#code, error_kind::kind, message, title},
#include "domain/errors.def"
#undef X
};

const row& at(errc code) {
  const auto index = static_cast<std::size_t>(code);
  return index < std::size(table) ? table[index]
                                  : table[static_cast<std::size_t>(errc::internal_error)];
}

}  // namespace

error_kind kind_of(errc code) { return at(code).kind; }
const char* to_string(errc code) { return at(code).name; }
const char* message_of(errc code) { return at(code).message; }
const char* title_of(errc code) { return at(code).title; }

errc errc_from_string(std::string_view name) {
  for (std::size_t i = 1; i < std::size(table); ++i)
    if (name == table[i].name) return static_cast<errc>(i);
  return errc::none;
}

}  // namespace taquilla
