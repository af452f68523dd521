// How a row of the table in config_keys.cpp is written: a name, a unit, a range, a member, a
// sentence. Each function turns a member of `settings`, named by a generic lambda, into the getter
// and the setter of its kind. Used by config_keys.cpp alone.
#pragma once

#include "app/config_keys.hpp"

#include <chrono>
#include <type_traits>
#include <utility>

namespace taquilla::app {

template <class Member>
using member_type = std::decay_t<std::invoke_result_t<Member, settings&>>;

template <class Member>
config_key integer(const char* name, const char* unit, std::int64_t least, std::int64_t most,
                   Member member, const char* about) {
  return {name, unit, about,
          integer_key{least, most,
                      [member](const settings& s) { return static_cast<std::int64_t>(member(s)); },
                      [member](settings& s, std::int64_t value) {
                        member(s) = static_cast<member_type<Member>>(value);
                      }}};
}

template <class Member>
config_key milliseconds(const char* name, std::int64_t least, std::int64_t most, Member member,
                        const char* about) {
  return {name, "ms", about,
          integer_key{least, most,
                      [member](const settings& s) { return std::int64_t{member(s).count()}; },
                      [member](settings& s, std::int64_t value) {
                        member(s) = std::chrono::milliseconds{value};
                      }}};
}

template <class Member>
config_key number(const char* name, const char* unit, double least, double most, Member member,
                  const char* about) {
  return {name, unit, about,
          number_key{least, most, [member](const settings& s) { return member(s); },
                     [member](settings& s, double value) { member(s) = value; }}};
}

/// A rate per second that is kept in thousandths.
template <class Member>
config_key rate(const char* name, Member member, const char* about) {
  return {name, "1/s", about,
          number_key{0.001, 1'000'000,
                     [member](const settings& s) { return static_cast<double>(member(s)) / 1000; },
                     [member](settings& s, double value) {
                       member(s) = rate_milli_of(value).value_or(1);
                     }}};
}

template <class Member>
config_key flag(const char* name, Member member, const char* about) {
  return {name, "", about,
          flag_key{[member](const settings& s) { return member(s); },
                   [member](settings& s, bool value) { member(s) = value; }}};
}

template <class Member>
text_key text_of(Member member, bool is_secret, text_check check) {
  return {[member](const settings& s) { return member(s); },
          [member](settings& s, const std::string& value) { member(s) = value; }, is_secret, check};
}

template <class Member>
config_key text(const char* name, Member member, const char* about, text_check check = any_text) {
  return {name, "", about, text_of(member, false, check)};
}

template <class Member>
config_key secret(const char* name, Member member, const char* about, text_check check = any_text) {
  return {name, "", about, text_of(member, true, check)};
}

/// An enumeration whose values are the choices in order.
template <class Member>
config_key choice(const char* name, std::vector<std::string> choices, Member member,
                  const char* about) {
  return {name, "", about,
          choice_key{std::move(choices),
                     [member](const settings& s) { return static_cast<std::size_t>(member(s)); },
                     [member](settings& s, std::size_t value) {
                       member(s) = static_cast<member_type<Member>>(value);
                     }}};
}

template <class Member>
config_key list(const char* name, Member member, const char* about, text_check check = any_text) {
  return {
      name, "", about,
      list_key{[member](const settings& s) { return member(s); },
               [member](settings& s, const std::vector<std::string>& value) { member(s) = value; },
               check}};
}

}  // namespace taquilla::app
