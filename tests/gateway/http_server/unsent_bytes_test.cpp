// Goal: what is unsent leaves in order and whole, and holds little more memory than its own size.
// Method: the class alone; pieces of many lengths in, bytes out in many lengths.
#include "gateway/http_server/unsent_bytes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

using taquilla::gateway::unsent_bytes;

namespace {

std::string some_bytes(std::mt19937& dice, std::size_t most) {
  std::string bytes(dice() % most, ' ');
  for (auto& c : bytes) c = static_cast<char>('a' + dice() % 26);
  return bytes;
}

}  // namespace

TEST_CASE("unsent bytes leave in the order in which they came, however they are taken") {
  std::mt19937 dice{20261129};
  unsent_bytes box;
  std::string put, taken;
  for (int i = 0; i < 4'000; ++i) {
    const auto bytes = some_bytes(dice, i % 7 == 0 ? 60'000 : 600);
    put += bytes;
    i % 2 == 0 ? box.adopt(bytes) : box.append(bytes);
    for (auto left = dice() % 20'000; left > 0 && !box.empty();) {
      const auto n = std::min<std::size_t>(left, box.pending().size());
      taken += box.pending().substr(0, n);
      box.sent(n);
      left -= static_cast<unsigned>(n);
    }
    REQUIRE(box.size() == put.size() - taken.size());
    REQUIRE(box.total_sent() == taken.size());
    REQUIRE(box.total_appended() == put.size());
  }
  for (; !box.empty(); box.sent(box.pending().size())) taken += box.pending();
  CHECK(taken == put);
  CHECK(box.held() == 0);
}

TEST_CASE("what is unsent is held, with the piece on its way, and no more") {
  unsent_bytes box;
  for (int i = 0; i < 20; ++i) box.adopt(std::string(100'000, 'x'));
  CHECK(box.held() < 20 * 100'100);
  box.sent(50'000);
  for (int i = 0; i < 15; ++i) box.sent(box.pending().size());
  CHECK(box.size() == 500'000);
  CHECK(box.held() < 5 * 100'100);
}

TEST_CASE("short answers are put together, so that one call sends them all") {
  unsent_bytes box;
  for (int i = 0; i < 40; ++i) box.adopt(std::string(300, 'x'));
  CHECK(box.pending().size() == 12'000);
  CHECK(box.held() < 2 * 16 * 1024);
  for (int i = 0; i < 1'000; ++i) box.append(std::string(300, 'x'));
  CHECK(box.held() < 3 * box.size());  // each piece counts once, however it has grown
}
