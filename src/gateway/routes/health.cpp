#include "gateway/exchange.hpp"
#include "gateway/metrics.hpp"
#include "gateway/overview.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/wire.hpp"

namespace taquilla::gateway {

namespace {

/// A status report is an answer in itself, not a problem: its body says what is the matter.
void report(const exchange& out, bool good, std::string body) {
  http_response response;
  response.body = std::move(body);
  if (!good) {
    response.status = 503;
    response.headers.emplace_back("Retry-After", "1");
  }
  out.send(std::move(response));
}

void live(const http_request&, const exchange& out) { out.answer(R"({"live":true})"); }

void ready(const http_request&, const exchange& out) {
  out.desk().health([out](result<health_view> health) {
    const bool good = health && health->ready && !health->draining;
    json_writer json;
    json.open_object()
        .boolean("ready", good)
        .boolean("draining", health && health->draining)
        .close_object();
    report(out, good, json.take());
  });
}

/// Whoever reports about the whole house passes here: such a report is long, and made anew for
/// each.
turnstile::admission<overview> admitted(const exchange& out,
                                        void (*tell)(const exchange&, const overview&)) {
  return out.house().reports.admit(answer_with<overview>(out, tell));
}

void full(const http_request&, const exchange& out) {
  const auto report_health = admitted(out, [](const exchange& to, const overview& seen) {
    if (!seen.health) return to.refuse(seen.health.failure());
    const auto& options = to.house().options;
    json_writer json;
    json.open_object()
        .text("version", options.version)
        .time("startedAt", to.house().started_at)
        .time("now", options.wall_ms());
    write_health_members(json, seen);
    report(to, seen.health->ready, json.close_object().take());
  });
  if (report_health) take_health(out.desk(), report_health);
}

void metrics(const http_request&, const exchange& out) {
  const auto report_numbers = admitted(out, [](const exchange& to, const overview& seen) {
    http_response response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = metrics_text(to.house(), seen);
    to.send(std::move(response));
  });
  if (report_numbers) take_overview(out.desk(), report_numbers);
}

endpoint live_endpoint() {
  auto e = get(every_listener, "/livez", "The process answers.", live);
  e.example = R"({"live":true})";
  return e;
}

endpoint ready_endpoint() {
  auto e = get(every_listener, "/readyz",
               "Store open, actors up. A service under chaos does not make us unready: we keep "
               "selling.",
               ready);
  e.answers = {200, 503};
  e.example = R"({"ready":true,"draining":false})";
  return e;
}

endpoint health_endpoint() {
  auto e = get(every_listener, "/health",
               "Every part with its state, since when and why; the faults that are set; the "
               "breaker; the store.",
               full);
  e.answers = {200, 503};
  e.example = R"({"version":"0.1.0","ready":true,"draining":false,"parts":[],"faults":[]})";
  return e;
}

endpoint metrics_endpoint() {
  auto e = get(every_listener, "/metrics", "Numbers for Prometheus.", metrics);
  e.answers = {200, 503};
  e.content_type = "text/plain";
  return e;
}

}  // namespace

void add_health_endpoints(std::vector<endpoint>& table) {
  table.push_back(live_endpoint());
  table.push_back(ready_endpoint());
  table.push_back(health_endpoint());
  table.push_back(metrics_endpoint());
}

}  // namespace taquilla::gateway
