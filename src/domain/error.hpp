// Errors as values. An `error` is a code of errors.def and a detail for the reader; a `result<T>`
// is either the value or the error. Refusals travel as results; exceptions mean a broken invariant.
// Cheap to copy where there is no detail; no exceptions, no allocation without detail.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace taquilla {

/// 0 is "no error" to CAF, so codes start at 1.
enum class errc : std::uint8_t {
  none = 0,
#define X(code, kind, message, title) code,
#include "domain/errors.def"
#undef X
};

/// What sort of trouble: who can mend it, and so which HTTP status it gets.
enum class error_kind : std::uint8_t {
  malformed,
  too_slow,
  no_length,
  long_target,
  unmet,
  large_head,
  unimplemented,
  wrong_version,
  unauthorized,
  declined,
  forbidden,
  missing,
  wrong_method,
  conflict,
  too_large,
  wrong_type,
  misdirected,
  invalid,
  too_many,
  broken,
  unavailable,
  too_late,
};

error_kind kind_of(errc code);
const char* to_string(errc code);              ///< "seat_taken": stable, never translated
const char* message_of(errc code);             ///< Spanish sentence for the buyer
const char* title_of(errc code);               ///< English title for problem+json
errc errc_from_string(std::string_view name);  ///< errc::none when there is no such code

struct error {
  errc code = errc::none;
  std::string detail;               ///< for people; may be empty
  std::int64_t retry_after_ms = 0;  ///< 0: no advice
  std::uint64_t reservation = 0;    ///< the one that failed, where it was written down; 0: none
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, error& x) {
  return f(x.code, x.detail, x.retry_after_ms, x.reservation);
}

/// A value or the reason why there is none.
template <class T>
class result {
 public:
  result(T value) : content_(std::move(value)) {}      // NOLINT: implicit on purpose
  result(error why) : content_(std::move(why)) {}      // NOLINT: implicit on purpose
  result(errc code) : content_(error{code, {}, 0}) {}  // NOLINT: implicit on purpose

  explicit operator bool() const { return content_.index() == 0; }
  T& operator*() { return std::get<0>(content_); }
  const T& operator*() const { return std::get<0>(content_); }
  T* operator->() { return &std::get<0>(content_); }
  const T* operator->() const { return &std::get<0>(content_); }
  const error& failure() const { return std::get<1>(content_); }

 private:
  std::variant<T, error> content_;
};

}  // namespace taquilla
