// Goal: an answer without an end flows as its source gives it, ends when the source, the client or
// the server ends, and costs a slow reader nothing but its own stream. Method: a real server, a
// fake source.
#include "gateway/http_server/client.hpp"
#include "gateway/http_server/fake_application.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

using namespace taquilla::gateway;
using namespace taquilla::gateway::testing;

namespace {

std::string read_until(client& one, const std::string& what) {
  std::string seen;
  while (seen.find(what) == std::string::npos) {
    const auto more = one.read_some();
    if (more.empty()) break;
    seen += more;
  }
  return seen;
}

#ifdef TCP_USER_TIMEOUT
/// Of the sockets of this process, which is the server as well: those that have one, in ms.
std::vector<unsigned> limits_of_silence() {
  std::vector<unsigned> all;
  for (int fd = 0; fd < 1024; ++fd) {
    unsigned ms = 0;
    socklen_t size = sizeof ms;
    if (::getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, &size) == 0 && ms > 0)
      all.push_back(ms);
  }
  return all;
}
#endif

}  // namespace

TEST_CASE("a stream is sent in chunks as it comes, and is the last answer of its connection") {
  running_server house;
  client one{house.port()};
  one.send(get_request("/stream"));
  const auto head = read_until(one, "6\r\nfirst \r\n");
  CHECK(head.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(head.find("Connection: close\r\n") != std::string::npos);
  CHECK(head.find("Content-Length") == std::string::npos);
  house.application.stream->push("one");
  CHECK(read_until(one, "\r\none\r\n") == "3\r\none\r\n");
  house.application.stream->finish();
  CHECK(read_until(one, "0\r\n\r\n") == "0\r\n\r\n");
  CHECK(house.application.stream->wait_closed());
  CHECK(one.ended());
}

TEST_CASE("a stream to an HTTP/1.0 client ends with the connection") {
  running_server house;
  client one{house.port()};
  one.send("GET /stream HTTP/1.0\r\nHost: box\r\n\r\n");
  house.application.stream->push("one");
  house.application.stream->finish();
  const auto all = one.read_to_end();
  CHECK(all.find("Transfer-Encoding") == std::string::npos);
  CHECK(all.find("Connection: close\r\n") != std::string::npos);
  CHECK(all.substr(all.find("\r\n\r\n")) == "\r\n\r\nfirst one");
}

TEST_CASE("a stream that ends with the connection does not end because it pauses") {
  for (const char* request : {"GET /stream HTTP/1.0\r\nHost: box\r\n\r\n",
                              "GET /stream HTTP/1.1\r\nHost: box\r\nConnection: close\r\n\r\n"}) {
    CAPTURE(request);
    running_server house;
    client one{house.port()};
    one.send(request);
    read_until(one, "first ");
    house.application.stream->push("and last");
    house.application.stream->finish();
    CHECK(one.read_to_end().find("and last") != std::string::npos);
  }
}

TEST_CASE("HEAD of a stream has a head and closes the source") {
  running_server house;
  client one{house.port()};
  one.send("HEAD /stream HTTP/1.1\r\nHost: box\r\n\r\n");
  CHECK(one.read_reply(true).status == 200);
  CHECK(house.application.stream->wait_closed());
  CHECK(one.get("/hello").body == "hello");
}

TEST_CASE("the source learns that its reader has gone") {
  running_server house;
  client one{house.port()};
  one.send(get_request("/stream"));
  read_until(one, "first ");
  one.reset();
  CHECK(house.application.stream->wait_closed());
  house.application.stream->push("nobody takes this");
  CHECK(client{house.port()}.get("/hello").status == 200);
}

TEST_CASE("what is sent behind a stream is not begun, and does not hide that its reader has gone") {
  running_server house;
  client one{house.port()};
  one.send(get_request("/stream") + get_request("/park"));
  read_until(one, "first \r\n");
  for (int i = 0; i < 1'000; ++i) one.send(get_request("/park"));
  house.application.stream->push("one");
  CHECK(read_until(one, "\r\none\r\n") == "3\r\none\r\n");
  CHECK(house.application.handled == 1);
  one.end_of_input();
  CHECK(house.application.stream->wait_closed());
  CHECK(one.read_to_end() == "0\r\n\r\n");
}

TEST_CASE("who sends a lot behind the request of a stream has had enough of it") {
  running_server house;
  client one{house.port()};
  one.send(get_request("/stream"));
  read_until(one, "first \r\n");
  one.send(std::string(64 * 1024, 'x'));
  house.application.stream->push("one");
  CHECK(read_until(one, "\r\none\r\n") == "3\r\none\r\n");
  one.send("x");
  CHECK(house.application.stream->wait_closed());
  CHECK(one.read_to_end() == "0\r\n\r\n");
}

TEST_CASE("bytes behind a stream that are no request, or half of one, change nothing of that") {
  const std::string half =
      "POST /echo HTTP/1.1\r\nHost: box\r\nContent-Type: text/plain\r\n"
      "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n";
  for (const std::string& behind : {std::string{"no request\r\n\r\n"}, half, half + "body"}) {
    CAPTURE(behind);
    running_server house;
    client one{house.port()};
    one.send(get_request("/stream") + behind);
    const auto head = read_until(one, "first \r\n");
    CHECK(head.find("Connection: close\r\n") != std::string::npos);
    one.end_of_input();
    CHECK(house.application.stream->wait_closed());
    CHECK(one.read_to_end() == "0\r\n\r\n");
    CHECK(house.application.handled == 1);
  }
}

TEST_CASE("an answer that says that it is the last is the last") {
  running_server house;
  client one{house.port()};
  one.send(get_request("/park?name=a") + get_request("/park?name=b"));
  REQUIRE(house.application.wait_parked(2));
  house.application.answer_parked("b", "b");
  house.application.answer_parked("a", "a", house.application.stream);
  house.application.stream->finish();
  const auto all = one.read_to_end();
  CHECK(all.find("Connection: close\r\n") != std::string::npos);
  CHECK(all.substr(all.size() - 5) == "0\r\n\r\n");
}

TEST_CASE("a stream is begun when it is its turn, and one for each connection") {
  running_server house{one_reactor()};
  client one{house.port()}, clock{house.port()};
  one.send(get_request("/park?name=a") + get_request("/stream") + get_request("/stream"));
  REQUIRE(house.application.wait_parked(1));
  for (int i = 0; i < 10; ++i)
    CHECK(clock.get("/hello").status == 200);  // so that `one` has had its turns
  CHECK(house.application.handled == 11);
  house.application.answer_parked("a", "a");
  CHECK(one.read_reply().body == "a");
  read_until(one, "first \r\n");
  CHECK(house.application.handled == 12);
}

TEST_CASE("a client that has ended its input gets the beginning of a stream and its last chunk") {
  for (const bool waits : {false, true}) {
    CAPTURE(waits);
    running_server house;
    client one{house.port()};
    one.send((waits ? get_request("/park?name=a") : "") + get_request("/stream"));
    if (waits) REQUIRE(house.application.wait_parked(1));
    if (!waits) read_until(one, "first \r\n");
    one.end_of_input();
    if (waits) house.application.answer_parked("a", "a");
    CHECK(house.application.stream->wait_closed());
    const auto all = one.read_to_end();
    CHECK(all.substr(all.size() - 5) == "0\r\n\r\n");
  }
}

TEST_CASE("a slow reader loses its stream and nobody else notices") {
  auto options = test_options();
  options.write_timeout = std::chrono::milliseconds{200};
  running_server house{options};
  client slow{house.port(), false, 4096};
  slow.send(get_request("/stream"));
  read_until(slow, "first ");
  house.application.stream->push(std::string(30 * 1000 * 1000, 'x'));
  CHECK(house.application.stream->wait_closed());
  CHECK(house.server->read_counters().resets == 1);
  CHECK(client{house.port()}.get("/hello").status == 200);
}

#ifdef TCP_USER_TIMEOUT
// The kernel counts a window that stays closed as silence too, and would take from a client who
// pauses the answers that it has for him.
TEST_CASE("whoever follows a stream may not be silent for ever, and nobody else is hurried") {
  running_server house;
  client one{house.port()};
  CHECK(one.get("/hello").status == 200);
  CHECK(limits_of_silence().empty());
  one.send(get_request("/stream"));
  CHECK(one.read_reply(true).status == 200);
  CHECK(limits_of_silence() == std::vector<unsigned>{30'000});
}
#endif

TEST_CASE("a drain ends a stream in good order") {
  running_server house;
  client one{house.port()};
  one.send(get_request("/stream"));
  read_until(one, "first \r\n");
  house.server->drain(std::chrono::seconds{20});
  CHECK(house.application.stream->wait_closed());
  CHECK(one.read_to_end() == "0\r\n\r\n");
}
