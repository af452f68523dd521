// Goal: every request gets its one answer, in order, whoever gives it and whenever; and the wire
// says what docs/http.md says. Method: a real server with a fake application, raw sockets.
#include "gateway/http_server/attacks.hpp"
#include "gateway/http_server/client.hpp"
#include "gateway/http_server/fake_application.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace taquilla::gateway;
using namespace taquilla::gateway::testing;

namespace {

bool says(const reply& answer, const std::string& field) {
  return answer.head.find("\r\n" + field) != std::string::npos;
}

/// Sends a row and reads what it is owed; afterwards the connection must be as the row says.
std::string replay(const attack& row, std::uint16_t port, std::size_t cut) {
  client one{port};
  one.send(std::string_view{row.bytes}.substr(0, cut));
  one.send(std::string_view{row.bytes}.substr(cut));
  std::string seen;
  const bool head_only = row.bytes.compare(0, 4, "HEAD") == 0;
  for (const int status : row.statuses) {
    const auto answer = one.read_reply(head_only);
    CHECK(answer.status == status);
    seen += answer.head + answer.body;
  }
  if (row.then == afterwards::kept)
    CHECK(one.get("/hello").body == "hello");
  else
    CHECK(one.ended());
  return seen;
}

}  // namespace

TEST_CASE("a real server answers every row of the attack table as it says") {
  running_server house;
  for (const auto& row : attacks()) {
    CAPTURE(row.name);
    const auto whole = replay(row, house.port(), 0);
    for (const auto cut : {row.bytes.size() / 3, row.bytes.size() / 2, row.bytes.size() - 1})
      CHECK(replay(row, house.port(), cut) == whole);
  }
}

TEST_CASE("the same bytes one by one get the same answer") {
  running_server house;
  for (const auto& row : attacks()) {
    if (row.bytes.size() > 200 || row.then != afterwards::kept) continue;
    CAPTURE(row.name);
    client one{house.port()};
    for (const char c : row.bytes) one.send({&c, 1});
    for (const int status : row.statuses)
      CHECK(one.read_reply(row.bytes.compare(0, 4, "HEAD") == 0).status == status);
  }
}

TEST_CASE("an answer says what it is and nothing of keep-alive") {
  running_server house;
  client one{house.port()};
  CHECK(one.get("/hello").head ==
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\n");
  one.send("HEAD /hello HTTP/1.1\r\nHost: box\r\n\r\n");
  CHECK(one.read_reply(true).head ==
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\n");
  CHECK(one.get("/empty").head == "HTTP/1.1 204 No Content\r\n\r\n");
  one.send(get_request("/hello", "Connection: close\r\n"));
  CHECK(says(one.read_reply(), "Connection: close\r\n"));
  CHECK(one.ended());
}

TEST_CASE("who has a clock dates every answer, also what is no request") {
  auto options = test_options();
  options.wall_ms = [] { return std::int64_t{784111777'999}; };
  running_server house{options};
  client one{house.port()};
  CHECK(says(one.get("/hello"), "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
  one.send("BAD\r\n");
  CHECK(says(one.read_reply(), "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
}

TEST_CASE("what the application must not say on the wire is not said") {
  running_server house;
  client one{house.port()};
  const auto answer = one.get("/headers");
  CHECK(answer.body == "x");
  CHECK(says(answer, "X-Good: yes"));
  for (const char* field : {"X-Evil", "Set-Cookie", "Connection", "Keep-Alive"})
    CHECK_FALSE(says(answer, field));
}

TEST_CASE("a wrong method is told the right ones") {
  running_server house;
  client one{house.port()};
  one.send("DELETE /park HTTP/1.1\r\nHost: box\r\n\r\n");
  const auto answer = one.read_reply();
  CHECK(answer.status == 405);
  CHECK(says(answer, "Allow: GET, HEAD, POST\r\n"));
}

TEST_CASE("captures, query and peer reach the handler decoded") {
  running_server house;
  client one{house.port()};
  CHECK(one.get("/item/7/a%20b?q=x%26y+z&r=1").body == "7|a b|x&y z");
  CHECK(one.get("/item/7/a%252Fb").body == "7|a%2Fb|");
  CHECK(one.get("/item/7/?q=a=b@c=?").body == "7||a=b@c=?");
  CHECK(one.get("/peer").body == "127.0.0.1");
}

TEST_CASE("IPv4 and IPv6 share a port") {
  auto options = test_options();
  options.bind = {"127.0.0.1", "::1"};
  running_server house{options};
  CHECK(client{house.port()}.get("/peer").body == "127.0.0.1");
  CHECK(client{house.port(), true}.get("/peer").body == "::1");
}

TEST_CASE("a route belongs to its listener alone") {
  running_server house;
  client other{house.server->port(listener::payment)};
  CHECK(other.get("/hello").status == 404);
}

TEST_CASE("a refusal comes before the route and keeps the connection") {
  running_server house;
  client one{house.port()};
  CHECK(one.get("/refused").status == 429);
  CHECK(one.get("/refused").body == "too often");
  CHECK(house.application.handled == 0);
  CHECK(one.get("/hello").status == 200);
}

TEST_CASE("an application that throws is answered for, without its words") {
  running_server house;
  client one{house.port()};
  for (const char* path : {"/throw", "/judge"}) {
    const auto answer = one.get(path);
    CHECK(answer.status == 500);
    CHECK((answer.head + answer.body).find("secret") == std::string::npos);
  }
}

TEST_CASE("a responder dropped uncalled answers 500") {
  running_server house;
  client one{house.port()};
  CHECK(one.get("/never").status == 500);
  CHECK(one.get("/hello").status == 200);
}

TEST_CASE("requests that nobody answered are counted, and apart from bytes that are none") {
  running_server house;
  client one{house.port()};
  for (const char* path : {"/throw", "/judge", "/never"}) CHECK(one.get(path).status == 500);
  one.send("BREW /hello HTTP/1.1\r\nHost: box\r\n\r\nBAD\r\n");
  CHECK(one.read_reply().status == 501);
  CHECK(one.read_reply().status == 400);
  const auto now = house.server->read_counters();
  CHECK(now.requests == 4);
  CHECK(now.unanswered == 3);
  CHECK(now.protocol_errors == 2);
}

TEST_CASE("a request that was told 504 is not told, or counted, again when it is dropped") {
  auto options = one_reactor();
  options.answer_timeout = std::chrono::milliseconds{100};
  running_server house{options};
  client one{house.port()};
  CHECK(one.get("/park").status == 504);
  one.send(get_request("/park") + get_request("/hello"));
  CHECK(one.read_reply().status == 504);
  house.application.drop_all();
  CHECK(one.read_reply().body == "hello");
  CHECK(one.get("/hello").body == "hello");
  CHECK(house.server->read_counters().unanswered == 2);
}

TEST_CASE("the second answer to a request does nothing, and its stream learns that nobody reads") {
  running_server house;
  client one{house.port()};
  CHECK(one.get("/twice").body == "one");
  CHECK(house.application.stream->wait_closed());
  CHECK(one.get("/hello").body == "hello");
}

TEST_CASE("an answer may come from any thread") {
  running_server house;
  client one{house.port()};
  for (int i = 0; i < 20; ++i) CHECK(one.get("/thread").body == "from a thread");
}

TEST_CASE("an answer that comes too late is replaced by 504 and ignored") {
  auto options = test_options();
  options.answer_timeout = std::chrono::milliseconds{100};
  running_server house{options};
  client one{house.port()};
  CHECK(one.get("/park?name=a").status == 504);
  house.application.answer_parked("a", "late", house.application.stream);
  CHECK(house.application.stream->wait_closed());
  CHECK(one.get("/hello").body == "hello");
}

TEST_CASE("an answer for a client that has gone harms nobody") {
  running_server house;
  client one{house.port()};
  one.send(get_request("/park?name=a"));
  REQUIRE(house.application.wait_parked(1));
  one.reset();
  CHECK(house.wait_until([](const auto& now) { return now.open_connections == 0; }));
  house.application.answer_parked("a", "nobody");
  CHECK(client{house.port()}.get("/hello").body == "hello");
}

TEST_CASE("a responder may outlive the server") {
  auto house = std::make_unique<running_server>();
  client one{house->port()};
  one.send(get_request("/park?name=a"));
  REQUIRE(house->application.wait_parked(1));
  house->server.reset();
  house->application.answer_parked("a", "nobody");
}

TEST_CASE("pipelined answers leave in the order of the requests") {
  running_server house;
  client one{house.port()};
  std::string all;
  for (const char* name : {"a", "b", "c"}) all += get_request(std::string{"/park?name="} + name);
  one.send(all + get_request("/hello"));
  REQUIRE(house.application.wait_parked(3));
  for (const char* name : {"c", "a", "b"}) house.application.answer_parked(name, name);
  for (const char* body : {"a", "b", "c", "hello"}) CHECK(one.read_reply().body == body);
}

TEST_CASE("a request that changes something runs alone on its connection") {
  running_server house;
  client one{house.port()};
  const std::string post = "POST /park?name=p HTTP/1.1\r\nHost: box\r\nContent-Length: 0\r\n\r\n";
  one.send(get_request("/park?name=g") + post + get_request("/hello"));
  REQUIRE(house.application.wait_parked(1));
  CHECK(house.application.handled == 1);
  house.application.answer_parked("g", "g");
  CHECK(one.read_reply().body == "g");
  REQUIRE(house.application.wait_parked(1));
  CHECK(house.application.handled == 2);
  house.application.answer_parked("p", "p");
  CHECK(one.read_reply().body == "p");
  CHECK(one.read_reply().body == "hello");
}

TEST_CASE("more pipelined requests than may run at once are all answered") {
  running_server house;
  client one{house.port()};
  std::string all;
  for (int i = 0; i < 500; ++i) all += get_request("/item/" + std::to_string(i) + "/");
  one.send(all);
  for (int i = 0; i < 500; ++i) CHECK(one.read_reply().body == std::to_string(i) + "||");
}

TEST_CASE("a client that half-closes still gets its answers") {
  running_server house;
  client one{house.port()};
  one.send(get_request("/park?name=a") + get_request("/hello"));
  one.end_of_input();
  REQUIRE(house.application.wait_parked(1));
  house.application.answer_parked("a", "a");
  CHECK(one.read_reply().body == "a");
  CHECK(one.read_reply().body == "hello");
  CHECK(one.ended());
}

TEST_CASE("a second server on the same port is told so") {
  running_server house;
  auto options = test_options();
  options.ports[0] = house.port();
  fake_application application;
  const auto second = make_http_server(options, application);
  bind_failure failed{};
  CHECK_FALSE(second->start(failed));
  CHECK(failed.at == listener::gateway);
  CHECK(failed.port == house.port());
  CHECK(failed.error_number == EADDRINUSE);
}

TEST_CASE("the time of a body that waits for its 100 begins when that can be read") {
  auto options = test_options();
  options.body_timeout = std::chrono::seconds{1};
  options.head_timeout = options.body_timeout + std::chrono::milliseconds{200};
  running_server house{options};
  client slow{house.port(), false, 16384};
  const std::size_t more_than_the_kernel_takes = 250'000;
  slow.send(get_request("/big/250000") +
            "POST /echo HTTP/1.1\r\nHost: box\r\nContent-Length: 4\r\n"
            "Expect: 100-continue\r\n\r\n");
  client clock{house.port()};
  clock.send("GET");
  CHECK(clock.read_reply().status == 408);  // the time of a body is over as well
  CHECK(slow.read_reply().body.size() == more_than_the_kernel_takes);
  CHECK(slow.read_reply(true).status == 100);
  slow.send("body");
  CHECK(slow.read_reply().body == "body");
}
