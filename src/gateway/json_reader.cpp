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

  /// Behind the number that is too large for a double, at which the parser gave up.
  std::optional<std::size_t> overflow_ends() const { return overflow_ends_; }
  /// Which member of the outermost object has it, if it is one's value.
  std::optional<std::size_t> overflow_member() const {
    if (keys_.size() != 1 || !form_.is_object) return std::nullopt;
    return form_.members.size();
  }

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

/// Overwrites the number that ends before `end` by a zero and blanks.
void blank_number(std::string& text, std::size_t end) {
  const auto before = text.find_last_not_of("0123456789+-.eE", end - 1);
  const auto start = before == std::string::npos ? 0 : before + 1;
  text.replace(start, end - start, end - start, ' ');
  text[start] = '0';
}

/// A number too large for a double is good JSON and a bad value, at which the parser stops. So it
/// is read once more without that number, whose member keeps a text that no field accepts.
result<json_form> read_with_overflows(std::string text) {
  constexpr int overflows_max = 8;
  std::vector<std::size_t> too_large;
  for (int pass = 0; pass <= overflows_max; ++pass) {
    strict_reader reader;
    const bool parsed = json::sax_parse(text, &reader);
    if (const auto end = reader.overflow_ends()) {
      if (const auto member = reader.overflow_member()) too_large.push_back(*member);
      blank_number(text, *end);
      continue;
    }
    auto form = reader.finish(parsed);
    if (form)
      for (const auto index : too_large) form->members[index].text = "1e400";
    return form;
  }
  return error{errc::malformed_json, "too many numbers are out of range", 0};
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
  return read_with_overflows(std::string{text});
}

}  // namespace taquilla::gateway
