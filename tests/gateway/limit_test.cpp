// Goal: the flood of the original is let through six times and then held back with numbers that are
// true, per client, before the content of a request is looked at.
// Method: the application over a clock that the test turns.
#include "gateway/endpoint.hpp"
#include "gateway/house.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace taquilla;
using namespace taquilla::gateway;

namespace {

struct limited_house : house {
  limited_house() : house(gateway_options{}) {}
  explicit limited_house(gateway_options options) : house(std::move(options)) {}
  http_response from(const std::string& peer, http_request request = purchase()) {
    request.peer = peer;
    return ask(std::move(request));
  }
};

}  // namespace

TEST_CASE("fifteen fast purchases: six pass, nine are held back") {
  limited_house h;
  for (int i = 1; i <= 15; ++i) {
    CAPTURE(i);
    CHECK(h.ask(purchase()).status == (i <= 6 ? 200 : 429));
  }
  CHECK(h.desk.asked.size() == 6);
}

TEST_CASE("a refused flood says when to come back, and that is when it passes") {
  limited_house h;
  for (int i = 0; i < 6; ++i) h.ask(purchase());
  const auto refused = h.ask(purchase());
  CHECK(refused.status == 429);
  CHECK(json_of(refused)["code"] == "rate_limited");
  CHECK(json_of(refused)["message"] == "Demasiadas peticiones, espere un momento");
  CHECK(header_of(refused, "Retry-After") == "1");
  CHECK(header_of(refused, "RateLimit") == "\"reservations\";r=0;t=3");
  CHECK(header_of(refused, "RateLimit-Policy") == "\"reservations\";q=6;w=3");
  h.now += 499;
  CHECK(h.ask(purchase()).status == 429);
  h.now += 1;
  CHECK(h.ask(purchase()).status == 200);
  CHECK(h.ask(purchase()).status == 429);
  h.now += 1'000;
  CHECK(h.ask(purchase()).status == 200);
  CHECK(h.ask(purchase()).status == 200);
  CHECK(h.ask(purchase()).status == 429);
}

TEST_CASE("a slow limit says how many seconds to wait, and its refusals are counted as such") {
  gateway_options options;
  options.limiter.rate_milli = 250;  // one in four seconds
  options.limiter.burst = 0;
  house h{options};
  h.ask(purchase());
  const auto refused = h.ask(purchase());
  CHECK(refused.status == 429);
  CHECK(header_of(refused, "Retry-After") == "4");
  const auto text = h.get("/metrics").body;
  CHECK(text.find("taquilla_reservations_total{outcome=\"rate_limited\"} 1\n") !=
        std::string::npos);
}

TEST_CASE("good and bad answers tell how much is left") {
  limited_house h;
  const char* remaining[] = {"5", "4", "3", "2", "1", "0"};
  for (int i = 0; i < 6; ++i) {
    const auto answer = h.ask(i % 2 == 0 ? purchase() : purchase("{"));
    CHECK(answer.status == (i % 2 == 0 ? 200 : 400));
    const auto field = header_of(answer, "RateLimit");
    CHECK(field.find(";r=" + std::string{remaining[i]} + ";") != std::string::npos);
    CHECK(header_count(answer, "RateLimit") == 1);
    CHECK(header_count(answer, "RateLimit-Policy") == 1);
  }
}

TEST_CASE("a flood is refused before its content is looked at") {
  limited_house h;
  for (int i = 0; i < 6; ++i) CHECK(h.ask(purchase("broken")).status == 400);
  CHECK(h.ask(purchase("broken")).status == 429);
  auto wrong_type = purchase();
  wrong_type.headers.pop_back();
  CHECK(h.ask(wrong_type).status == 429);
}

TEST_CASE("only purchases are counted") {
  limited_house h;
  for (int i = 0; i < 50; ++i) {
    CHECK(h.get("/api/reservations").status == 200);
    CHECK(h.post("/api/inventory/chaos/recover").status == 200);
    CHECK(h.ask(request_to("DELETE", "/api/reservations/7")).status == 404);
  }
  CHECK(header_count(h.get("/api/reservations"), "RateLimit") == 0);
  CHECK(h.ask(purchase()).status == 200);
}

TEST_CASE("clients are told apart by their address, an IPv6 one by its network") {
  limited_house h;
  for (int i = 0; i < 7; ++i) h.from("192.0.2.1");
  CHECK(h.from("192.0.2.1").status == 429);
  CHECK(h.from("::ffff:192.0.2.1").status == 429);
  CHECK(h.from("192.0.2.2").status == 200);
  for (int i = 0; i < 7; ++i) h.from("2001:db8::" + std::to_string(i + 1));
  CHECK(h.from("2001:db8::99").status == 429);
  CHECK(h.from("2001:db8:0:1::99").status == 200);
}

TEST_CASE("a forwarded address counts only when a trusted proxy hands it on") {
  const auto forwarded = [](const std::string& client) {
    auto request = purchase();
    request.headers.emplace_back("X-Forwarded-For", client);
    return request;
  };
  limited_house plain;
  for (int i = 0; i < 6; ++i) plain.from("10.0.0.1", forwarded("192.0.2." + std::to_string(i)));
  CHECK(plain.from("10.0.0.1", forwarded("192.0.2.99")).status == 429);

  gateway_options options;
  options.trusted_proxies = {"10.0.0.1"};
  limited_house behind{options};
  for (int i = 0; i < 6; ++i) behind.from("10.0.0.1", forwarded("192.0.2.1"));
  CHECK(behind.from("10.0.0.1", forwarded("192.0.2.1")).status == 429);
  CHECK(behind.from("10.0.0.1", forwarded("192.0.2.2")).status == 200);
  CHECK(behind.from("10.0.0.2", forwarded("192.0.2.1")).status == 200);
}

TEST_CASE("an address is one client's unless it is a trusted proxy's or of this machine") {
  struct row {
    const char* address;
    bool usually, local_limited;
  };
  const row table[] = {{"192.0.2.1", true, true},  {"2001:db8::1", true, true},
                       {"127.0.0.1", false, true}, {"::1", false, true},
                       {"10.0.0.1", false, false}, {"127.0.0.9", false, false}};
  gateway_options options;
  options.trusted_proxies = {"10.0.0.0/8", "127.0.0.9"};
  const house usual{options};
  options.limit_local_peers = true;
  const house strict{options};
  for (const auto& [address, usually, local_limited] : table) {
    CAPTURE(address);
    CHECK(usual.app->is_one_client(address) == usually);
    CHECK(strict.app->is_one_client(address) == local_limited);
  }
}

TEST_CASE("a limiter that is off lets everything pass and says nothing") {
  house h;
  for (int i = 0; i < 50; ++i) {
    const auto answer = h.ask(purchase());
    CHECK(answer.status == 200);
    CHECK(header_count(answer, "RateLimit") == 0);
  }
}

TEST_CASE("a request from another page is not charged to the client") {
  limited_house h;
  auto foreign = purchase();
  foreign.headers.emplace_back("Origin", "http://evil.example");
  for (int i = 0; i < 50; ++i) CHECK(h.ask(foreign).status == 403);
  CHECK(h.ask(purchase()).status == 200);
}

TEST_CASE("an answer tells what was left when its request was let in, whoever came since") {
  limited_house h;
  auto first = purchase(), second = purchase();
  REQUIRE_FALSE(h.app->refuse(first));
  REQUIRE_FALSE(h.app->refuse(second));
  h.now += 200;
  std::vector<std::string> told;
  for (const auto& route : h.app->routes())
    if (route.method == "POST" && route.pattern == "/api/reservations")
      for (const auto& request : {first, second})
        route.handle(request, [&](const http_response& answer) {
          told.push_back(header_of(answer, "RateLimit"));
        });
  CHECK(told == std::vector<std::string>{"\"reservations\";r=5;t=0", "\"reservations\";r=4;t=1"});
  REQUIRE(h.desk.asked.size() == 2);
  CHECK(h.desk.asked[0].evidence == "excess_milli=0 burst=5 remaining=5");
  CHECK(h.desk.asked[1].evidence == "excess_milli=1000 burst=5 remaining=4");
}

TEST_CASE("one endpoint is the purchase that is limited: a table with none or two is refused") {
  endpoint shop;
  shop.at = {listener::gateway};
  shop.path = "/shop";
  shop.sells = true;
  auto everywhere = shop, pattern = shop;
  everywhere.at = every_listener;
  pattern.path = "/shop/{seat}";
  CHECK(selling_row({endpoint{}, shop}) == 1);
  const std::vector<endpoint> wrong[] = {{endpoint{}}, {shop, shop}, {everywhere}, {pattern}};
  for (const auto& table : wrong) CHECK_THROWS_AS(selling_row(table), std::logic_error);
}
