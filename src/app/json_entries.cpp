// PROBLEM  nlohmann's events carry no positions.
// WAY      It reads through an iterator of ours that knows how far it has come. When the event of
//          a key arrives, exactly its closing quote has been read: the key starts at the quote
//          before it, its value at the first byte behind the colon.
#include "app/json_entries.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

namespace taquilla::app {

namespace {

using json = nlohmann::json;

constexpr std::size_t text_max = 1 << 20;
constexpr std::size_t depth_max = 16;

/// Turns offsets into places. It goes on from where it was, so that asking for one after the other
/// costs the length of the text once.
class text_ruler {
 public:
  explicit text_ruler(std::string_view text) : text_(text) {}

  text_place place_at(std::size_t offset) {
    if (offset < offset_) *this = text_ruler{text_};
    for (; offset_ < offset && offset_ < text_.size(); ++offset_) {
      if (text_[offset_] == '\n') {
        ++at_.line;
        at_.column = 0;
      }
      ++at_.column;
    }
    return at_;
  }

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
  text_place at_;
};

text_place place_at(const std::string& text, std::size_t offset) {
  return text_ruler{text}.place_at(offset);
}

class counting_iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  counting_iterator(const char* at, std::size_t* read) : at_(at), read_(read) {}
  reference operator*() const { return *at_; }
  counting_iterator& operator++() {
    ++at_;
    ++*read_;
    return *this;
  }
  counting_iterator operator++(int) {
    auto before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const counting_iterator& a, const counting_iterator& b) {
    return a.at_ == b.at_;
  }
  friend bool operator!=(const counting_iterator& a, const counting_iterator& b) {
    return !(a == b);
  }

 private:
  const char* at_;
  std::size_t* read_;
};

/// Hears events and knows where in the text they came from.
class positioned : public nlohmann::json_sax<json> {
 public:
  positioned(const std::string& text, const std::size_t& read) : text_(text), read_(read) {}

  bool binary(binary_t&) override { return false; }
  bool parse_error(std::size_t position, const std::string&, const json::exception& why) override {
    const std::string text = why.what();
    const auto detail = text.rfind("; last read: ");
    const auto start = text.find(": ", text.find("column"));
    return refuse(
        "is not JSON: " +
            (start == std::string::npos ? text : text.substr(start + 2, detail - start - 2)),
        position == 0 ? 0 : position - 1);
  }

 protected:
  /// Notes why the text is refused, and where. @return false: nothing more is to be read.
  virtual bool refuse(std::string why, std::size_t offset) = 0;

  std::size_t key_start() const {
    auto at = read_ - 1;  // the closing quote
    while (at > 0) {
      --at;
      std::size_t slashes = 0;
      while (slashes < at && text_[at - slashes - 1] == '\\') ++slashes;
      if (text_[at] == '"' && slashes % 2 == 0) break;
    }
    return at;
  }
  std::size_t value_start() const {
    const auto at = text_.find_first_not_of(" \t\r\n:", read_);
    return at == std::string::npos ? text_.size() : at;
  }

  const std::string& text_;
  const std::size_t& read_;
};

class collector final : public positioned {
 public:
  collector(const std::string& text, const std::size_t& read, json_entries& out)
      : positioned(text, read), out_(out), ruler_(text) {}

  bool null() override { return leaf(nullptr); }
  bool boolean(bool value) override { return leaf(value); }
  bool number_integer(number_integer_t value) override { return leaf(value); }
  bool number_unsigned(number_unsigned_t value) override { return leaf(value); }
  bool number_float(number_float_t value, const string_t&) override { return leaf(value); }
  bool string(string_t& value) override { return leaf(value); }

  bool start_object(std::size_t) override {
    if (in_array()) return refuse("an object cannot stand in a list");
    if (path_.size() >= depth_max) return refuse("nested too deeply");
    if (!path_.empty()) path_.back().has_members = true;
    path_.push_back({});
    return true;
  }
  bool key(string_t& name) override {
    auto& level = path_.back();
    level.has_members = true;
    level.key = name;
    level.key_at = key_start();
    level.value_at = value_start();
    return true;
  }
  bool end_object() override {
    const bool was_empty = !path_.back().has_members;
    path_.pop_back();
    return !was_empty || path_.empty() || add(json::object());
  }
  bool start_array(std::size_t) override {
    if (path_.empty()) return refuse("the file must hold one object, { ... }");
    if (in_array()) return refuse("a list cannot stand in a list");
    array_ = json::array();
    return true;
  }
  bool end_array() override { return add(std::exchange(array_, json(nullptr))); }

 private:
  struct level {
    std::string key;
    std::size_t key_at = 0, value_at = 0;
    bool has_members = false;
  };

  bool in_array() const { return array_.is_array(); }

  bool leaf(json value) {
    if (path_.empty()) return refuse("the file must hold one object, { ... }");
    if (!in_array()) return add(std::move(value));
    array_.push_back(std::move(value));
    return true;
  }
  bool add(json value) {
    std::string name;
    for (const auto& at : path_) name += (name.empty() ? "" : ".") + at.key;
    const auto& at = path_.back();
    out_.list.push_back({std::move(name), std::move(value), ruler_.place_at(at.key_at),
                         ruler_.place_at(at.value_at)});
    return true;
  }
  bool refuse(const char* why) { return refuse(why, path_.empty() ? 0 : path_.back().value_at); }
  bool refuse(std::string why, std::size_t offset) override {
    out_.problem = std::move(why);
    out_.problem_at = place_at(text_, offset);
    return false;
  }

  json_entries& out_;
  text_ruler ruler_;
  std::vector<level> path_;
  json array_;
};

class place_finder final : public positioned {
 public:
  place_finder(const std::string& text, const std::size_t& read, json_places& out)
      : positioned(text, read), out_(out) {}

  bool null() override { return next_value(); }
  bool boolean(bool) override { return next_value(); }
  bool number_integer(number_integer_t) override { return next_value(); }
  bool number_unsigned(number_unsigned_t) override { return next_value(); }
  bool number_float(number_float_t, const string_t&) override { return next_value(); }
  bool string(string_t&) override { return next_value(); }
  bool start_object(std::size_t) override { return open(false); }
  bool start_array(std::size_t) override { return open(true); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    auto& level = path_.back();
    if (!level.keys.insert(name).second)
      return refuse("the key \"" + name + "\" is there twice", key_start());
    level.member = (level.name.empty() ? "" : level.name + '.') + name;
    out_.offsets[level.member] = value_start();
    return true;
  }

 private:
  struct level {
    std::string name;    // "events[0]"
    std::string member;  // what comes next, in an object
    bool is_list = false;
    std::size_t index = 0;
    std::set<std::string> keys;
  };

  std::string next_name() const {
    if (path_.empty()) return {};
    const auto& level = path_.back();
    return level.is_list ? level.name + '[' + std::to_string(level.index) + ']' : level.member;
  }
  bool next_value() {
    if (!path_.empty()) ++path_.back().index;
    return true;
  }
  bool open(bool is_list) {
    if (path_.size() >= depth_max) return refuse("nested too deeply", read_ - 1);
    level fresh;
    fresh.name = next_name();
    fresh.is_list = is_list;
    if (!fresh.name.empty()) out_.offsets[fresh.name] = read_ - 1;  // the bracket was just read
    path_.push_back(std::move(fresh));
    return true;
  }
  bool close() {
    path_.pop_back();
    return next_value();
  }
  bool refuse(std::string why, std::size_t offset) override {
    out_.problem = std::move(why);
    out_.problem_at = place_at(text_, offset);
    return false;
  }

  json_places& out_;
  std::vector<level> path_;
};

}  // namespace

json_entries read_entries(const std::string& text) {
  json_entries out;
  if (text.size() > text_max) {
    out.problem = "is larger than a megabyte";
    return out;
  }
  std::size_t read = 0;
  collector events{text, read, out};
  json::sax_parse(counting_iterator{text.data(), &read},
                  counting_iterator{text.data() + text.size(), &read}, &events);
  return out;
}

json_places read_places(const std::string& text) {
  json_places out;
  std::size_t read = 0;
  place_finder events{text, read, out};
  json::sax_parse(counting_iterator{text.data(), &read},
                  counting_iterator{text.data() + text.size(), &read}, &events);
  return out;
}

text_place place_of(const json_places& places, const std::string& text, std::string name) {
  for (; !name.empty(); name.resize(std::max<std::size_t>(name.find_last_of(".[") + 1, 1) - 1))
    if (const auto found = places.offsets.find(name); found != places.offsets.end())
      return place_at(text, found->second);
  return {};
}

}  // namespace taquilla::app
