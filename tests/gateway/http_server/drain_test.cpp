// Goal: the end of the server truncates nothing and waits for nobody who has nothing to come.
// Method: drain a real server with requests in every stage.
#include "gateway/http_server/client.hpp"
#include "gateway/http_server/fake_application.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

using namespace taquilla::gateway;
using namespace taquilla::gateway::testing;
using std::chrono::seconds;

namespace {

bool closes(const reply& answer) {
  return answer.head.find("\r\nConnection: close\r\n") != std::string::npos;
}

/// All answers up to the one that says that it is the last; each is whole, or this throws.
std::vector<reply> read_to_last(client& one) {
  std::vector<reply> all;
  do all.push_back(one.read_reply());
  while (!closes(all.back()));
  CHECK(one.ended());
  return all;
}

/// Waits for its end when it goes, whatever the test has met.
std::future<void> begin_drain(running_server& house) {
  return std::async(std::launch::async, [&house] { house.server->drain(seconds{20}); });
}

}  // namespace

TEST_CASE("a drain ends idle connections at once") {
  running_server house;
  client used{house.port()}, silent{house.port()};
  CHECK(used.get("/hello").status == 200);
  CHECK(house.wait_until([](const auto& now) { return now.open_connections == 2; }));
  const auto begin = std::chrono::steady_clock::now();
  house.server->drain(seconds{20});
  CHECK(std::chrono::steady_clock::now() - begin < seconds{5});
  CHECK(used.ended());
  CHECK(silent.ended());
}

TEST_CASE("who stops accepting serves those who are there, each once more") {
  running_server house{one_reactor()};
  client used{house.port()}, busy{house.port()};
  CHECK_FALSE(closes(used.get("/hello")));
  busy.send(get_request("/park?name=a") + get_request("/hello"));
  REQUIRE(house.application.wait_parked(1));
  house.server->stop_accepting();
  house.server->stop_accepting();
  CHECK_THROWS(client{house.port()});
  CHECK(closes(used.get("/hello")));
  CHECK(used.ended());
  house.application.answer_parked("a", "a");
  CHECK_FALSE(closes(busy.read_reply()));  // another answer follows
  CHECK(closes(busy.read_reply()));
  CHECK(busy.ended());
}

TEST_CASE("a drain waits for what is in work and says that the connection ends") {
  running_server house{one_reactor()};
  client one{house.port()}, two{house.port()}, idle{house.port()};
  CHECK(idle.get("/hello").status == 200);
  one.send(get_request("/park?name=a") + get_request("/park?name=b"));
  two.send(get_request("/park?name=c"));
  REQUIRE(house.application.wait_parked(3));
  std::thread end{[&] { house.server->drain(seconds{20}); }};
  CHECK(idle.ended());
  for (const char* name : {"c", "b", "a"}) house.application.answer_parked(name, name);
  const auto first = one.read_reply(), last = one.read_reply(), other = two.read_reply();
  CHECK(first.body == "a");
  CHECK_FALSE(closes(first));
  CHECK(last.body == "b");
  CHECK(closes(last));
  CHECK(other.body == "c");
  CHECK(closes(other));
  CHECK(one.ended());
  end.join();
  CHECK(house.server->read_counters().open_connections == 0);
}

TEST_CASE("a large answer that is on its way is not cut by a drain") {
  running_server house;
  client one{house.port(), false, 65536};
  one.send(get_request("/big/20000000"));
  REQUIRE(house.wait_until([](const auto& now) { return now.requests == 1; }));
  std::thread end{[&] { house.server->drain(seconds{20}); }};
  CHECK(one.read_reply().body.size() == 20000000);
  CHECK(one.ended());
  end.join();
}

TEST_CASE("a client that has asked for more than it gets loses nothing of what it gets") {
  for (const bool drains : {false, true}) {
    CAPTURE(drains);
    running_server house{one_reactor()};
    client one{house.port()}, idle{house.port()};
    std::string all;
    for (int i = 0; i < 3'000; ++i) all += get_request("/big/20000");
    one.send(all);
    CHECK(one.read_reply().body.size() == 20'000);
    CHECK(idle.get("/hello").status == 200);
    house.server->stop_accepting();
    const auto end = drains ? begin_drain(house) : std::future<void>{};
    if (drains) CHECK(idle.ended());
    for (const auto& answer : read_to_last(one))
      CHECK((answer.status == 503 || answer.body.size() == 20'000));
  }
}

TEST_CASE("a request that comes while the connection ends does not cut the answer before it") {
  running_server house{one_reactor()};
  client one{house.port(), false, 4096}, idle{house.port()};
  one.send(get_request("/big/40000"));
  REQUIRE(house.wait_until([](const auto& now) { return now.requests == 1; }));
  CHECK(idle.get("/hello").status == 200);
  const auto end = begin_drain(house);
  CHECK(idle.ended());
  one.send(get_request("/hello"));
  CHECK(one.read_reply().body.size() == 40'000);
  CHECK(one.ended());
}

TEST_CASE("bytes behind the last request that was announced do not cut its answer") {
  running_server house;
  client one{house.port(), false, 4096};
  one.send(get_request("/big/200000", "Connection: close\r\n"));
  REQUIRE(house.wait_until([](const auto& now) { return now.requests == 1 && !now.in_flight; }));
  one.send(get_request("/hello"));
  CHECK(one.read_reply().body.size() == 200'000);
  CHECK(one.ended());
}

TEST_CASE("a drain gives up at its limit") {
  running_server house;
  client one{house.port()};
  one.send(get_request("/park?name=a"));
  REQUIRE(house.application.wait_parked(1));
  const auto begin = std::chrono::steady_clock::now();
  house.server->drain(std::chrono::milliseconds{100});
  const auto took = std::chrono::steady_clock::now() - begin;
  CHECK(took >= std::chrono::milliseconds{100});
  CHECK(took < seconds{5});
  house.application.answer_parked("a", "late");
}

TEST_CASE("who reads slowly gets what was written before the end of a drain, and no reset") {
  constexpr std::size_t size = 20'000;  // so that the kernel takes three of them
  for (const bool more_to_come : {false, true}) {
    CAPTURE(more_to_come);
    running_server house{one_reactor()};
    client slow{house.port(), false, 4096};
    for (int i = 0; i < 3; ++i) slow.send(get_request("/big/" + std::to_string(size)));
    if (more_to_come) slow.send(get_request("/park?name=a"));
    if (more_to_come) REQUIRE(house.application.wait_parked(1));
    REQUIRE(house.wait_until([&](const auto& now) {
      return now.requests == (more_to_come ? 4 : 3) && now.in_flight == (more_to_come ? 1 : 0);
    }));
    house.server->drain(std::chrono::milliseconds{100});
    for (int i = 0; i < 3; ++i) CHECK(slow.read_reply().body.size() == size);
    CHECK(slow.ended());
  }
}

TEST_CASE("a request whose rest arrives during a drain is answered 503") {
  running_server house{one_reactor()};
  client parked{house.port()}, late{house.port()}, idle{house.port()};
  parked.send(get_request("/park?name=a"));
  late.send("GET /hello HTTP/1.1\r\n");
  REQUIRE(house.application.wait_parked(1));
  CHECK(idle.get("/hello").status == 200);
  std::thread end{[&] { house.server->drain(seconds{20}); }};
  CHECK(idle.ended());
  late.send("Host: box\r\n\r\n");
  const auto answer = late.read_reply();
  CHECK(answer.status == 503);
  CHECK(answer.body == "draining: The server is going down.");
  CHECK(closes(answer));
  house.application.answer_parked("a", "a");
  CHECK(parked.read_reply().body == "a");
  end.join();
}

TEST_CASE("a drain under load truncates no answer") {
  for (int round = 0; round < 10; ++round) {
    running_server house;
    std::vector<std::thread> load;
    std::atomic<int> answered{0}, truncated{0};
    for (int i = 0; i < 4; ++i) {
      load.emplace_back([&] {
        try {
          client one{house.port()};
          for (;;) {
            one.send(get_request("/big/20000"));
            const auto first = one.read_some();
            if (first.empty()) return;
            auto all = first;
            while (all.size() < 20000 || all.find("\r\n\r\n") + 20004 > all.size()) {
              const auto more = one.read_some();
              if (more.empty()) break;
              all += more;
            }
            if (all.size() != all.find("\r\n\r\n") + 20004) ++truncated;
            ++answered;
          }
        } catch (const std::exception&) {
          // Refused or reset before any byte of an answer: the client knows that it may ask again.
        }
      });
    }
    CHECK(house.wait_until([](const auto& now) { return now.requests > 50; }));
    house.server->drain(seconds{20});
    for (auto& one : load) one.join();
    CHECK(answered > 0);
    CHECK(truncated == 0);
  }
}

TEST_CASE("draining twice is harmless, and so is a server that never started") {
  running_server house;
  house.server->drain(seconds{1});
  house.server->drain(seconds{1});
  fake_application application;
  const auto unused = make_http_server(test_options(), application);
  unused->drain(seconds{1});
}
