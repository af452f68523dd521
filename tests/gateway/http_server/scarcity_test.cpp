// Goal: when memory or places run short, those give way who hold them to no purpose, and nobody who
// asks and reads is sent away for their sake. Method: a real server of one reactor with small
// bounds; the framer alone for what a request holds.
#include "gateway/http_server/client.hpp"
#include "gateway/http_server/fake_application.hpp"
#include "gateway/http_server/framer.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace taquilla::gateway;
using namespace taquilla::gateway::testing;

namespace {

constexpr std::size_t body_bytes = 16 * 1024;
constexpr std::size_t inbound_max = 256 * 1024;

const std::string post_head = "POST /echo HTTP/1.1\r\nHost: box\r\nContent-Length: 16384\r\n\r\n";

http_server_options short_of_memory() {
  auto options = one_reactor();
  options.connections_max = 64;  // so that 4 KiB are everybody's share
  options.inbound_max = inbound_max;
  options.body_timeout = std::chrono::minutes{5};
  options.head_timeout = std::chrono::minutes{5};
  return options;
}

/// Clients that hold the last byte of their bodies back, twice as many as there is room for.
std::vector<client> hoarders(running_server& house) {
  std::vector<client> all;
  for (std::size_t i = 0; i < 2 * inbound_max / body_bytes; ++i) {
    all.emplace_back(house.port());
    all.back().send(post_head + std::string(body_bytes - 1, 'x'));
  }
  CHECK(house.wait_until([](const auto& now) { return now.shed >= inbound_max / body_bytes; }));
  return all;
}

http_server_options deaf_house() {
  auto options = one_reactor();
  options.outbound_max = 8 * 1000 * 1000;
  options.write_timeout = std::chrono::minutes{5};  // that it reads slowly is not why
  return options;
}

/// Asks for so much, reads nothing, and waits until all of it is held.
client asks_and_is_deaf(running_server& house, std::size_t bytes) {
  const auto before = house.server->read_counters().outbound_bytes;
  client one{house.port(), false, 4096};
  one.send(get_request("/big/" + std::to_string(bytes)));
  CHECK(house.wait_until([&](const auto& now) { return now.outbound_bytes >= before + bytes; }));
  return one;
}

/// Asks for so much, and has it whole though he begins to read when somebody was reset for it: who
/// reads as quickly as the server writes needs nobody's memory.
bool takes_after_a_reset(running_server& house, std::size_t bytes) {
  client one{house.port(), false, 4096};
  one.send(get_request("/big/" + std::to_string(bytes)));
  CHECK(house.wait_until([](const auto& now) { return now.resets == 1; }));
  return one.read_reply().body.size() == bytes;
}

bool was_reset(client& one) {
  try {
    one.read_to_end();
    return false;
  } catch (const std::exception&) {
    return true;
  }
}

http_server_options small_house() {
  auto options = one_reactor();
  options.connections_max = 10;
  return options;
}

}  // namespace

// -- what comes in ------------------------------------------------------------------------------

TEST_CASE("above the bound of what comes in those are told 503 that are longest in coming") {
  running_server house{short_of_memory()};
  auto all = hoarders(house);
  CHECK(house.server->read_counters().inbound_bytes <= inbound_max);
  const auto answer = all.front().read_reply();
  CHECK(answer.status == 503);
  CHECK(answer.head.find("Connection: close\r\n") != std::string::npos);
  CHECK(all.front().ended());
  CHECK(client{house.port()}.get("/hello").status == 200);
  client whole{house.port()};
  whole.send(post_head + std::string(body_bytes, 'y'));
  CHECK(whole.read_reply().body == std::string(body_bytes, 'y'));
  all.back().send("x");
  CHECK(all.back().read_reply().status == 200);
}

TEST_CASE("who holds no more than his share is never sent away for the others") {
  running_server house{short_of_memory()};
  client modest{house.port()};
  modest.send("POST /echo HTTP/1.1\r\nHost: box\r\nContent-Length: 1001\r\n\r\n" +
              std::string(1000, 'x'));
  CHECK(house.wait_until([](const auto& now) { return now.inbound_bytes > 1000; }));
  const auto all = hoarders(house);
  modest.send("x");
  CHECK(modest.read_reply().body.size() == 1001);
}

TEST_CASE("what was asked before is answered, though what comes behind it has to give way") {
  running_server house{short_of_memory()};
  client one{house.port()};
  one.send(get_request("/park?name=a") + post_head + std::string(body_bytes, 'x'));  // has to wait
  REQUIRE(house.application.wait_parked(1));
  CHECK(house.wait_until([](const auto& now) { return now.inbound_bytes > body_bytes; }));
  const auto all = hoarders(house);
  house.application.answer_parked("a", "a");
  CHECK(one.read_reply().body == "a");
  CHECK(one.read_reply().status == 503);
  CHECK(one.ended());
}

TEST_CASE("a request that is begun holds nothing of what came in, and nothing is kept behind it") {
  running_server house{short_of_memory()};
  client one{house.port()};
  const std::string park =
      "POST /park?name=a HTTP/1.1\r\nHost: box\r\nContent-Length: 16384\r\n\r\n";
  one.send(park + std::string(body_bytes, 'x'));
  REQUIRE(house.application.wait_parked(1));
  for (int i = 0; i < 4; ++i) one.send(post_head + std::string(body_bytes, 'x'));
  for (int i = 0; i < 10; ++i) CHECK(client{house.port()}.get("/hello").status == 200);
  CHECK(house.server->read_counters().inbound_bytes <= 4096 + 1);
  house.application.answer_parked("a", "a");
  CHECK(one.read_reply().body == "a");
  for (int i = 0; i < 4; ++i) CHECK(one.read_reply().body.size() == body_bytes);
  CHECK(house.wait_until([](const auto& now) { return now.inbound_bytes == 0; }));
}

TEST_CASE("a request for which there is no room is told 503, one of a moderate client is not") {
  auto options = one_reactor();
  options.connections_max = 16;
  options.inbound_max = 16 * 512;
  running_server house{options};
  client one{house.port()};
  std::string many;  // a hundred bytes each, once they are taken apart
  for (int i = 0; i < 500; ++i) many += "a&";
  CHECK(one.get("/hello?" + many).status == 503);
  CHECK(one.get("/hello").status == 200);
  CHECK(house.application.handled == 1);
}

TEST_CASE("a request that is not complete holds little more than was sent of it") {
  framer one{framing_limits{}};
  std::string query;
  while (query.size() < 1900) query += "a&";
  const auto head =
      "POST /echo?" + query + " HTTP/1.1\r\nHost: box\r\nContent-Length: 16384\r\n\r\n";
  CHECK(one.feed(head) == head.size());
  CHECK(one.held() < 2 * head.size());
  for (int i = 0; i < 16; ++i) one.feed(std::string(1000, 'x'));  // and never twice its body
  CHECK(one.held() < 2 * head.size() + body_bytes + 1);
}

// -- what is to go out --------------------------------------------------------------------------

TEST_CASE("above the bound of all unsent bytes the deaf make room for those who read") {
  running_server house{deaf_house()};
  auto deaf = asks_and_is_deaf(house, 6'000'000);
  CHECK(takes_after_a_reset(house, 6'000'000));
  CHECK(was_reset(deaf));
  CHECK(house.server->read_counters().resets == 1);
}

TEST_CASE("of two that are slow, the one that takes nothing makes room") {
  running_server house{deaf_house()};
  auto slow = asks_and_is_deaf(house, 3'000'000), deaf = asks_and_is_deaf(house, 3'000'000);
  std::string taken;
  while (taken.size() < 1'000'000) taken += slow.read_some();  // more than the kernel has of it
  CHECK(takes_after_a_reset(house, 4'000'000));
  CHECK(was_reset(deaf));
  while (taken.size() < 3'000'000) taken += slow.read_some();
  CHECK(house.server->read_counters().resets == 1);
}

TEST_CASE("who alone is above the bound is cut off") {
  running_server house{deaf_house()};
  client greedy{house.port(), false, 4096};
  greedy.send(get_request("/big/30000000"));
  CHECK(house.wait_until([](const auto& now) { return now.resets == 1; }));
  CHECK(house.wait_until([](const auto& now) { return now.outbound_bytes == 0; }));
  CHECK(client{house.port()}.get("/hello").status == 200);
}

// -- places -------------------------------------------------------------------------------------

TEST_CASE("in a full house the connection that has rested longest ends for a newcomer") {
  running_server house{small_house()};
  std::vector<client> kept;
  for (int i = 0; i < 9; ++i) {
    kept.emplace_back(house.port());
    CHECK(kept.back().get("/hello").status == 200);
  }
  CHECK(house.server->read_counters().retired == 0);
  kept[0].send(get_request("/park"));
  REQUIRE(house.application.wait_parked(1));
  CHECK(kept[1].get("/hello").status == 200);
  client newcomer{house.port()};
  newcomer.send(get_request("/park"));
  CHECK(kept[2].ended());
  CHECK(house.server->read_counters().retired == 1);
  REQUIRE(house.application.wait_parked(2));
  house.application.release_all();
  CHECK(newcomer.read_reply().status == 200);
  CHECK(kept[0].read_reply().status == 200);
  CHECK(kept[1].get("/hello").status == 200);
  CHECK(kept[3].get("/hello").status == 200);
  CHECK(house.server->read_counters().turned_away == 0);
}

TEST_CASE("newcomers do not end each other") {
  running_server house{small_house()};
  std::vector<client> silent;
  for (int i = 0; i < 10; ++i) silent.emplace_back(house.port());
  CHECK(client{house.port()}.ended());
  CHECK(house.server->read_counters().turned_away == 1);
  CHECK(silent.front().get("/hello").status == 200);
}

TEST_CASE("who comes to rest in a full house makes place for the next") {
  running_server house{small_house()};
  std::vector<client> busy;
  for (int i = 0; i < 10; ++i) {
    busy.emplace_back(house.port());
    busy.back().send(get_request("/park"));
  }
  REQUIRE(house.application.wait_parked(10));
  CHECK(house.application.release_all() == 10);
  for (auto& one : busy) CHECK(one.read_reply().status == 200);
  CHECK(house.wait_until([](const auto& now) { return now.retired == 1; }));
  CHECK(client{house.port()}.get("/hello").status == 200);
}
