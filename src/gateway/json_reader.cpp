#include "gateway/json_reader.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace taquilla::gateway {

namespace {

using json = nlohmann::json;

/// Receives what the parser sees. Returning false stops the parser; `why_` then says why.
class strict_reader {
 public:
  bool null() { return value(json_kind::null, {}); }
  bool boolean(bool) { return value(json_kind::boolean, {}); }
  // An integer has no fraction, exponent or leading zero, so printing it gives its digits back. Of
  // a float the parser hands over the digits themselves.
  bool number_integer(std::int64_t n) { return value(json_kind::number, std::to_string(n)); }
  bool number_unsigned(std::uint64_t n) { return value(json_kind::number, std::to_string(n)); }
  bool number_float(double, const std::string& digits) { return value(json_kind::number, digits); }
  bool string(std::string& characters) {
    if (has_nul(characters)) return false;
    return value(json_kind::string, std::move(characters));
  }
  bool binary(json::binary_t&) { return false; }  // never in text

  bool start_object(std::size_t) {
    if (keys_.empty()) {
      form_.is_object = true;
      form_.members.reserve(members_usual);
    }
    return deeper(json_kind::object);
  }
  bool start_array(std::size_t) { return deeper(json_kind::array); }
  bool end_object() { return shallower(); }
  bool end_array() { return shallower(); }

  bool key(std::string& name) {
    if (has_nul(name)) return false;
    auto& seen = keys_.back();
    if (seen.size() == json_members_max) return stop("an object has too many members");
    if (std::find(seen.begin(), seen.end(), name) != seen.end())
      return stop("an object has the same key twice");
    seen.push_back(name);
    if (keys_.size() == 1) name_ = std::move(name);
    return true;
  }

  bool parse_error(std::size_t at, const std::string&, const json::exception& what) {
    constexpr int number_overflow = 406;
    if (what.id == number_overflow) overflow_ends_ = at;
    return stop("not JSON at byte " + std::to_string(at));
  }

  result<json_form> finish(bool parsed) {
    if (parsed) return std::move(form_);
    return error{errc::malformed_json, std::move(why_), 0};
  }

  /// Behind a number that is too large for a double, at which the parser gave up.
  std::optional<std::size_t> overflow_ends() const { return overflow_ends_; }

 private:
  bool stop(std::string why) {
    why_ = std::move(why);
    return false;
  }
  bool has_nul(const std::string& characters) {
    if (characters.find('\0') == std::string::npos) return false;
    stop("a string contains a NUL character");
    return true;
  }
  bool value(json_kind kind, std::string text) {
    if (keys_.size() == 1 && form_.is_object)
      form_.members.push_back({std::move(name_), kind, std::move(text)});
    return true;
  }
  bool deeper(json_kind kind) {
    if (keys_.size() == json_depth_max) return stop("nested too deeply");
    value(kind, {});
    keys_.emplace_back().reserve(kind == json_kind::object ? members_usual : 0);
    return true;
  }
  bool shallower() {
    keys_.pop_back();
    return true;
  }

  static constexpr std::size_t members_usual = 6;

  json_form form_;
  /// Of every open object or array; few enough to search.
  std::vector<std::vector<std::string>> keys_;
  std::string name_;  ///< of the outermost member being read
  std::string why_;
  std::optional<std::size_t> overflow_ends_;
};

/// True when all of `text` is one number, and too large for a double.
bool is_too_large(const std::string& text) {
  strict_reader reader;
  json::sax_parse(text, &reader);
  return reader.overflow_ends() == text.size();
}

/// Behind the string that begins at `at`.
std::size_t end_of_string(const std::string& text, std::size_t at) {
  while (++at < text.size() && text[at] != '"')
    if (text[at] == '\\') ++at;
  return std::min(at + 1, text.size());
}

/// A number too large for a double is good JSON and a bad value, at which the parser stops. So it
/// is given another one in its place, of the same length, that no field accepts either. Goes over
/// the text once; what is no JSON stays none, for what is replaced is a number before and after.
std::string without_overflows(std::string text) {
  constexpr const char* number_characters = "+-.0123456789Ee";
  std::size_t at = 0;
  while ((at = text.find_first_of("\"-0123456789", at)) != std::string::npos) {
    const bool quoted = text[at] == '"';
    const auto end = quoted ? end_of_string(text, at)
                            : std::min(text.find_first_not_of(number_characters, at), text.size());
    if (!quoted && is_too_large(text.substr(at, end - at))) {
      std::string instead{unacceptable_number};
      instead.resize(end - at, ' ');
      text.replace(at, end - at, instead);
    }
    at = end;
  }
  return text;
}

}  // namespace

const json_member* json_form::find(std::string_view name) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const json_member& m) { return m.name == name; });
  return found == members.end() ? nullptr : &*found;
}

result<json_form> read_json(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.empty()) return error{errc::malformed_json, "the body is empty", 0};
  if (text.substr(0, byte_order_mark.size()) == byte_order_mark)
    return error{errc::malformed_json, "the body starts with a byte order mark", 0};
  if (text.find('\0') != std::string_view::npos)
    return error{errc::malformed_json, "the body contains a NUL byte", 0};
  strict_reader reader;
  const bool parsed = json::sax_parse(text, &reader);
  if (!reader.overflow_ends()) return reader.finish(parsed);
  strict_reader again;
  return again.finish(json::sax_parse(without_overflows(std::string{text}), &again));
}

}  // namespace taquilla::gateway
