// Goal: one client has one key, however its address is written.
// Method: a table of spellings.
#include "policies/client_key.hpp"

#include <doctest/doctest.h>

using namespace taquilla;

TEST_CASE("an IPv4 client is its address") {
  CHECK(client_key("192.0.2.7") == "192.0.2.7");
  CHECK(client_key("127.0.0.1") == "127.0.0.1");
  CHECK(client_key("127.0.0.01") == unreadable_client_key);  // no second spelling
}

TEST_CASE("an IPv4 address inside IPv6 is the same client") {
  CHECK(client_key("::ffff:192.0.2.7") == "192.0.2.7");
  CHECK(client_key("[::FFFF:c000:0207]") == "192.0.2.7");
}

TEST_CASE("all addresses of an IPv6 /64 are one client") {
  CHECK(client_key("2001:db8:0:1::1") == "2001:db8:0:1::/64");
  CHECK(client_key("2001:DB8:0:1:ffff:ffff:ffff:ffff") == "2001:db8:0:1::/64");
  CHECK(client_key("[2001:db8::1:0:0:0:9]") == "2001:db8:0:1::/64");
  CHECK(client_key("fe80::1%eth0") == "fe80:0:0:0::/64");
  CHECK(client_key("::1") == "0:0:0:0::/64");
  CHECK(client_key("2001:db8:0:2::1") != client_key("2001:db8:0:1::1"));
}

TEST_CASE("this machine is known by its addresses, and by nothing that looks like them") {
  for (const char* address : {"127.0.0.1", "127.1.2.3", "::1"}) CHECK(is_loopback(address));
  for (const char* address : {"", "0.0.0.0", "::", "12.7.0.1", "1270.0.0.1", "::12", "localhost"})
    CHECK_FALSE(is_loopback(address));
}

TEST_CASE("text that is no address shares one key that is not empty") {
  using namespace std::string_view_literals;
  CHECK_FALSE(unreadable_client_key.empty());
  for (const auto text : {""sv, "localhost"sv, "192.0.2.7:443"sv, "192.0.2.700"sv, "[]"sv,
                          "1.2.3.4\0x"sv, "10.0.0.1, 10.0.0.2"sv})
    CHECK(client_key(text) == unreadable_client_key);
  CHECK(client_key(std::string(70'000, '1')) == unreadable_client_key);
}
