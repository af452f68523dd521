// Goal: bytes are judged as the table says, however they are cut. Method: the attack table against
// the framer alone, whole, byte by byte, at every split into two, and every prefix of every row.
#include "gateway/http_server/framer.hpp"

#include "gateway/http_server/attacks.hpp"
#include "gateway/http_server/target.hpp"
#include "gateway/http_server/verdict.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace taquilla::gateway;
using taquilla::gateway::testing::afterwards;
using taquilla::gateway::testing::attacks;
using taquilla::gateway::testing::verdict;

namespace {

verdict judged(std::string_view first, std::string_view second = {}) {
  verdict found;
  found.feed(first);
  found.feed(second);
  return found;
}

std::size_t requests_of(const testing::attack& row) {
  std::size_t n = 0;
  for (const int status : row.statuses) n += status != 100;
  return row.then == afterwards::refused ? n - 1 : n;
}

}  // namespace

TEST_CASE("every row of the attack table is framed or refused as it says") {
  for (const auto& row : attacks()) {
    CAPTURE(row.name);
    const auto found = judged(row.bytes);
    const bool refused = row.then == afterwards::refused;
    CHECK(found.status() == (refused ? row.statuses.back() : 0));
    if (row.name.rfind("pipelined after", 0) != 0) CHECK(found.complete() == requests_of(row));
    if (!refused) CHECK(found.idle());
  }
}

TEST_CASE("how bytes are cut into reads changes nothing") {
  for (const auto& row : attacks()) {
    CAPTURE(row.name);
    const std::string_view bytes = row.bytes;
    const auto whole = judged(bytes).text();
    std::size_t different = 0;
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut)
      different += judged(bytes.substr(0, cut), bytes.substr(cut)).text() != whole;
    CHECK(different == 0);
    verdict drip;
    for (std::size_t i = 0; i < bytes.size(); ++i) drip.feed(bytes.substr(i, 1));
    CHECK(drip.text() == whole);
  }
}

TEST_CASE("a prefix says nothing that the whole does not say") {
  for (const auto& row : attacks()) {
    CAPTURE(row.name);
    const auto whole = judged(row.bytes).text();
    std::size_t contradictions = 0;
    for (std::size_t n = 0; n < row.bytes.size(); ++n) {
      const auto part = judged(std::string_view{row.bytes}.substr(0, n)).text();
      contradictions += whole.compare(0, part.size(), part) != 0;
    }
    CHECK(contradictions == 0);
  }
}

TEST_CASE("header values stay as they were sent") {
  const std::string origin = "http%3A%2F%2Flocalhost%0d%0aX: y";
  framer one{framing_limits{}};
  one.feed("GET / HTTP/1.1\r\nHost: box\r\nOrigin:   " + origin + " \t\r\n\r\n");
  REQUIRE(one.now() == framer::state::complete);
  const auto framed = one.take();
  CHECK(framed.request.header("ORIGIN") == origin);
}

TEST_CASE("a path arrives decoded, but what was no separator does not become one") {
  framer one{framing_limits{}};
  one.feed("GET /%61pi%2Freservations%2f%20%252F?a=%2F HTTP/1.1\r\nHost: b\r\n\r\n");
  REQUIRE(one.now() == framer::state::complete);
  const auto framed = one.take();
  CHECK(framed.request.path == "/api%2Freservations%2f %252F");
  CHECK(*framed.request.parameter("a") == "/");
}

TEST_CASE("a chunked body arrives decoded") {
  framer one{framing_limits{}};
  one.feed(
      "POST / HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n1;x\r\nd\r\n0\r\n\r\n");
  REQUIRE(one.now() == framer::state::complete);
  CHECK(one.take().request.body == "abcd");
}

TEST_CASE("a target in absolute form is its path and query") {
  CHECK(origin_form("http://box/a?b", "box") == "/a?b");
  CHECK(origin_form("HTTP://BOX", "box") == "/");
  CHECK(origin_form("http://box?a=b", "box") == "/?a=b");
  CHECK(origin_form("*", "box") == "*");
  for (const char* foreign : {"http://boxer/", "http://box:81/", "http://box..", "https://box/",
                              "box/", "http:///", "http://:80/", "http://me@box/"})
    CHECK_FALSE(origin_form(foreign, "box"));
  // One authority, written in two ways.
  for (const char* host : {"box", "BOX", "box:", "box:80", "box.", "box.:080"})
    for (const char* target : {"http://box/a", "http://Box:80/a", "http://box:/a", "http://box./a"})
      CHECK(origin_form(target, host) == "/a");
  CHECK(origin_form("http://[::1]:80/a", "[::1]") == "/a");
  CHECK_FALSE(origin_form("http://box:80/", "box:81"));
}

TEST_CASE("a query is read as forms write it, and whole") {
  using pairs = std::vector<std::pair<std::string, std::string>>;
  CHECK(parameters_of("/a").empty());
  CHECK(parameters_of("/a?").empty());
  CHECK(parameters_of("/a?&&").empty());
  CHECK(parameters_of("/a?b=1&a=2&b=1") == pairs{{"b", "1"}, {"a", "2"}, {"b", "1"}});
  CHECK(parameters_of("/a?mail=x=y@z=&n==") == pairs{{"mail", "x=y@z="}, {"n", "="}});
  CHECK(parameters_of("/a?b&=c&d=?e?") == pairs{{"b", ""}, {"", "c"}, {"d", "?e?"}});
  CHECK(parameters_of("/a?b%3D+%2B=%26+%3d%25") == pairs{{"b= +", "& =%"}});
}

TEST_CASE("the framer takes nothing after an error") {
  framer one{framing_limits{}};
  one.feed("BAD\r\n");
  CHECK(one.now() == framer::state::failed);
  CHECK(one.feed("GET / HTTP/1.1\r\nHost: b\r\n\r\n") == 0);
}
