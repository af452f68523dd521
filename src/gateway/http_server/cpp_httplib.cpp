#include "gateway/http_server/cpp_httplib.hpp"

#include "gateway/ascii.hpp"
#include "gateway/http_server/target.hpp"

#include <httplib.h>

#include <algorithm>
#include <cstring>
#include <regex>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

// The library's Request changes its layout with this macro; the packaged binary was built with it.
#ifndef CPPHTTPLIB_OPENSSL_SUPPORT
#error "cpp-httplib must be compiled with the definitions of its package (cmake/Dependencies.cmake)"
#endif

namespace taquilla::gateway {

namespace {

/// What the library takes for a connection: reads a string, appends to another or to nothing.
class memory_stream final : public httplib::Stream {
 public:
  memory_stream(std::string_view in, std::string* out) : in_{in}, out_{out} {}

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, std::size_t size) override {
    const auto n = std::min(size, in_.size());
    std::memcpy(to, in_.data(), n);
    in_.remove_prefix(n);
    return static_cast<ssize_t>(n);
  }
  ssize_t write(const char* from, std::size_t size) override {
    if (out_ != nullptr) out_->append(from, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override { ip.clear(), port = 0; }
  void get_local_ip_and_port(std::string& ip, int& port) const override { ip.clear(), port = 0; }
  socket_t socket() const override { return INVALID_SOCKET; }

 private:
  std::string_view in_;
  std::string* out_;
};

// The library would decode "%2F" into a separator, which it is not.
bool may_have_route(const std::string& path) {
  return path.size() <= matched_path_bytes_max && !has_escaped_slash(path);
}

bool listens(const route& r, listener at) {
  return std::find(r.at.begin(), r.at.end(), at) != r.at.end();
}

}  // namespace

class route_matcher::impl : public httplib::Server {
 public:
  impl(const std::vector<route>& routes, listener at) {
    for (const auto& r : routes)
      if (listens(r, at)) add(r);
  }

  const route* match(framed_request& framed) {
    wanted_.assign(framed.request.method).append(1, ' ').append(path_of(framed.target));
    if (const auto known = known_.find(wanted_); known != known_.end()) return known->second;
    matched_ = nullptr;
    request_ = &framed.request;
    const auto line = wanted_ + " HTTP/1.1\r\n\r\n";
    memory_stream stream{line, nullptr};
    bool closed = false;
    process_request(stream, true, closed, nullptr);
    remember(framed);
    return matched_;
  }

  std::vector<std::string> allowed(const std::string& path) const {
    std::set<std::string> methods;
    for (const auto& [pattern, r] : patterns_)
      if (methods.count(r->method) == 0 && std::regex_match(path, pattern))
        methods.insert(r->method);
    if (methods.count("GET") > 0) methods.insert("HEAD");
    return {methods.begin(), methods.end()};
  }

 private:
  void add(const route& r) {
    patterns_.emplace_back(std::regex{r.pattern}, &r);
    const auto note = [this, &r](const httplib::Request& parsed, httplib::Response&) {
      matched_ = &r;
      request_->captures.assign(std::next(parsed.matches.begin()), parsed.matches.end());
    };
    if (r.method == "GET") Get(r.pattern, note);
    if (r.method == "POST") Post(r.pattern, note);
    if (r.method == "PUT") Put(r.pattern, note);
    if (r.method == "PATCH") Patch(r.pattern, note);
    if (r.method == "DELETE") Delete(r.pattern, note);
    if (r.method == "OPTIONS") Options(r.pattern, note);
  }

  // What the library found for a path without captures and escapes it finds again: that is the path
  // of a route itself, and most requests ask for such a one.
  void remember(const framed_request& framed) {
    const bool plain = path_of(framed.target) == framed.request.path;
    if (matched_ != nullptr && plain && framed.request.captures.empty() &&
        known_.size() < known_max)
      known_.emplace(wanted_, matched_);
  }

  static constexpr std::size_t known_max = 256;  ///< more than there are routes
  std::vector<std::pair<std::regex, const route*>> patterns_;
  std::unordered_map<std::string, const route*> known_;  ///< by method and path
  std::string wanted_;
  const route* matched_ = nullptr;
  http_request* request_ = nullptr;
};

route_matcher::route_matcher(const std::vector<route>& routes, listener at)
    : impl_{std::make_unique<impl>(routes, at)} {}

route_matcher::~route_matcher() = default;

const route* route_matcher::match(framed_request& framed) {
  if (!may_have_route(framed.request.path)) return nullptr;
  return impl_->match(framed);
}

std::vector<std::string> route_matcher::allowed(const std::string& path) const {
  if (!may_have_route(path)) return {};
  return impl_->allowed(path);
}

// Everything is decided before the library is called; it is given a request line without fields,
// finds the answer ready in its pre-routing hook and writes it. The hook after routing takes back
// what it adds on its own account.
//
// Answers come in few shapes: the same status, fields of the same names, a body or none. So the
// library writes each shape once, with marks where values belong, and later answers of that shape
// are filled in. Of all that it decides here nothing depends on a value.
class response_writer::impl : public httplib::Server {
 public:
  impl() {
    set_pre_routing_handler([this](const httplib::Request&, httplib::Response& to) {
      to.status = status_;
      for (const auto& [name, value] : fields_) to.headers.emplace(name, value);
      to.body = body_;
      return HandlerResponse::Handled;
    });
    set_post_routing_handler(
        [this](const httplib::Request&, httplib::Response& to) { correct(to); });
  }

  std::string write(http_response response, const answer_shape& shape) {
    shape_ = shape;
    status_ = response.status >= 200 && response.status <= 599 ? response.status : 500;
    streams_ = response.stream != nullptr;
    take_fields(response);
    const bool has_body = !bodiless() && !streams_ && !response.body.empty();
    const auto& head = head_for(has_body);
    std::string out;
    out.reserve(512 + response.body.size());
    for (const auto& piece : head) {
      out += piece.text;
      if (piece.value == length_mark)
        out += std::to_string(response.body.size());
      else if (piece.value != no_mark)
        out += fields_[piece.value].second;
    }
    if (has_body && !shape.head_only) out += response.body;
    return out;
  }

 private:
  /// Some text as the library wrote it, and which field's value comes behind it.
  struct piece {
    std::string text;
    std::size_t value = no_mark;
  };
  using pieces = std::vector<piece>;
  static constexpr std::size_t no_mark = ~std::size_t{0}, length_mark = no_mark - 1;
  static constexpr std::size_t heads_max = 512;  ///< shapes; ours are some dozens

  static bool fit(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    });
  }
  static bool is_ours(std::string_view name) {
    for (const char* ours : {"Connection", "Keep-Alive", "Content-Length", "Transfer-Encoding"})
      if (equal_ignoring_case(name, ours)) return true;
    return false;
  }

  bool bodiless() const { return status_ == 204 || status_ == 304; }

  void take_fields(http_response& response) {
    fields_.clear();
    bool typed = bodiless() || response.content_type.empty() || !fit(response.content_type);
    for (auto& field : response.headers) {
      if (!fit(field.first) || !fit(field.second) || is_ours(field.first)) continue;
      typed = typed || equal_ignoring_case(field.first, "Content-Type");
      fields_.push_back(std::move(field));
    }
    if (!typed) fields_.emplace_back("Content-Type", std::move(response.content_type));
  }

  const pieces& head_for(bool has_body) {
    key_.assign(std::to_string(status_));
    for (const bool flag : {has_body, streams_, shape_.head_only, shape_.close, shape_.http_1_0})
      key_ += flag ? '1' : '0';
    for (const auto& [name, value] : fields_) key_.append(name).append(1, '\n');
    const auto known = heads_.find(key_);
    if (known != heads_.end()) return known->second;
    if (heads_.size() >= heads_max) heads_.clear();
    return heads_.emplace(key_, compose(has_body)).first->second;
  }

  /// Has the library write the head with marks for values, and cuts it at them.
  pieces compose(bool has_body) {
    auto values = fields_;
    for (std::size_t i = 0; i < fields_.size(); ++i) fields_[i].second = mark(i);
    body_ = has_body ? "x" : "";
    std::string written;
    memory_stream stream{shape_.head_only ? "HEAD / HTTP/1.1\r\n\r\n" : "GET / HTTP/1.1\r\n\r\n",
                         &written};
    bool closed = false;
    process_request(stream, true, closed, nullptr);
    fields_ = std::move(values);
    written.resize(written.find("\r\n\r\n") + 4);
    return cut(written, has_body);
  }

  // No field can hold these characters (`fit`).
  static std::string mark(std::size_t index) { return '\x01' + std::to_string(index) + '\x02'; }

  static pieces cut(std::string head, bool has_body) {
    constexpr std::string_view length = "\r\nContent-Length: 1\r\n";
    const auto counted = has_body ? head.find(length) : std::string::npos;
    if (counted != std::string::npos)
      head.replace(counted + length.size() - 3, 1, mark(length_mark));
    pieces out;
    std::size_t from = 0;
    for (auto at = head.find('\x01'); at != std::string::npos; at = head.find('\x01', from)) {
      const auto end = head.find('\x02', at);
      out.push_back({head.substr(from, at - from),
                     static_cast<std::size_t>(std::stoull(head.substr(at + 1, end - at - 1)))});
      from = end + 1;
    }
    out.push_back({head.substr(from), no_mark});
    return out;
  }

  void correct(httplib::Response& to) {
    to.headers.erase("Accept-Ranges");
    if (!shape_.close) to.headers.erase("Connection");
    if (bodiless() || streams_) to.headers.erase("Content-Length");
    if (streams_ && !shape_.http_1_0) to.headers.emplace("Transfer-Encoding", "chunked");
  }

  answer_shape shape_;
  int status_ = 200;
  bool streams_ = false;
  std::vector<std::pair<std::string, std::string>> fields_;
  std::string body_;
  std::string key_;
  std::unordered_map<std::string, pieces> heads_;
};

response_writer::response_writer() : impl_{std::make_unique<impl>()} {}

response_writer::~response_writer() = default;

std::string response_writer::write(http_response response, const answer_shape& shape) {
  return impl_->write(std::move(response), shape);
}

}  // namespace taquilla::gateway
