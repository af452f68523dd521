// Goal: clients that are slow, silent or many take nothing from the others, and lose only their own
// connection. Method: a real server with short timeouts; a fresh connection as a probe.
#include "gateway/http_server/client.hpp"
#include "gateway/http_server/fake_application.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

using namespace taquilla::gateway;
using namespace taquilla::gateway::testing;
using std::chrono::milliseconds;
using std::chrono::minutes;

namespace {

http_server_options impatient() {
  auto options = test_options();
  options.head_timeout = milliseconds{150};
  options.body_timeout = milliseconds{150};
  options.idle_timeout = milliseconds{150};
  options.write_timeout = milliseconds{150};
  return options;
}

/// Sends `drip` again and again until the server has had enough; what the server said.
std::string drip_until_ended(client& one, const std::string& drip) {
  try {
    for (int i = 0; i < 1000000; ++i) one.send(drip);
  } catch (const std::exception&) {
  }
  try {
    return one.read_to_end();
  } catch (const std::exception&) {
    return {};  // the reset of a connection that was written to after its end
  }
}

/// Takes the last `places` that there are, each served; one client more is turned away.
std::vector<client> fill_up(running_server& house, int places) {
  std::vector<client> full;
  for (int i = 0; i < places; ++i) {
    full.emplace_back(house.port());
    CHECK(full.back().get("/hello").status == 200);
  }
  CHECK(client{house.port()}.ended());
  CHECK(house.server->read_counters().turned_away == 1);
  return full;
}

}  // namespace

TEST_CASE("a head that does not arrive in time gets 408 and the end") {
  auto options = impatient();
  options.idle_timeout = options.body_timeout = minutes{1};
  running_server house{options};
  client one{house.port()};
  one.send("GET /hello HTT");
  const auto answer = one.read_reply();
  CHECK(answer.status == 408);
  CHECK(answer.head.find("Connection: close") != std::string::npos);
  CHECK(one.ended());
}

TEST_CASE("a body that does not arrive in time gets 408 and the end") {
  auto options = impatient();
  options.idle_timeout = options.head_timeout = minutes{1};
  running_server house{options};
  client one{house.port()};
  one.send("POST /echo HTTP/1.1\r\nHost: box\r\nContent-Length: 5\r\n\r\nhel");
  CHECK(one.read_reply().status == 408);
  CHECK(one.ended());
}

TEST_CASE("who waits for a 100 that waits for an earlier answer is not late") {
  auto options = impatient();
  options.threads = 1;  // so that the deadlines of one pass before those of two
  options.idle_timeout = options.head_timeout = minutes{1};
  running_server house{options};
  client one{house.port()}, two{house.port()};
  const std::string head = "POST /echo HTTP/1.1\r\nHost: box\r\nContent-Length: 5\r\n";
  one.send(get_request("/park?name=a") + head + "Expect: 100-continue\r\n\r\n");
  REQUIRE(house.application.wait_parked(1));
  two.send(head + "\r\nhel");
  CHECK(two.read_reply().status == 408);
  one.send("hello");  // here already when its turn comes, so that this test is never late itself
  house.application.answer_parked("a", "a");
  CHECK(one.read_reply().body == "a");
  CHECK(one.read_reply().status == 100);
  CHECK(one.read_reply().body == "hello");
}

TEST_CASE(
    "what is still sent behind an error is taken for a while, lest a reset takes the answer") {
  auto options = impatient();
  options.linger_timeout = std::chrono::seconds{30};
  running_server house{options};
  {
    client one{house.port()};
    one.send("POST /echo HTTP/1.1\r\nHost: box\r\nContent-Length: 99999999999\r\n\r\n");
    for (int i = 0; i < 1'000; ++i) one.send(std::string(1'000, 'x'));
    CHECK(one.read_reply().status == 413);
    CHECK(one.read_to_end() == "");
    one.send("x");
  }
  CHECK(house.wait_until([](const auto& now) { return now.open_connections == 0; }));
}

TEST_CASE("who goes on sending behind an error is cut off when the while is over") {
  auto options = impatient();
  options.linger_timeout = milliseconds{50};
  running_server house{options};
  client one{house.port()};
  one.send("GARBAGE\r\n\r\n");
  CHECK(one.read_reply().status == 400);
  CHECK(house.wait_until([](const auto& now) { return now.open_connections == 0; }));
}

TEST_CASE("the deadline of a head is total: a drip does not move it") {
  auto options = impatient();
  options.framing.head_bytes_max = 1024 * 1024 * 1024;
  options.framing.header_fields_max = 1024 * 1024 * 1024;
  running_server house{options};
  client one{house.port()};
  one.send("GET /hello HTTP/1.1\r\nHost: box\r\nX: ");
  const auto begin = std::chrono::steady_clock::now();
  drip_until_ended(one, "y");
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{3});
  CHECK(house.server->read_counters().protocol_errors == 1);
}

TEST_CASE("a connection that says nothing is closed without a word") {
  running_server house{impatient()};
  client fresh{house.port()};
  CHECK(fresh.read_to_end() == "");
  client used{house.port()};
  CHECK(used.get("/hello").status == 200);
  CHECK(used.read_to_end() == "");
}

TEST_CASE("requests refused at once count as life too") {
  auto options = impatient();
  options.idle_timeout = minutes{5};
  running_server house{options};
  client one{house.port()};
  CHECK(one.get("/refused").status == 429);
  client clock{house.port()};  // closed by the server when the head timeout of both is over
  CHECK(clock.read_to_end() == "");
  CHECK(one.get("/refused").status == 429);
}

TEST_CASE("a client that does not read is cut off, and only that one") {
  running_server house{impatient()};
  client slow{house.port(), false, 4096};
  slow.send(get_request("/big/30000000"));
  CHECK(house.wait_until([](const auto& now) { return now.resets == 1; }));
  CHECK(house.wait_until([](const auto& now) { return now.open_connections == 0; }));
  CHECK(client{house.port()}.get("/big/1000000").body.size() == 1000000);
}

TEST_CASE("the kernel takes little for a client that does not read, so that it has its deadline") {
  auto options = impatient();
  options.idle_timeout = minutes{5};  // a socket that took it all in would rest
  running_server house{options};
  client slow{house.port(), false, 4096};
  std::string pipelined;
  for (int i = 0; i < 16; ++i) pipelined += get_request("/big/32768");
  slow.send(pipelined);  // half a MiB, which a send buffer grows to before it is asked for
  CHECK(house.wait_until([](const auto& now) { return now.resets == 1; }));
  CHECK(house.wait_until([](const auto& now) { return now.open_connections == 0; }));
}

TEST_CASE("a client that takes an answer in by drops gains no time by each") {
  auto options = test_options();
  options.write_timeout = milliseconds{150};
  running_server house{options};
  client slow{house.port(), false, 65536};
  slow.send(get_request("/big/30000000"));
  client fast{house.port()};
  try {
    // Between two drops somebody else is served: all drops take many times what is given.
    while (house.server->read_counters().resets == 0 && !slow.read_some().empty())
      for (int i = 0; i < 100; ++i) fast.get("/hello");
  } catch (const std::exception&) {  // the reset
  }
  CHECK(house.server->read_counters().resets == 1);
}

TEST_CASE("the time to take an answer in begins with that answer") {
  auto options = test_options();
  options.write_timeout = std::chrono::seconds{4};  // sanitized, 30 MB take two
  options.head_timeout = options.write_timeout + milliseconds{100};
  running_server house{options};
  client one{house.port()};
  CHECK(one.get("/big/30000000").body.size() == 30000000);
  client clock{house.port()};
  clock.send("GET");
  CHECK(clock.read_reply().status == 408);  // the write timeout is over as well
  CHECK(one.get("/big/30000000").body.size() == 30000000);
}

TEST_CASE("a client with much unsent gets nothing more begun") {
  auto options = test_options();
  options.write_timeout = std::chrono::seconds{20};
  running_server house{options};
  client slow{house.port(), false, 65536};
  const int asked = 400;
  for (int i = 0; i < asked; ++i) slow.send(get_request("/big/100000"));
  CHECK(house.wait_until([](const auto& now) { return now.requests > 2; }));
  CHECK(client{house.port()}.get("/hello").status == 200);
  CHECK(house.server->read_counters().requests < asked / 2);
  for (int i = 0; i < asked; ++i) CHECK(slow.read_reply().body.size() == 100000);
}

TEST_CASE("5000 idle clients do not keep a fresh one waiting") {
  auto options = test_options();
  options.head_timeout = std::chrono::seconds{60};
  running_server house{options};
  std::vector<client> idle;
  for (int i = 0; i < 5000; ++i) {
    idle.emplace_back(house.port());
    if (i % 2 == 0) CHECK(idle.back().get("/hello").status == 200);
  }
  CHECK(house.wait_until([](const auto& now) { return now.open_connections == 5000; }));
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) CHECK(client{house.port()}.get("/hello").status == 200);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{5});
  CHECK(idle.front().get("/hello").status == 200);
  CHECK(idle.back().get("/hello").status == 200);
}

TEST_CASE("4000 requests in flight hold no thread") {
  auto options = test_options();
  options.queue_max = 8192;  // they come faster than one thread may be able to start them
  running_server house{options};
  std::vector<client> waiting;
  for (int i = 0; i < 4000; ++i) {
    waiting.emplace_back(house.port());
    waiting.back().send(get_request("/park"));
  }
  REQUIRE(house.application.wait_parked(4000));
  CHECK(house.server->read_counters().in_flight == 4000);
  CHECK(client{house.port()}.get("/hello").status == 200);
  CHECK(house.application.release_all() == 4000);
  for (auto& one : waiting) CHECK(one.read_reply().body == "released");
  CHECK(house.wait_until([](const auto& now) { return now.in_flight == 0; }));
}

TEST_CASE(
    "what was asked by a client who has left is in flight no longer, and its handler sees it") {
  running_server house{test_options()};
  client one{house.port()}, other{house.port()};
  one.send(get_request("/park"));
  other.send(get_request("/park"));
  REQUIRE(house.application.wait_parked(2));
  CHECK(house.server->read_counters().in_flight == 2);
  CHECK(house.application.clients_waiting() == 2);
  one.reset();
  CHECK(house.wait_until([](const auto& now) { return now.in_flight == 1; }));
  CHECK(house.wait_until([&](const auto&) { return house.application.clients_waiting() == 1; }));
  CHECK(house.application.release_all() == 2);
  CHECK(other.read_reply().body == "released");
  CHECK(client{house.port()}.get("/hello").status == 200);
}

TEST_CASE("beyond the greatest number of connections clients are turned away") {
  auto options = test_options();
  options.connections_max = 10;
  running_server house{options};
  std::vector<client> busy;
  for (int i = 0; i < 10; ++i) {
    busy.emplace_back(house.port());
    busy.back().send(get_request("/park"));
  }
  REQUIRE(house.application.wait_parked(10));
  CHECK(client{house.port()}.ended());
  CHECK(house.server->read_counters().turned_away == 1);
  house.application.release_all();
  CHECK(busy.front().read_reply().status == 200);
}

TEST_CASE("one address has no more than its share, and gets it back") {
  auto options = test_options();
  options.connections_per_peer = 3;
  running_server house{options};
  house.application.has_shares = true;
  auto full = fill_up(house, 3);
  full.pop_back();
  REQUIRE(house.wait_until([](const auto& now) { return now.open_connections == 2; }));
  CHECK(client{house.port()}.get("/hello").status == 200);
}

TEST_CASE("who is at an address that is not one client's shares all places") {
  auto options = test_options();
  options.connections_per_peer = 1;
  running_server house{options};
  std::vector<client> several;
  for (int i = 0; i < 5; ++i) several.emplace_back(house.port());
  for (auto& one : several) CHECK(one.get("/hello").status == 200);
}

TEST_CASE("a request that waited too long for its turn is answered 503 unrun") {
  auto options = test_options();
  options.threads = 1;
  options.queue_age_max = milliseconds{-1};
  running_server house{options};
  client one{house.port()};
  CHECK(one.get("/hello").status == 503);
  CHECK(house.application.handled == 0);
  CHECK(house.server->read_counters().shed == 1);
}

TEST_CASE("what a request waits behind another of its connection does not make it too old") {
  auto options = one_reactor();
  options.queue_age_max = std::chrono::seconds{1};
  options.head_timeout = options.queue_age_max + milliseconds{100};
  running_server house{options};
  client one{house.port()};
  one.send("POST /park?name=a HTTP/1.1\r\nHost: box\r\n\r\n" +
           std::string{"POST /echo HTTP/1.1\r\nHost: box\r\nContent-Length: 5\r\n\r\nhello"});
  REQUIRE(house.application.wait_parked(1));
  client clock{house.port()};  // closed by the server when more than the age is over
  CHECK(clock.read_to_end() == "");
  house.application.answer_parked("a", "a");
  CHECK(one.read_reply().body == "a");
  CHECK(one.read_reply().body == "hello");
  CHECK(house.server->read_counters().shed == 0);
}

TEST_CASE("a full queue sheds and says so") {
  auto options = test_options();
  options.queue_max = 0;  // so that it is always full
  running_server house{options};
  client one{house.port()};
  CHECK(one.get("/hello").status == 503);
  CHECK(one.get("/hello").status == 503);  // on the same connection: it was not closed
  CHECK(house.application.handled == 0);
  CHECK(house.server->read_counters().shed == 2);
}

TEST_CASE("who pipelines many requests does not make the others wait for them") {
  auto options = test_options();
  options.threads = 1;
  options.queue_max = 2;  // room for one request of each
  running_server house{options};
  client greedy{house.port()}, modest{house.port()};
  std::string all;
  for (int i = 0; i < 30; ++i) all += get_request("/hello");
  greedy.send(all);
  CHECK(modest.get("/hello").status == 200);
  for (int i = 0; i < 30; ++i) CHECK(greedy.read_reply().status == 200);
  CHECK(house.server->read_counters().shed == 0);
}

TEST_CASE("of one connection few requests are in work at once") {
  running_server house{one_reactor()};
  client greedy{house.port()}, clock{house.port()};
  std::string all;
  for (int i = 0; i < 30; ++i) all += get_request("/park");
  greedy.send(all);
  REQUIRE(house.application.wait_parked(4));
  for (int i = 0; i < 10; ++i) CHECK(clock.get("/hello").status == 200);
  CHECK(house.application.handled == 4 + 10);
  for (int answered = 0; answered < 30;) {
    REQUIRE(house.application.wait_parked(1));
    answered += static_cast<int>(house.application.release_all());
  }
  for (int i = 0; i < 30; ++i) CHECK(greedy.read_reply().body == "released");
}

TEST_CASE("what was read already is not begun while much is unsent") {
  auto options = one_reactor();
  options.connection_outbound_max = 64 * 1024;
  running_server house{options};
  client deaf{house.port(), false, 4096}, clock{house.port()};
  deaf.send("POST /park?name=big HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n" +
            get_request("/hello"));
  REQUIRE(house.application.wait_parked(1));
  house.application.answer_parked("big", std::string(1 << 20, 'x'));
  CHECK(house.wait_until([](const auto& now) { return now.in_flight == 0; }));
  CHECK(clock.get("/hello").status == 200);
  CHECK(house.application.handled == 2);  // his first, and the other client's
  CHECK(deaf.read_reply().body.size() == 1 << 20);
  CHECK(deaf.read_reply().status == 200);
  CHECK(house.application.handled == 3);
}
