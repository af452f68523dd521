// Goal: a process without descriptors turns clients away and goes on listening. Method: a child
// process with a low limit uses up all of them; the parent is the client.
#include "gateway/http_server/client.hpp"
#include "gateway/http_server/fake_application.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace taquilla::gateway;
using namespace taquilla::gateway::testing;

namespace {

/// The child: serves with no descriptor left, says its port, and waits for two orders: give the
/// descriptors back, end.
void serve_without_descriptors(int orders, int news) {
  running_server house;
  const rlimit few{64, 64};
  ::setrlimit(RLIMIT_NOFILE, &few);
  std::vector<int> used_up;
  for (int fd = ::dup(orders); fd >= 0; fd = ::dup(orders)) used_up.push_back(fd);
  const auto port = house.port();
  char order = 0;
  if (::write(news, &port, sizeof port) != sizeof port || ::read(orders, &order, 1) != 1) return;
  for (const int fd : used_up) ::close(fd);
  if (::write(news, &order, 1) == 1 && ::read(orders, &order, 1) == 1) return;
}

}  // namespace

TEST_CASE("a shortage of descriptors turns clients away and passes") {
  int orders[2], news[2];
  REQUIRE(::pipe(orders) == 0);
  REQUIRE(::pipe(news) == 0);
  const auto child = ::fork();
  if (child == 0) {
    ::close(orders[1]);
    serve_without_descriptors(orders[0], news[1]);
    ::_exit(0);
  }
  ::close(orders[0]);
  std::uint16_t port = 0;
  REQUIRE(::read(news[0], &port, sizeof port) == sizeof port);
  for (int i = 0; i < 5; ++i) CHECK(client{port}.ended());
  char done = 'x';
  REQUIRE(::write(orders[1], "a", 1) == 1);
  REQUIRE(::read(news[0], &done, 1) == 1);
  CHECK(client{port}.get("/hello").body == "hello");
  REQUIRE(::write(orders[1], "b", 1) == 1);
  int status = -1;
  CHECK(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  for (const int fd : {orders[1], news[0], news[1]}) ::close(fd);
}
