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

void full(const http_request&, const exchange& out) {
  take_health(out.desk(), [out](const overview& seen) {
    if (!seen.health) return out.refuse(seen.health.failure());
    const auto& options = out.house().options;
    json_writer json;
    json.open_object()
        .text("version", options.version)
        .time("startedAt", out.house().started_at)
        .time("now", options.wall_ms());
    write_health_members(json, seen);
    report(out, seen.health->ready, json.close_object().take());
  });
}

void metrics(const http_request&, const exchange& out) {
  take_overview(out.desk(), [out](const overview& seen) {
    http_response response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = metrics_text(out.house(), seen);
    out.send(std::move(response));
  });
}

}  // namespace

void add_health_endpoints(std::vector<endpoint>& table) {
  table.push_back({every_listener,
                   "GET",
                   "/livez",
                   "The process answers.",
                   {},
                   {200},
                   "application/json",
                   "",
                   R"({"live":true})",
                   false,
                   live});
  table.push_back({every_listener,
                   "GET",
                   "/readyz",
                   "Store open, actors up. A service under chaos does not make us unready: we "
                   "keep selling.",
                   {},
                   {200, 503},
                   "application/json",
                   "",
                   R"({"ready":true,"draining":false})",
                   false,
                   ready});
  table.push_back(
      {every_listener,
       "GET",
       "/health",
       "Every part with its state, since when and why; the faults that are set; the breaker; "
       "the store.",
       {},
       {200, 503},
       "application/json",
       "",
       R"({"version":"0.1.0","ready":true,"draining":false,"parts":[],"faults":[]})",
       false,
       full});
  table.push_back({every_listener,
                   "GET",
                   "/metrics",
                   "Numbers for Prometheus.",
                   {},
                   {200},
                   "text/plain",
                   "",
                   "",
                   false,
                   metrics});
}

}  // namespace taquilla::gateway
