// Goal: a doorman goes on accepting whatever became of one client, and one address has its share.
// Method: a doorman on a loop of its own, whose clients are received by somebody who has no memory
// for the first; the guest list alone.
#include "gateway/http_server/doorman.hpp"

#include "gateway/http_server/client.hpp"

#include <asio/ip/address.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <new>
#include <string>
#include <utility>

using namespace taquilla::gateway;
using namespace taquilla::gateway::testing;

namespace {

class forgetful_sink final : public socket_sink {
 public:
  explicit forgetful_sink(asio::io_context& loop) : loop_{loop} {}
  asio::io_context& next_context() override { return loop_; }
  void receive(asio::ip::tcp::socket, listener, std::string, guest_list::place) override {
    if (++received == 1) throw std::bad_alloc{};
    loop_.stop();
  }

  int received = 0;

 private:
  asio::io_context& loop_;
};

bool is_stranger(const std::string& address) { return address != "127.0.0.1"; }

}  // namespace

TEST_CASE("a client for whom there is no memory does not end the listener") {
  asio::io_context loop{1};
  traffic counters;
  guest_list guests{{16, 16, is_stranger}, counters};
  forgetful_sink sink{loop};
  doorman door{loop, listener::gateway, guests, counters, sink};
  REQUIRE(!door.open({asio::ip::make_address("127.0.0.1"), 0}));
  door.start();
  const client first{door.port()}, second{door.port()};
  loop.run_for(std::chrono::seconds{30});
  CHECK(sink.received == 2);
}

TEST_CASE("a stranger's share is counted client by client, in and out") {
  traffic counters;
  guest_list guests{{4, 2, is_stranger}, counters};
  auto first = guests.admit("192.0.2.1"), second = guests.admit("192.0.2.1");
  CHECK_FALSE(guests.admit("192.0.2.1"));
  first.give_up();
  auto third = guests.admit("192.0.2.1");
  CHECK(third);
  CHECK_FALSE(guests.admit("192.0.2.1"));
  auto other = guests.admit("192.0.2.2"), local = guests.admit("127.0.0.1");
  CHECK(local);
  CHECK_FALSE(guests.admit("127.0.0.1"));  // four are all there may be
  CHECK(counters.open_connections == 4);
}
