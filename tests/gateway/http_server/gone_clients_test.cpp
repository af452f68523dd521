// Goal: a client that goes is noticed at once, whatever it has sent, so that nobody works for it;
// and one that only says that it will send no more is answered.
// Method: a real server; requests that are in work until the test answers them.
#include "gateway/http_server/client.hpp"
#include "gateway/http_server/fake_application.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

using namespace taquilla::gateway;
using namespace taquilla::gateway::testing;

TEST_CASE(
    "a client that goes while its request is in work is noticed, whatever it sent behind it") {
  const std::string whole = get_request("/hello"), some = whole.substr(0, 9);
  for (const auto& behind : {std::string{}, some, whole, whole + whole + some}) {
    for (const bool urgently : {false, true}) {
      CAPTURE(behind);
      CAPTURE(urgently);
      auto options = one_reactor();
      options.head_timeout = options.answer_timeout = std::chrono::minutes{5};  // no alarm helps
      running_server house{options};
      client one{house.port()}, clock{house.port()};
      one.send("POST /park HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
      REQUIRE(house.application.wait_parked(1));
      if (!behind.empty()) one.send(behind);
      for (int i = 0; urgently && i < 2; ++i) {
        one.urgent();
        CHECK(clock.get("/hello").status == 200);  // the server has been through its events
      }
      one.reset();
      CHECK(house.wait_until([](const auto& now) { return now.open_connections == 1; }));
      CHECK(house.server->read_counters().in_flight == 0);
    }
  }
}

TEST_CASE("what was sent behind a request in work, and the end behind that, waits for its turn") {
  running_server house;
  client one{house.port()};
  one.send("POST /park HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  REQUIRE(house.application.wait_parked(1));
  one.send(get_request("/hello") + get_request("/hello"));
  one.end_of_input();
  CHECK(house.application.handled == 1);
  house.application.release_all();
  CHECK(one.read_reply().body == "released");
  for (int i = 0; i < 2; ++i) CHECK(one.read_reply().status == 200);
  CHECK(one.ended());
}

TEST_CASE("a client that has gone is noticed while it is not read") {
  for (const char* kind : {"more behind it", "nothing may come behind it"}) {
    CAPTURE(kind);
    running_server house;
    client one{house.port()};
    const bool more = std::string_view{kind}.front() == 'm';
    std::string all = get_request("/park", more ? "" : "Connection: close\r\n");
    for (int i = 0; i < 300; ++i) all += get_request("/park");
    one.send(all);
    REQUIRE(house.application.wait_parked(more ? 4 : 1));
    one.reset();
    CHECK(house.wait_until([](const auto& now) { return now.open_connections == 0; }));
    CHECK(house.server->read_counters().in_flight == 0);
    CHECK(house.application.handled == (more ? 4 : 1));
  }
}
