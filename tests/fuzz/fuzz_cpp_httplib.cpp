// Goal: whatever passes the framer is harmless to cpp-httplib, and whatever an application answers
// is one response on the wire. Method: libFuzzer; framed requests go through the library's parsing
// and routing, and come back as an answer made of their own bytes, whose head must be the only one.
#include "gateway/http_server/cpp_httplib.hpp"
#include "gateway/http_server/framer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

using namespace taquilla::gateway;

namespace {

const std::vector<route>& routes() {
  static const auto nothing = [](const http_request&, responder) {};
  static const std::vector<route> table = {
      {{listener::gateway}, "GET", "/", nothing},
      {{listener::gateway}, "GET", "/api/events/([^/]+)/seats", nothing},
      {{listener::gateway}, "POST", "/api/([a-z]+)/chaos/([a-z]+)", nothing},
      {{listener::gateway}, "DELETE", "/api/reservations/([0-9]+)", nothing},
  };
  return table;
}

/// An answer made of what the client sent, as a careless application might.
http_response echo(const framed_request& framed) {
  http_response response;
  response.headers = framed.request.headers;
  response.headers.emplace_back("X-Path", framed.request.path);
  response.content_type = framed.request.path;
  response.body = framed.request.body;
  return response;
}

void expect_one_head(std::string_view wire, std::size_t body, std::size_t fields) {
  const auto end = wire.find("\r\n\r\n");
  if (end == std::string_view::npos || wire.size() - end - 4 != body) std::abort();
  const auto head = wire.substr(0, end);
  if (static_cast<std::size_t>(std::count(head.begin(), head.end(), '\n')) > fields) std::abort();
  if (head.find("Content-Length: " + std::to_string(body)) == std::string_view::npos) std::abort();
}

void serve(framed_request framed) {
  static route_matcher matcher{routes(), listener::gateway};
  static response_writer writer;
  if (!framed.method_known) return;
  if (matcher.match(framed) == nullptr) matcher.allowed(framed.request.path);
  auto response = echo(framed);
  const auto body = response.body.size();
  const auto fields = response.headers.size() + 3;  // ours: length, type, connection
  answer_shape shape;
  shape.close = framed.close;
  expect_one_head(writer.write(std::move(response), shape), body, fields);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes{reinterpret_cast<const char*>(data), size};
  framer one{framing_limits{}};
  while (!bytes.empty() && one.now() == framer::state::reading) {
    bytes.remove_prefix(one.feed(bytes));
    if (one.now() == framer::state::expects_continue)
      one.go_on();
    else if (one.now() == framer::state::complete)
      serve(one.take());
  }
  return 0;
}
