#include "gateway/metrics.hpp"

#include "gateway/wire.hpp"
#include "policies/circuit_breaker_config.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <deque>
#include <limits>

namespace taquilla::gateway {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using labels = std::vector<ClientMetric::Label>;

/// The families of one answer. A family without a sample is left out.
class exposition {
 public:
  MetricFamily& family(std::string name, std::string help, MetricType type) {
    families_.push_back({std::move(name), std::move(help), type, {}});
    return families_.back();
  }
  void counter(std::string name, std::string help, std::uint64_t value) {
    sample(family(std::move(name), std::move(help), MetricType::Counter), {}, value);
  }
  void gauge(std::string name, std::string help, double value) {
    sample(family(std::move(name), std::move(help), MetricType::Gauge), {}, value);
  }
  template <class Number>
  static void sample(MetricFamily& family, labels of, Number value) {
    ClientMetric metric;
    metric.label = std::move(of);
    metric.counter.value = metric.gauge.value = static_cast<double>(value);
    family.metric.push_back(std::move(metric));
  }
  std::string text() {
    std::vector<MetricFamily> told;
    for (auto& family : families_)
      if (!family.metric.empty()) told.push_back(std::move(family));
    return prometheus::TextSerializer{}.Serialize(told);
  }

 private:
  std::deque<MetricFamily> families_;  // references into it stay good while it grows
};

constexpr double seconds_of(std::int64_t ms) { return static_cast<double>(ms) / 1000.0; }

struct route_label {
  std::string path, method;
};
route_label route_of(const context& house, std::size_t row) {
  if (row < house.endpoints.size()) return {house.endpoints[row].path, house.endpoints[row].method};
  if (row == house.unmatched_row) return {"(unmatched)", ""};
  return {row == house.refused_row ? "(refused)" : "(server)", ""};
}

void add_requests(exposition& out, const context& house) {
  auto& family =
      out.family("taquilla_http_requests_total",
                 "Answers; (unmatched): no such route, (refused): foreign Host or Origin, "
                 "(server): no request, not run, or without an answer in time.",
                 MetricType::Counter);
  for (std::size_t row = 0; row < house.counts.rows(); ++row) {
    const auto route = route_of(house, row);
    for (std::size_t at = 0; at < listener_count; ++at)
      for (std::size_t i = 0; i < counted_statuses.size(); ++i) {
        const auto count = house.counts.requests(row, static_cast<listener>(at), i);
        if (count == 0) continue;
        const auto code = counted_statuses[i] == 0 ? "other" : std::to_string(counted_statuses[i]);
        exposition::sample(family,
                           {{"listener", listener_names[at]},
                            {"route", route.path},
                            {"method", route.method},
                            {"code", code}},
                           count);
      }
  }
}

void add_durations(exposition& out, const context& house) {
  auto& family = out.family("taquilla_http_request_duration_seconds",
                            "From the handler's start to the answer.", MetricType::Histogram);
  for (std::size_t row = 0; row < house.counts.rows(); ++row) {
    const auto all = house.counts.within(row, duration_bounds_ms.size());
    if (all == 0) continue;
    const auto route = route_of(house, row);
    ClientMetric metric;
    metric.label = {{"route", route.path}, {"method", route.method}};
    for (std::size_t i = 0; i < duration_bounds_ms.size(); ++i)
      metric.histogram.bucket.push_back(
          {std::min(all, house.counts.within(row, i)), seconds_of(duration_bounds_ms[i])});
    metric.histogram.bucket.push_back({all, std::numeric_limits<double>::infinity()});
    metric.histogram.sample_count = all;
    metric.histogram.sample_sum = seconds_of(static_cast<std::int64_t>(house.counts.total_ms(row)));
    family.metric.push_back(std::move(metric));
  }
}

void add_purchases(exposition& out, const context& house) {
  auto& family = out.family("taquilla_reservations_total", "Purchases answered, by outcome.",
                            MetricType::Counter);
  exposition::sample(family, {{"outcome", "confirmed"}}, house.counts.confirmed());
  exposition::sample(family, {{"outcome", "replayed"}}, house.counts.replayed());
  for (int code = 1; code < std::numeric_limits<std::uint8_t>::max(); ++code) {
    const auto why = static_cast<errc>(code);
    if (const auto count = house.counts.refused(why); count > 0)
      exposition::sample(family, {{"outcome", to_string(why)}}, count);
  }
  const auto limiter = house.limit.counters();
  out.counter("taquilla_rate_limited_total", "Purchases that the rate limiter refused.",
              limiter.rejected);
  out.counter("taquilla_rate_limit_overflow_total",
              "Decisions on the limiter's shared entry, because its table was full.",
              limiter.overflowed);
}

void add_server(exposition& out, const context& house) {
  out.gauge("taquilla_stream_clients", "Followers of /api/stream.",
            static_cast<double>(house.stream->clients()));
  if (!house.options.server_counters) return;
  const auto server = house.options.server_counters();
  out.gauge("taquilla_http_connections", "Connections that are open.",
            static_cast<double>(server.open_connections));
  out.gauge("taquilla_http_inbound_bytes", "Memory of requests that are not begun.",
            static_cast<double>(server.inbound_bytes));
  out.gauge("taquilla_http_outbound_bytes", "Memory of answers that are not sent.",
            static_cast<double>(server.outbound_bytes));
  out.gauge("taquilla_http_requests_in_flight", "Requests that wait for their answer.",
            static_cast<double>(server.in_flight));
  out.counter("taquilla_http_connections_total", "Connections accepted.", server.accepted);
  out.counter("taquilla_http_protocol_errors_total",
              "Bytes that were no request, came too slowly, or asked for an unknown method.",
              server.protocol_errors);
  out.counter("taquilla_http_unanswered_total",
              "Requests that the server told 500 or 504, because no handler had an answer.",
              server.unanswered);
  out.counter("taquilla_http_connections_refused_total",
              "Connections closed at once: too many, or no descriptor left.", server.turned_away);
  out.counter("taquilla_http_connections_retired_total",
              "Idle connections ended early, because newcomers needed their places.",
              server.retired);
  out.counter("taquilla_http_resets_total", "Connections cut off because they read too slowly.",
              server.resets);
  out.counter("taquilla_http_shed_total",
              "Requests told 503 unrun: too many waited, or the server was going down.",
              server.shed);
}

/// Under the names that every Prometheus dashboard knows.
void add_process(exposition& out, const context& house) {
  out.gauge("process_start_time_seconds", "Start of the process since 1970.",
            seconds_of(house.started_at));
  if (!house.options.process) return;
  const auto now = house.options.process();
  auto& cpu = out.family("process_cpu_seconds_total", "Processor time, user and system.",
                         MetricType::Counter);
  exposition::sample(cpu, {}, seconds_of(now.cpu_ms));
  out.gauge("process_resident_memory_bytes", "Memory that is in use now.",
            static_cast<double>(now.resident_bytes));
  out.gauge("process_open_fds", "Descriptors that are open.", static_cast<double>(now.open_files));
  out.gauge("process_max_fds", "Descriptors that may be open.",
            static_cast<double>(now.open_files_max));
}

void add_breaker(exposition& out, const breaker_view& breaker) {
  auto& state =
      out.family("taquilla_breaker_state", "1 for the state the breaker is in.", MetricType::Gauge);
  for (int i = 0; i <= static_cast<int>(breaker_state::disabled); ++i) {
    const auto* name = to_string(static_cast<breaker_state>(i));
    exposition::sample(state, {{"dependency", "inventory"}, {"state", name}},
                       breaker.state == name ? 1 : 0);
  }
  const labels inventory = {{"dependency", "inventory"}};
  exposition::sample(
      out.family("taquilla_breaker_trips_total", "Times the breaker opened.", MetricType::Counter),
      inventory, breaker.trips);
  auto& turns =
      out.family("taquilla_breaker_transitions_total",
                 "Times the breaker went to a state, by what made it.", MetricType::Counter);
  for (const auto& turn : breaker.turns)
    exposition::sample(
        turns, {{"dependency", "inventory"}, {"to", turn.to}, {"reason", turn.reason}}, turn.count);
  exposition::sample(out.family("taquilla_breaker_rejected_total", "Calls the breaker refused.",
                                MetricType::Counter),
                     inventory, breaker.rejected);
}

void add_store(exposition& out, const store_counts& store, std::int64_t now) {
  auto& outbox =
      out.family("taquilla_outbox_messages", "Mail that waits or was given up.", MetricType::Gauge);
  exposition::sample(outbox, {{"state", "due"}}, store.outbox_due);
  exposition::sample(outbox, {{"state", "dead"}}, store.outbox_dead);
  const auto age =
      store.oldest_mail_at == 0 ? 0 : std::max<std::int64_t>(0, now - store.oldest_mail_at);
  out.gauge("taquilla_outbox_oldest_seconds", "Age of the oldest mail that waits.",
            seconds_of(age));
  out.gauge("taquilla_reservations_pending", "Purchases that are neither sold nor failed yet.",
            static_cast<double>(store.pending));
  out.gauge("taquilla_settlements_due", "Voids and refunds that are owed.",
            static_cast<double>(store.settlements_due));
  out.counter("taquilla_store_commits_total", "Transactions of this incarnation of the store.",
              store.commits);
  out.counter("taquilla_store_commands_total", "Commands of this incarnation of the store.",
              store.commands);
}

void add_health(exposition& out, const health_view& health, std::int64_t now) {
  out.gauge("taquilla_ready", "1 when /readyz says yes.", health.ready && !health.draining ? 1 : 0);
  out.gauge("taquilla_purchases_in_flight", "Purchases that run.",
            static_cast<double>(health.purchases_in_flight));
  out.gauge("taquilla_retry_tokens", "What the retry budget still holds.",
            static_cast<double>(health.retry_tokens_milli) / 1000.0);
  auto& up = out.family("taquilla_actor_up", "1 when the part is up.", MetricType::Gauge);
  for (const auto& part : health.parts)
    exposition::sample(up, {{"actor", part.name}}, part.state == "up" ? 1 : 0);
  auto& restarts = out.family("taquilla_actor_restarts_total",
                              "Times the supervisor restarted a part.", MetricType::Counter);
  for (const auto& part : health.parts)
    exposition::sample(restarts, {{"actor", part.name}}, part.restarts);
  add_breaker(out, health.breaker);
  add_store(out, health.store, now);
}

void add_seats(exposition& out, const std::vector<event_view>& events) {
  auto& family = out.family("taquilla_seats", "Seats by state.", MetricType::Gauge);
  for (const auto& event : events) {
    const auto taken = event.held + event.sold;
    const auto free = event.seats > taken ? event.seats - taken : 0;
    exposition::sample(family, {{"event", event.event}, {"state", "free"}}, free);
    exposition::sample(family, {{"event", event.event}, {"state", "held"}}, event.held);
    exposition::sample(family, {{"event", event.event}, {"state", "sold"}}, event.sold);
  }
}

void add_faults(exposition& out, const overview& seen) {
  auto& active = out.family("taquilla_faults_active", "Faults that are set.", MetricType::Gauge);
  auto& down = out.family("taquilla_service_down", "1 while chaos keeps the service down.",
                          MetricType::Gauge);
  for (const auto& table : seen.chaos) {
    if (!table) continue;
    const std::string target = wire_name(table->target);
    exposition::sample(down, {{"target", target}}, table->down ? 1 : 0);
    for (const auto& rule : table->active)
      exposition::sample(active, {{"target", target}, {"kind", rule.kind}}, 1);
  }
}

}  // namespace

std::string metrics_text(const context& house, const overview& seen) {
  const auto now = house.options.wall_ms();
  exposition out;
  exposition::sample(
      out.family("taquilla_build_info", "1, labelled with the version.", MetricType::Gauge),
      {{"version", house.options.version}}, 1);
  add_process(out, house);
  add_requests(out, house);
  add_durations(out, house);
  add_purchases(out, house);
  add_server(out, house);
  if (seen.health) add_health(out, *seen.health, now);
  if (seen.events) add_seats(out, *seen.events);
  add_faults(out, seen);
  return out.text();
}

}  // namespace taquilla::gateway
