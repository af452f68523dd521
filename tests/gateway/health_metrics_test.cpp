// Goal: health tells the truth about readiness, and /metrics says it in words that Prometheus
// takes. Method: the answers over a front desk in good and in bad state; promtool judges the text
// where it is installed.
#include "gateway/house.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>

using namespace taquilla;
using namespace taquilla::gateway;

namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

/// What a command prints, and its exit status.
std::pair<int, std::string> run(const std::string& command) {
  std::string out;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {-1, out};
  char buffer[256];
  while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) out += buffer;
  return {pclose(pipe), out};
}

void make_traffic(house& h) {
  h.ask(purchase());
  h.ask(purchase());
  h.ask(purchase("{"));
  h.get("/api/nowhere");
  h.post("/api/payments/chaos/slow?delay=20", listener::payment);
  h.ask(request_to("GET", "/health", {}, listener::inventory));
  auto foreign = request_to("GET", "/");
  foreign.headers = {{"Host", "evil.example"}};
  h.ask(foreign);
}

}  // namespace

TEST_CASE("live, ready and healthy are answered on every port") {
  house h;
  for (const auto at :
       {listener::gateway, listener::inventory, listener::payment, listener::notification}) {
    CHECK(h.get("/livez", at).body == R"({"live":true})");
    CHECK(h.get("/readyz", at).body == R"({"ready":true,"draining":false})");
    CHECK(h.get("/health", at).status == 200);
    CHECK(h.get("/metrics", at).status == 200);
  }
}

TEST_CASE("health shows every part, the breaker and the store") {
  house h;
  h.desk.reported.breaker = {"open", 3, 1, 7, 1'200, {}};
  h.desk.reported.store.outbox_due = 2;
  CHECK(h.get("/health").body ==
        R"({"version":"1.2.3","startedAt":"2026-01-01T20:00:00.000Z",)"
        R"("now":"2026-01-01T20:00:00.000Z","ready":true,"draining":false,"parts":[)"
        R"({"name":"inventory","state":"up","since":"2026-01-01T20:00:00.000Z","reason":null,)"
        R"("restarts":0},{"name":"store","state":"up","since":"2026-01-01T20:00:00.000Z",)"
        R"("reason":null,"restarts":2}],"faults":[],"breaker":{"state":"open",)"
        R"("consecutiveFailures":3,"trips":1,"rejected":7,)"
        R"("retryAfterMs":1200},"purchasesInFlight":0,"retryTokensMilli":0,"store":{)"
        R"("reservations":0,"pending":0,"settlementsDue":0,"outboxDue":2,"outboxDead":0,)"
        R"("commits":0,"commands":0,"oldestMailAt":null}})");
}

TEST_CASE("health names every fault that is set, and a house under chaos is ready") {
  house h;
  h.post("/api/payments/chaos/slow?delay=20", listener::payment);
  h.post("/api/inventory/chaos/crash", listener::inventory);
  for (const auto at : {listener::gateway, listener::notification}) {
    const auto answer = h.get("/health", at);
    CHECK(answer.status == 200);
    CHECK(json_of(answer)["faults"].dump() ==
          R"([{"service":"inventory","id":"f2","kind":"crash",)"
          R"("since":"2026-01-01T20:00:00.000Z","touched":0},)"
          R"({"service":"payments","id":"f1","kind":"slow",)"
          R"("since":"2026-01-01T20:00:00.000Z","touched":0}])");
    CHECK(h.get("/readyz", at).status == 200);
  }
  h.post("/api/inventory/chaos/recover", listener::inventory);
  h.post("/api/payments/chaos/normal", listener::payment);
  CHECK(json_of(h.get("/health"))["faults"].empty());
}

TEST_CASE("a house that is not ready, drains or does not answer is alive and not ready") {
  house h;
  h.desk.reported.ready = false;
  CHECK(h.get("/livez").status == 200);
  CHECK(h.get("/readyz").status == 503);
  CHECK(h.get("/readyz").body == R"({"ready":false,"draining":false})");
  CHECK(header_of(h.get("/readyz"), "Retry-After") == "1");
  CHECK(h.get("/health").status == 503);
  const auto metric_says = [&h] {
    const auto text = h.get("/metrics").body;
    return text.at(text.find("\ntaquilla_ready ") + 16);
  };
  CHECK(metric_says() == '0');
  h.desk.reported.ready = true;
  CHECK(metric_says() == '1');
  h.desk.reported.draining = true;
  CHECK(h.get("/readyz").status == 503);
  CHECK(metric_says() == '0');
  h.desk.trouble = error{errc::deadline_expired, {}, 0};
  CHECK(h.get("/livez").status == 200);
  CHECK(h.get("/readyz").status == 503);
  CHECK(h.get("/health").status == 504);
}

TEST_CASE("metrics count requests, purchases, faults and seats") {
  house h;
  h.desk.reported.breaker.turns = {{"open", "failures", 3}};
  make_traffic(h);
  const auto answer = h.get("/metrics");
  CHECK(answer.content_type == "text/plain; version=0.0.4; charset=utf-8");
  for (const char* line : {
           R"(taquilla_build_info{version="1.2.3"} 1)",
           R"(taquilla_http_requests_total{listener="gateway",route="/api/reservations",)"
           R"(method="POST",code="200"} 2)",
           R"(taquilla_http_requests_total{listener="gateway",route="/api/reservations",)"
           R"(method="POST",code="400"} 1)",
           R"_(taquilla_http_requests_total{listener="gateway",route="(unmatched)",method="",)_"
           R"(code="404"} 1)",
           R"_(taquilla_http_requests_total{listener="gateway",route="(refused)",method="",)_"
           R"(code="421"} 1)",
           R"(taquilla_http_requests_total{listener="inventory",route="/health",method="GET",)"
           R"(code="200"} 1)",
           R"(taquilla_reservations_total{outcome="confirmed"} 1)",
           R"(taquilla_reservations_total{outcome="replayed"} 1)",
           R"(taquilla_reservations_total{outcome="malformed_json"} 1)",
           R"(taquilla_rate_limited_total 0)",
           R"(taquilla_seats{event="EVT-001",state="free"} 119)",
           R"(taquilla_seats{event="EVT-001",state="sold"} 1)",
           R"(taquilla_breaker_state{dependency="inventory",state="closed"} 1)",
           R"(taquilla_breaker_state{dependency="inventory",state="open"} 0)",
           R"(taquilla_breaker_transitions_total{dependency="inventory",to="open",)"
           R"(reason="failures"} 3)",
           R"(taquilla_faults_active{target="payments",kind="slow"} 1)",
           R"(taquilla_service_down{target="inventory"} 0)",
           R"(taquilla_actor_restarts_total{actor="store"} 2)",
           R"(taquilla_outbox_messages{state="due"} 0)",
           R"(taquilla_ready 1)",
       }) {
    CAPTURE(line);
    CHECK(has_line(answer.body, line));
  }
}

TEST_CASE("whatever state the breaker is in, that one is 1, and the console has a word for it") {
  const auto console = house{}.scripts();
  for (const char* name : {"closed", "open", "half_open", "ramping", "forced_open", "disabled"}) {
    CAPTURE(name);
    house h;
    h.desk.reported.breaker.state = name;
    const auto text = h.get("/metrics").body;
    CHECK(find_all(text, R"(taquilla_breaker_state\{[^}]*\} 1)").size() == 1);
    CHECK(has_line(text, R"(taquilla_breaker_state{dependency="inventory",state=")" +
                             std::string{name} + "\"} 1"));
    CHECK(console.find(std::string{name} + ": '") != std::string::npos);
  }
}

TEST_CASE("durations fall into their buckets") {
  house h;
  h.desk.answer_later = true;
  REQUIRE(!h.try_ask(purchase()));
  h.now += 10'000;  // a bucket holds its own bound
  h.desk.answer_all();
  h.desk.answer_later = false;
  const auto text = h.get("/metrics").body;
  const std::string label =
      R"(taquilla_http_request_duration_seconds_bucket{route="/api/reservations",method="POST",)";
  CHECK(has_line(text, label + "le=\"5\"} 0"));
  CHECK(has_line(text, label + "le=\"10\"} 1"));
  CHECK(has_line(text, label + "le=\"+Inf\"} 1"));
  CHECK(has_line(text, R"(taquilla_http_request_duration_seconds_sum{route="/api/reservations",)"
                       R"(method="POST"} 10)"));
}

TEST_CASE("a purchase that is asked for again is counted apart, each time") {
  house h;
  for (int i = 0; i < 3; ++i) h.ask(purchase());
  const auto text = h.get("/metrics").body;
  CHECK(has_line(text, R"(taquilla_reservations_total{outcome="confirmed"} 1)"));
  CHECK(has_line(text, R"(taquilla_reservations_total{outcome="replayed"} 2)"));
}

TEST_CASE("the oldest mail that waits has an age, and none when nothing waits") {
  house h;
  CHECK(has_line(h.get("/metrics").body, "taquilla_outbox_oldest_seconds 0"));
  h.desk.reported.store.oldest_mail_at = house::today - 2'500;
  CHECK(has_line(h.get("/metrics").body, "taquilla_outbox_oldest_seconds 2.5"));
  h.desk.reported.store.oldest_mail_at = house::today + 2'500;  // of a clock that was ahead
  CHECK(has_line(h.get("/metrics").body, "taquilla_outbox_oldest_seconds 0"));
}

TEST_CASE("metrics are given even when the front desk answers nothing good") {
  house h;
  make_traffic(h);
  h.desk.trouble = error{errc::store_unavailable, {}, 0};
  const auto answer = h.get("/metrics");
  CHECK(answer.status == 200);
  CHECK(has_line(answer.body, R"(taquilla_reservations_total{outcome="confirmed"} 1)"));
  CHECK(answer.body.find("taquilla_breaker_state") == std::string::npos);
}

TEST_CASE("so many reports are made at once; readiness is told to everybody") {
  auto options = house::quiet();
  options.reports_max = 2;
  house h{options};
  h.desk.answer_later = true;
  CHECK(!h.try_ask(request_to("GET", "/health")));
  CHECK(!h.try_ask(request_to("GET", "/metrics")));
  for (const char* path : {"/health", "/metrics"}) {
    const auto refused = h.get(path);
    CHECK(refused.status == 503);
    CHECK(json_of(refused)["code"] == "overloaded");
  }
  CHECK(!h.try_ask(request_to("GET", "/readyz")));
  h.desk.answer_all();
  h.desk.answer_later = false;
  CHECK(h.get("/metrics").status == 200);
  CHECK(h.get("/health").status == 200);
}

TEST_CASE("an answer is counted once, though its handler throws before or behind it") {
  house h;
  h.desk.throws = true;
  const auto bought = h.ask(purchase());
  CHECK(bought.status == 500);
  CHECK(bought.body.find("secret") == std::string::npos);
  CHECK(h.get("/api/stream").status == 200);
  h.desk.throws = false;
  const auto text = h.get("/metrics").body;
  CHECK(has_line(text, R"(taquilla_reservations_total{outcome="internal_error"} 1)"));
  CHECK(has_line(text, R"(taquilla_http_requests_total{listener="gateway",route="/api/stream",)"
                       R"(method="GET",code="200"} 1)"));
  CHECK(text.find(R"(route="/api/stream",method="GET",code="500")") == std::string::npos);
}

TEST_CASE("the server's counters are shown where there are any") {
  auto options = house::quiet();
  options.server_counters = [] {
    http_server::counters now;
    now.open_connections = 3;
    now.shed = 9;
    now.unanswered = 4;
    now.retired = 5;
    now.inbound_bytes = 6;
    now.outbound_bytes = 7;
    return now;
  };
  house h{options};
  const auto text = h.get("/metrics").body;
  CHECK(has_line(text, "taquilla_http_connections 3"));
  CHECK(has_line(text, "taquilla_http_shed_total 9"));
  CHECK(has_line(text, "taquilla_http_unanswered_total 4"));
  CHECK(has_line(text, "taquilla_http_connections_retired_total 5"));
  CHECK(has_line(text, "taquilla_http_inbound_bytes 6"));
  CHECK(has_line(text, "taquilla_http_outbound_bytes 7"));
}

TEST_CASE("what the process costs is shown under the names that everybody uses") {
  auto options = house::quiet();
  options.process = [] { return process_figures{1'250, 4'096, 7, 1'024}; };
  house h{options};
  const auto text = h.get("/metrics").body;
  CHECK(has_line(text, "process_cpu_seconds_total 1.25"));
  CHECK(has_line(text, "process_resident_memory_bytes 4096"));
  CHECK(has_line(text, "process_open_fds 7"));
  CHECK(has_line(text, "process_max_fds 1024"));
}

TEST_CASE("promtool finds nothing to say about the metrics") {
  if (run("promtool --version").first != 0) return;
  auto options = house::quiet();
  options.process = [] { return process_figures{}; };
  house h{options};
  make_traffic(h);
  const std::string file = "metrics_for_promtool.txt";
  std::ofstream{file} << h.get("/metrics").body;
  const auto [status, said] = run("promtool check metrics < " + file);
  std::remove(file.c_str());
  CHECK(said == "");
  CHECK(status == 0);
}
