#include "gateway/http_server/library.hpp"

#include <httplib.h>

#include <algorithm>
#include <cstring>
#include <regex>
#include <set>
#include <string_view>
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

/// The request line as the library gets it. It counts more than one '?' as an error, though a query
/// may hold them: the later ones are escaped.
std::string request_line(const framed_request& framed) {
  std::string line = framed.request.method + ' ';
  bool in_query = false;
  for (const char c : framed.target) {
    if (c == '?' && in_query) {
      line += "%3F";
    } else {
      line += c;
      in_query = in_query || c == '?';
    }
  }
  return line += " HTTP/1.1\r\n\r\n";
}

bool listens(const route& r, listener at) {
  return std::find(r.at.begin(), r.at.end(), at) != r.at.end();
}

}  // namespace

class route_matcher::library : public httplib::Server {
 public:
  library(const std::vector<route>& routes, listener at) {
    for (const auto& r : routes)
      if (listens(r, at)) add(r);
  }

  const route* match(framed_request& framed) {
    matched_ = nullptr;
    request_ = &framed.request;
    const auto line = request_line(framed);
    memory_stream stream{line, nullptr};
    bool closed = false;
    // Before any route is tried, so that a request without one has its query too.
    process_request(stream, true, closed, [this](httplib::Request& parsed) {
      request_->query.assign(parsed.params.begin(), parsed.params.end());
    });
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

  std::vector<std::pair<std::regex, const route*>> patterns_;
  const route* matched_ = nullptr;
  http_request* request_ = nullptr;
};

route_matcher::route_matcher(const std::vector<route>& routes, listener at)
    : library_{std::make_unique<library>(routes, at)} {}

route_matcher::~route_matcher() = default;

const route* route_matcher::match(framed_request& framed) {
  if (framed.request.path.size() > matched_path_bytes_max) return nullptr;
  return library_->match(framed);
}

std::vector<std::string> route_matcher::allowed(const std::string& path) const {
  if (path.size() > matched_path_bytes_max) return {};
  return library_->allowed(path);
}

// Everything is decided before the library is called; it is given a request line without fields,
// finds the answer ready in its pre-routing hook and writes it. The hook after routing takes back
// what it adds on its own account.
class response_writer::library : public httplib::Server {
 public:
  library() {
    set_pre_routing_handler([this](const httplib::Request&, httplib::Response& to) {
      fill(to);
      return HandlerResponse::Handled;
    });
    set_post_routing_handler(
        [this](const httplib::Request&, httplib::Response& to) { correct(to); });
  }

  std::string write(http_response response, const answer_shape& shape) {
    response_ = std::move(response);
    shape_ = shape;
    std::string out;
    out.reserve(512 + response_.body.size());
    memory_stream stream{shape.head_only ? "HEAD / HTTP/1.1\r\n\r\n" : "GET / HTTP/1.1\r\n\r\n",
                         &out};
    bool closed = false;
    process_request(stream, true, closed, nullptr);
    response_ = {};
    return out;
  }

 private:
  static bool fit(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    });
  }

  bool bodiless() const { return response_.status == 204 || response_.status == 304; }

  void fill(httplib::Response& to) {
    const bool final_status = response_.status >= 200 && response_.status <= 599;
    to.status = final_status ? response_.status : 500;
    for (auto& [name, value] : response_.headers)
      if (fit(name) && fit(value)) to.headers.emplace(std::move(name), std::move(value));
    for (const char* ours : {"Connection", "Keep-Alive", "Content-Length", "Transfer-Encoding"})
      to.headers.erase(ours);
    if (bodiless()) return;
    if (!response_.content_type.empty() && fit(response_.content_type) &&
        !to.has_header("Content-Type"))
      to.headers.emplace("Content-Type", std::move(response_.content_type));
    if (!response_.stream) to.body = std::move(response_.body);
  }

  void correct(httplib::Response& to) {
    to.headers.erase("Accept-Ranges");
    if (!shape_.close) to.headers.erase("Connection");
    if (bodiless() || response_.stream) to.headers.erase("Content-Length");
    if (response_.stream && !shape_.http_1_0) to.headers.emplace("Transfer-Encoding", "chunked");
  }

  http_response response_;
  answer_shape shape_;
};

response_writer::response_writer() : library_{std::make_unique<library>()} {}

response_writer::~response_writer() = default;

std::string response_writer::write(http_response response, const answer_shape& shape) {
  return library_->write(std::move(response), shape);
}

}  // namespace taquilla::gateway
