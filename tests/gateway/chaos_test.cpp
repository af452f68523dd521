// Goal: one table of trouble for three services, the original's six endpoints among it.
// Method: every service asked for every kind, on both of its ports; options good and wrong.
#include "gateway/chaos_kinds.hpp"
#include "gateway/house.hpp"

#include <doctest/doctest.h>

using namespace taquilla;
using namespace taquilla::gateway;

namespace {

struct door {
  service which;
  const char* name;
  listener at;
};
const door doors[] = {{service::inventory, "inventory", listener::inventory},
                      {service::payment, "payments", listener::payment},
                      {service::notification, "notifications", listener::notification}};

}  // namespace

TEST_CASE("the original's six chaos requests are taken on its ports") {
  struct row {
    listener at;
    const char* target;
    service which;
    const char* kind;
    std::int64_t delay_ms;
  };
  const row table[] = {
      {listener::inventory, "/api/inventory/chaos/crash", service::inventory, "crash", 0},
      {listener::inventory, "/api/inventory/chaos/recover", service::inventory, "recover", 0},
      {listener::payment, "/api/payments/chaos/slow?delay=20", service::payment, "slow", 20'000},
      {listener::payment, "/api/payments/chaos/normal", service::payment, "recover", 0},
      {listener::notification, "/api/notifications/chaos/disable", service::notification, "crash",
       0},
      {listener::notification, "/api/notifications/chaos/enable", service::notification, "recover",
       0},
  };
  for (const auto& [at, target, which, kind, delay_ms] : table) {
    CAPTURE(target);
    house h;
    auto request = request_to("POST", target, {}, at);
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    const auto answer = h.ask(request);
    CHECK(answer.status == 200);
    CHECK(json_of(answer)["success"] == true);
    REQUIRE(h.desk.set_chaos.size() == 1);
    CHECK(h.desk.set_chaos[0].target == which);
    CHECK(h.desk.set_chaos[0].kind == kind);
    CHECK(h.desk.set_chaos[0].delay_ms == delay_ms);
  }
}

TEST_CASE("an answer tells what is set now") {
  house h;
  const auto answer =
      h.post("/api/payments/chaos/slow?delay=1.5&for=60&times=3", listener::payment);
  CHECK(answer.body ==
        R"({"success":true,"service":"payments","message":"Pagos: responde con retraso",)"
        R"("down":false,"chaos":[{"id":"f1","kind":"slow","delayMs":1500,"rate":1,"forMs":60000,)"
        R"("times":3,"touched":0,"since":"2026-01-01T20:00:00.000Z","endsAt":null,)"
        R"("lastTouchedAt":null,"lastRequest":null}]})");
  const auto table = json_of(h.get("/api/payments/chaos", listener::payment));
  CHECK(table["chaos"].size() == 1);
  CHECK(!table.contains("message"));
  CHECK(h.post("/api/payments/chaos/normal").body ==
        R"({"success":true,"service":"payments","message":"Pagos: vuelve a la normalidad",)"
        R"("down":false,"chaos":[]})");
}

TEST_CASE("each service takes its own kinds and no others, on its port and on the gateway's") {
  for (const auto& door : doors)
    for (const auto at : {door.at, listener::gateway})
      for (const auto& row : chaos_kind_table()) {
        const bool takes = find_chaos_kind(door.which, row.name) != nullptr;
        CAPTURE(row.name);
        house h;
        const auto target = "/api/" + std::string{door.name} + "/chaos/" + std::string{row.name};
        const auto answer = h.post(target + (row.takes_delay ? "?delay=1" : ""), at);
        CHECK(answer.status == (takes ? 200 : 404));
        CHECK(h.desk.set_chaos.size() == (takes ? 1 : 0));
      }
  CHECK(chaos_kinds_of(service::inventory) ==
        "crash, panic, slow, flaky, lossy, stall, recover, normal, enable");
  CHECK(find_chaos_kind(service::payment, "decline") != nullptr);
  CHECK(find_chaos_kind(service::inventory, "decline") == nullptr);
  CHECK(find_chaos_kind(service::notification, "bounce") != nullptr);
  CHECK(find_chaos_kind(service::payment, "bounce") == nullptr);
  CHECK(find_chaos_kind(service::payment, "disable") == nullptr);
  house h;
  CHECK(h.post("/api/inventory/chaos/recover", listener::payment).status == 404);
  CHECK(json_of(h.post("/api/inventory/chaos/melt"))["detail"] ==
        "inventory takes: crash, panic, slow, flaky, lossy, stall, recover, normal, enable");
}

TEST_CASE("rates are kept in millionths") {
  const std::pair<const char*, std::uint32_t> table[] = {
      {"", 1'000'000},        {"?rate=1", 1'000'000}, {"?rate=0", 0},
      {"?rate=0.5", 500'000}, {"?rate=0.000001", 1},  {"?rate=1.0", 1'000'000}};
  for (const auto& [query, ppm] : table) {
    CAPTURE(query);
    house h;
    const auto answer = h.post("/api/inventory/chaos/flaky" + std::string{query});
    CHECK(answer.status == 200);
    CHECK(h.desk.set_chaos.at(0).rate_ppm == ppm);
  }
  house h;
  h.post("/api/inventory/chaos/lossy?rate=0.25");
  CHECK(h.get("/api/inventory/chaos").body.find("\"rate\":0.25,") != std::string::npos);
}

TEST_CASE("options that make no sense are refused by name and change nothing") {
  const std::pair<const char*, const char*> table[] = {
      {"/api/payments/chaos/slow", "delay"},
      {"/api/payments/chaos/slow?delay=", "delay"},
      {"/api/payments/chaos/slow?delay=x", "delay"},
      {"/api/payments/chaos/slow?delay=-1", "delay"},
      {"/api/payments/chaos/slow?delay=3601", "delay"},
      {"/api/payments/chaos/slow?delay=1&delay=2", "delay"},
      {"/api/payments/chaos/slow?delay=1e3", "delay"},
      {"/api/payments/chaos/slow?delay=1&rate=0.5", "rate"},
      {"/api/payments/chaos/crash?delay=1", "delay"},
      {"/api/payments/chaos/flaky?rate=1.1", "rate"},
      {"/api/payments/chaos/flaky?rate=.5", "rate"},
      {"/api/payments/chaos/flaky?rate=0.1234567", "rate"},
      {"/api/payments/chaos/stall?for=forever", "for"},
      {"/api/payments/chaos/stall?for=86401", "for"},
      {"/api/payments/chaos/stall?for=0", "for"},
      {"/api/payments/chaos/slow?delay=1&for=0.000", "for"},
      {"/api/payments/chaos/stall?times=0", "times"},
      {"/api/payments/chaos/stall?times=1.5", "times"},
      {"/api/payments/chaos/recover?for=5", "for"},
      {"/api/payments/chaos/crash?force=1", "force"},
  };
  for (const auto& [target, field] : table) {
    CAPTURE(target);
    house h;
    const auto answer = h.post(target);
    CHECK(answer.status == 422);
    CHECK(json_of(answer)["errors"][0]["field"] == field);
    CHECK(h.desk.set_chaos.empty());
  }
  house h;
  for (const char* body : {"{\"for\":5}", "{}", "x"})
    CHECK(h.ask(request_to("POST", "/api/payments/chaos/crash", body)).status == 422);
  CHECK(h.desk.set_chaos.empty());
}

TEST_CASE("looking at chaos sets none, and chaos is not set by looking") {
  house h;
  CHECK(h.get("/api/inventory/chaos").status == 200);
  const auto answer = h.get("/api/inventory/chaos/crash");
  CHECK(answer.status == 405);
  CHECK(header_of(answer, "Allow") == "POST");
  CHECK(h.desk.set_chaos.empty());
}
