// The name of a role, as observers compare it: with words, for each message of a run. Nearly all
// that differ do so in their length already, so the comparison is two instructions where that of
// std::string with a literal is two function calls. Refers to a string that outlives it.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>

namespace taquilla::simulation {

class role_name {
 public:
  role_name(const std::string& text) : text_(&text) {}    // NOLINT: implicit on purpose
  operator const std::string&() const { return *text_; }  // NOLINT: the same

  bool empty() const { return text_->empty(); }

  template <std::size_t N>
  friend bool operator==(role_name role, const char (&word)[N]) {
    return role.text_->size() == N - 1 && std::memcmp(role.text_->data(), word, N - 1) == 0;
  }
  template <std::size_t N>
  friend bool operator!=(role_name role, const char (&word)[N]) {
    return !(role == word);
  }

 private:
  const std::string* text_;
};

}  // namespace taquilla::simulation
