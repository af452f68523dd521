// Goal: what cpp-httplib found or wrote once is found and written the same way again: a remembered
// route and a remembered head cannot be told from fresh ones.
// Method: the two adapters alone; every answer is compared byte for byte, twice and in between
// others.
#include "gateway/http_server/cpp_httplib.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace taquilla::gateway {

namespace {

http_response answer(int status, std::string body,
                     std::vector<std::pair<std::string, std::string>> headers = {}) {
  http_response response;
  response.status = status;
  response.content_type = body.empty() ? "" : "application/json";
  response.body = std::move(body);
  response.headers = std::move(headers);
  return response;
}

route at(const char* method, const char* pattern) {
  return {{listener::gateway}, method, pattern, [](const http_request&, const responder&) {}};
}

framed_request asking(const char* method, const std::string& target) {
  framed_request framed;
  framed.request.method = method;
  framed.target = target;
  framed.request.path = target.substr(0, target.find('?'));
  return framed;
}

}  // namespace

TEST_CASE("answers of one shape differ in their values alone") {
  response_writer writer;
  for (int turn = 0; turn < 2; ++turn) {
    CHECK(writer.write(answer(200, "{}", {{"X-Request-Id", "7"}, {"A", "first"}}), {}) ==
          "HTTP/1.1 200 OK\r\nA: first\r\nContent-Length: 2\r\nContent-Type: application/json\r\n"
          "X-Request-Id: 7\r\n\r\n{}");
    CHECK(writer.write(answer(200, "[1,2,3]", {{"X-Request-Id", "1234"}, {"A", ""}}), {}) ==
          "HTTP/1.1 200 OK\r\nA: \r\nContent-Length: 7\r\nContent-Type: application/json\r\n"
          "X-Request-Id: 1234\r\n\r\n[1,2,3]");
    CHECK(writer.write(answer(404, ""), {}) ==
          "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  }
}

TEST_CASE("each shape has its own head: HEAD, close, no content, a repeated field, a stream") {
  response_writer writer;
  for (int turn = 0; turn < 2; ++turn) {
    CHECK(writer.write(answer(200, "{}"), {true, false, false}) ==
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n");
    CHECK(writer.write(answer(200, "{}"), {false, true, false}) ==
          "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n"
          "Content-Type: application/json\r\n\r\n{}");
    CHECK(writer.write(answer(204, "{}"), {}) == "HTTP/1.1 204 No Content\r\n\r\n");
    CHECK(writer.write(answer(200, "", {{"Vary", "b"}, {"vary", "a"}}), {}) ==
          "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nVary: b\r\nvary: a\r\n\r\n");
  }
}

TEST_CASE("fields that belong to the connection, and values that would end a line, are dropped") {
  response_writer writer;
  const auto plain = writer.write(answer(200, "{}"), {});
  const std::string control{
      "a\x01"
      "0\x02"};
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"Content-Length", "999"},
                                                        {"transfer-encoding", "chunked"},
                                                        {"Keep-Alive", "timeout=5"},
                                                        {"X", "a\r\nSet-Cookie: b"},
                                                        {"X\n", "a"},
                                                        {"X", control}})
    CHECK(writer.write(answer(200, "{}", {{name, value}}), {}) == plain);
  CHECK(writer.write(answer(200, "{}", {{"X", "tab\tand ñ"}}), {}).find("X: tab\tand ñ\r\n") !=
        std::string::npos);
}

TEST_CASE("a body that looks like a head stays a body") {
  response_writer writer;
  for (int turn = 0; turn < 2; ++turn) {
    const auto written = writer.write(answer(200, "\r\nContent-Length: 1\r\n\x01\x02"), {});
    CHECK(written.find("\r\nContent-Length: 23\r\n") != std::string::npos);
    CHECK(written.substr(written.find("\r\n\r\n") + 4) == "\r\nContent-Length: 1\r\n\x01\x02");
  }
}

TEST_CASE("a remembered route is the route of its own method and path, and of nothing else") {
  const std::vector<route> routes{at("GET", "/seats"), at("POST", "/seats"),
                                  at("GET", "/seats/([^/]+)")};
  route_matcher matcher{routes, listener::gateway};
  for (int turn = 0; turn < 3; ++turn) {
    auto get = asking("GET", "/seats"), post = asking("POST", "/seats");
    CHECK(matcher.match(get) == &routes[0]);
    CHECK(matcher.match(post) == &routes[1]);
    auto none = asking("GET", "/seats/"), other = asking("DELETE", "/seats");
    CHECK(matcher.match(none) == nullptr);
    CHECK(matcher.match(other) == nullptr);
    auto asked = asking("GET", "/seats?limit=" + std::to_string(turn));
    CHECK(matcher.match(asked) == &routes[0]);
    auto one = asking("GET", "/seats/A" + std::to_string(turn));
    CHECK(matcher.match(one) == &routes[2]);
    REQUIRE(one.request.captures.size() == 1);
    CHECK(one.request.captures[0] == "A" + std::to_string(turn));
    CHECK(get.request.captures.empty());
  }
}

}  // namespace taquilla::gateway
