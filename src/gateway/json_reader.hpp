// Reads one JSON object strictly, before anything believes it. The library alone takes the last of
// two equal keys, accepts a byte order mark, stops at a NUL byte, turns 1.9 into 1 and loses the
// digits of a number; here each of these is an error, and a number stays the text it was.
//
// Only the members of the outermost object are kept; what is nested is checked and dropped. Pure.
#pragma once

#include "domain/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace taquilla::gateway {

inline constexpr std::size_t json_depth_max = 16;
inline constexpr std::size_t json_members_max = 64;  ///< of one object

/// What stands for a number that is too large for a double. Nothing here is written that way.
inline constexpr std::string_view unacceptable_number = "1e99";

enum class json_kind { null, boolean, number, string, object, array };

struct json_member {
  std::string name;
  json_kind kind = json_kind::null;
  std::string text;  ///< of a string its characters, of a number its digits, else empty
};

struct json_form {
  bool is_object = false;  ///< false: the text is valid JSON of another kind
  std::vector<json_member> members;

  /// nullptr when absent.
  const json_member* find(std::string_view name) const;
};

/// @return malformed_json, with the place and the reason in `detail`, for anything but strict JSON
/// (RFC 8259, unique keys, no NUL, at most `json_depth_max` levels and `json_members_max` members).
result<json_form> read_json(std::string_view text);

}  // namespace taquilla::gateway
