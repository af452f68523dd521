// Goal: no other page in the browser can make us act, and no other name can reach us.
// Method: the whole matrix of Host, Origin and Sec-Fetch-Site values; only the good cells may act.
#include "gateway/house.hpp"
#include "gateway/trusted_proxies.hpp"

#include <doctest/doctest.h>

using namespace taquilla;
using namespace taquilla::gateway;

namespace {

using headers = std::vector<std::string>;  // values of one header; none: absent

struct host_row {
  headers values;
  std::string own_origin;  // empty: the host is not ours
};
const host_row hosts[] = {
    {{"localhost"}, "http://localhost"},
    {{"LOCALHOST."}, "http://localhost"},
    {{"localhost:80"}, "http://localhost"},
    {{"localhost:"}, "http://localhost"},
    {{"[::1]:"}, "http://[::1]:"},
    {{"localhost:10080"}, "http://localhost:10080"},
    {{"127.0.0.1"}, "http://127.0.0.1"},
    {{"127.0.0.1:10080"}, "http://127.0.0.1:10080"},
    {{"[::1]"}, "http://[::1]"},
    {{"[::1]:10080"}, "http://[::1]:10080"},
    {{"taquilla.example"}, "http://taquilla.example"},
    {{"Taquilla.Example.:8080"}, "http://taquilla.example:8080"},
    {{}, ""},
    {{""}, ""},
    {{"evil.example"}, ""},
    {{"localhost.evil.example"}, ""},
    {{"evil-localhost"}, ""},
    {{"localhost.."}, ""},
    {{":"}, ""},
    {{"localhost::"}, ""},
    {{"localhost:x"}, ""},
    {{"localhost:0"}, ""},
    {{"localhost:65536"}, ""},
    {{"localhost:80:80"}, ""},
    {{"localhost@evil.example"}, ""},
    {{"localhost/evil"}, ""},
    {{"localhost%2eevil"}, ""},
    {{"0.0.0.0"}, ""},
    {{"127.0.0.2"}, ""},
    {{"127.1"}, ""},
    {{"2130706433"}, ""},
    {{"[::]"}, ""},
    {{"[::1"}, ""},
    {{"[::1]x"}, ""},
    {{"::1"}, ""},
    {{"."}, ""},
    {{"localhost", "localhost"}, ""},
    {{"localhost", "evil.example"}, ""},
};

const std::vector<headers> foreign_origins = {{"null"},
                                              {"http://evil.example"},
                                              {"https://localhost"},
                                              {"http://localhost:1"},
                                              {""},
                                              {"http%3A%2F%2Flocalhost"},
                                              {"localhost"},
                                              {"//localhost"},
                                              {"http://localhost/"},
                                              {"http://localhost.evil.example"},
                                              {"http://evil.example@localhost"},
                                              {"HTTP://x"},
                                              {"file://"}};
const std::vector<headers> good_sites = {{}, {"same-origin"}, {"none"}};
const std::vector<headers> bad_sites = {
    {"cross-site"}, {"same-site"}, {""}, {"Same-Origin"}, {"same-origin", "cross-site"}};

http_request asking(const std::string& method, const std::string& target, const headers& host,
                    const headers& origin, const headers& site) {
  auto request = request_to(method, target);
  request.headers.clear();
  for (const auto& value : host) request.headers.emplace_back("hOST", value);
  for (const auto& value : origin) request.headers.emplace_back("Origin", value);
  for (const auto& value : site) request.headers.emplace_back("Sec-Fetch-Site", value);
  return request;
}

gateway_options with_name() {
  auto options = house::quiet();
  options.allowed_hosts = {"taquilla.example"};
  return options;
}

std::vector<headers> origins_for(const host_row& host) {
  auto all = foreign_origins;
  all.push_back({});
  if (host.own_origin.empty()) return all;
  all.push_back({host.own_origin});
  all.push_back({host.own_origin, "http://evil.example"});
  return all;
}

}  // namespace

TEST_CASE("a change acts in the good cells of host, origin and fetch site, and in no other") {
  house h{with_name()};
  std::size_t cells = 0, acted = 0;
  for (const auto& host : hosts)
    for (const auto& origin : origins_for(host)) {
      const bool own = origin.empty() || origin == headers{host.own_origin};
      auto sites = good_sites;
      sites.insert(sites.end(), bad_sites.begin(), bad_sites.end());
      for (std::size_t i = 0; i < sites.size(); ++i) {
        const bool good = !host.own_origin.empty() && own && i < good_sites.size();
        const int expected = host.own_origin.empty() ? 421 : good ? 200 : 403;
        const auto before = h.desk.set_chaos.size();
        const auto answer =
            h.ask(asking("POST", "/api/inventory/chaos/panic", host.values, origin, sites[i]));
        CAPTURE((host.values.empty() ? "-" : host.values[0]));
        CAPTURE((origin.empty() ? "-" : origin[0]));
        CHECK(answer.status == expected);
        CHECK(h.desk.set_chaos.size() - before == (good ? 1 : 0));
        ++cells;
        acted += good ? 1 : 0;
      }
    }
  CHECK(cells > 4'000);
  CHECK(acted == 72);  // 12 hosts of ours, no origin or our own, three good fetch sites
}

TEST_CASE("looking needs a name of ours but no origin") {
  house h{with_name()};
  for (const auto& host : hosts) {
    const auto answer =
        h.ask(asking("GET", "/api/events", host.values, {"http://evil.example"}, {"cross-site"}));
    CAPTURE((host.values.empty() ? "-" : host.values[0]));
    CHECK(answer.status == (host.own_origin.empty() ? 421 : 200));
    CHECK(answer.close == host.own_origin.empty());
    CHECK(header_count(answer, "Access-Control-Allow-Origin") == 0);
  }
}

TEST_CASE("every port and every changing method is guarded") {
  house h;
  for (const auto at :
       {listener::gateway, listener::inventory, listener::payment, listener::notification})
    for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
      auto request = asking(method, "/anything", {"localhost"}, {"null"}, {});
      request.at = at;
      CHECK(h.ask(request).status == 403);
    }
}

TEST_CASE("whoever guesses the token is told 429 after five guesses, even if the sixth is right") {
  auto options = house::quiet();
  options.admin_token = "s3cret";
  house h{options};
  int guesses = 0;
  const auto guess = [&](const std::string& peer, const char* value) {
    auto request = request_to("POST", "/api/payments/chaos/normal");
    request.peer = peer;
    if (value != nullptr) request.headers.emplace_back("Authorization", value);
    // Whoever guesses may write what he likes here.
    request.headers.emplace_back("X-Forwarded-For", "192.0.2." + std::to_string(++guesses));
    return h.ask(request);
  };
  for (int i = 0; i < 20; ++i) CHECK(guess("10.0.0.1", nullptr).status == 401);  // no guess
  for (int i = 0; i < 5; ++i) CHECK(guess("10.0.0.1", "Bearer wrong").status == 401);
  const auto blocked = guess("10.0.0.1", "Bearer s3cret");
  CHECK(blocked.status == 429);
  CHECK(header_of(blocked, "Retry-After") == "13");
  CHECK(h.desk.set_chaos.empty());
  CHECK(guess("10.0.0.2", "Bearer s3cret").status == 200);  // another peer is not blamed
  h.now += 13'000;
  CHECK(guess("10.0.0.1", "Bearer s3cret").status == 200);
  CHECK(guess("10.0.0.1", "Bearer wrong").status == 401);
  CHECK(guess("10.0.0.1", "Bearer wrong").status == 429);
  h.now += 600'000;
  for (int i = 0; i < 5; ++i) CHECK(guess("10.0.0.1", "Bearer wrong").status == 401);
  CHECK(guess("10.0.0.1", "Bearer wrong").status == 429);
}

TEST_CASE("chaos asks for the token where one is set, and nothing else does") {
  auto options = house::quiet();
  options.admin_token = "s3cret";
  house h{options};
  int peers = 0;
  const auto with_token = [&](const char* method, const char* target, headers values) {
    auto request = request_to(method, target);
    request.peer = "10.0.0." + std::to_string(++peers);  // else all would be one who guesses
    for (const auto& value : values) request.headers.emplace_back("Authorization", value);
    return h.ask(request);
  };
  const std::vector<headers> bad = {{},
                                    {""},
                                    {"Bearer"},
                                    {"Bearer "},
                                    {"Bearer s3cre"},
                                    {"Bearer s3cret2"},
                                    {"Bearer S3CRET"},
                                    {"Basic s3cret"},
                                    {"s3cret"},
                                    {"Bearer s3cret", "Bearer s3cret"},
                                    {"Bearer s3cret,x"}};
  for (const auto& values : bad) {
    const auto answer = with_token("POST", "/api/payments/chaos/normal", values);
    CHECK(answer.status == 401);
    CHECK(header_of(answer, "WWW-Authenticate") == "Bearer realm=\"taquilla\"");
    CHECK(with_token("GET", "/api/payments/chaos", values).status == 401);
  }
  CHECK(h.desk.set_chaos.empty());
  CHECK(with_token("POST", "/api/payments/chaos/normal", {"Bearer s3cret"}).status == 200);
  CHECK(with_token("POST", "/api/payments/chaos/normal", {"bearer  s3cret"}).status == 200);
  CHECK(with_token("GET", "/api/payments/charges", {}).status == 200);
  CHECK(h.ask(purchase()).status == 200);
}

TEST_CASE("behind a trusted proxy that speaks https, https is our own origin") {
  auto options = with_name();
  options.trusted_proxies = {"10.0.0.0/8"};
  house h{options};
  auto request = asking("POST", "/api/inventory/chaos/recover", {"taquilla.example"},
                        {"https://taquilla.example"}, {"same-origin"});
  request.headers.emplace_back("X-Forwarded-Proto", "https");
  CHECK(h.ask(request).status == 403);  // not a proxy of ours
  request.peer = "10.1.2.3";
  CHECK(h.ask(request).status == 200);
}

TEST_CASE("the client is the right-most address that no trusted proxy has") {
  const trusted_proxies proxies{{"10.0.0.0/8", "192.0.2.7", "fd00::/8", "172.16.0.0/12"}};
  struct row {
    const char* peer;
    headers forwarded;
    const char* client;
  };
  const row table[] = {
      {"198.51.100.1", {"203.0.113.9"}, "198.51.100.1"},
      {"10.0.0.1", {}, "10.0.0.1"},
      {"10.0.0.1", {"203.0.113.9"}, "203.0.113.9"},
      {"10.0.0.1", {"1.1.1.1, 203.0.113.9"}, "203.0.113.9"},
      {"10.0.0.1", {"1.1.1.1 , 203.0.113.9, 10.9.9.9"}, "203.0.113.9"},
      {"10.0.0.1", {"1.1.1.1", "203.0.113.9"}, "203.0.113.9"},
      {"10.0.0.1", {"10.0.0.2, 10.0.0.3"}, "10.0.0.2"},
      {"::ffff:10.0.0.1", {"203.0.113.9"}, "203.0.113.9"},
      {"fd12::1", {"2001:db8::1"}, "2001:db8::1"},
      {"192.0.2.7", {"203.0.113.9"}, "203.0.113.9"},
      {"192.0.2.8", {"203.0.113.9"}, "192.0.2.8"},
      {"172.31.0.1", {"203.0.113.9"}, "203.0.113.9"},
      {"172.32.0.1", {"203.0.113.9"}, "172.32.0.1"},
      {"10.0.0.1", {"nonsense"}, "nonsense"},
      {"10.0.0.1", {"203.0.113.9:1234"}, "203.0.113.9"},
      {"10.0.0.1", {"[2001:db8::1]"}, "2001:db8::1"},
      {"10.0.0.1", {"[2001:db8::1]:80, 10.2.2.2:9"}, "2001:db8::1"},
      {"10.0.0.1", {"203.0.113.9, [fd00::1]:443"}, "203.0.113.9"},
      {"10.0.0.1", {"2001:db8::1"}, "2001:db8::1"},
      {"10.0.0.1", {"[2001:db8::1]x"}, "[2001:db8::1]x"},
      {"10.0.0.1", {"[2001:db8::1"}, "[2001:db8::1"},
      {"10.0.0.1", {"203.0.113.9:"}, "203.0.113.9:"},
      {"10.0.0.1", {"::1"}, "::1"},
  };
  for (const auto& [peer, forwarded, client] : table) {
    CAPTURE(peer);
    auto request = request_to("GET", "/");
    request.peer = peer;
    for (const auto& value : forwarded) request.headers.emplace_back("x-forwarded-for", value);
    CHECK(proxies.client_address(request) == client);
  }
}

TEST_CASE("a network that cannot be read is refused by name") {
  for (const char* text : {"", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/", "10.0.0.0/x", "x"})
    CHECK_THROWS_AS(trusted_proxies{{text}}, std::invalid_argument);
  CHECK_NOTHROW(trusted_proxies{{"0.0.0.0/0", "::/0", "::1/128", "1.2.3.4/32"}});
}
