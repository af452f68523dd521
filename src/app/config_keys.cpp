#include "app/config_keys.hpp"

#include "app/config_key_rows.hpp"

#include <map>

namespace taquilla::app {

namespace {

using rows = std::vector<config_key>;

constexpr std::int64_t day = 86'400'000;  // ms
constexpr std::int64_t hour = 3'600'000;
constexpr std::int64_t million = 1'000'000;

// Names the member of `settings` that a row is about.
#define MEMBER(path) \
  [](auto& s) -> auto& { return s.path; }

rows places() {
  return {
      text("data.folder", MEMBER(data),
           "Where everything is kept; `:memory:` keeps nothing (--data)", data_folder_name),
      text("venue.file", MEMBER(venue_file),
           "The halls that are sold; empty: the built-in demo hall (config/venue.json)"),
      list("gateway.bind", MEMBER(http.bind),
           "Addresses to listen on; beyond loopback gateway.admin_token is needed (--bind)",
           ip_address),
      integer("gateway.ports.gateway", "port", 0, 65'535, MEMBER(http.ports[0]),
              "REST API and console; 0: the system picks"),
      integer("gateway.ports.inventory", "port", 0, 65'535, MEMBER(http.ports[1]),
              "Chaos and state of the inventory"),
      integer("gateway.ports.payment", "port", 0, 65'535, MEMBER(http.ports[2]),
              "Chaos and charges of the payments"),
      integer("gateway.ports.notification", "port", 0, 65'535, MEMBER(http.ports[3]),
              "Chaos, outbox and mailbox of the notifications"),
      integer("gateway.port_offset", "ports", 0, 65'535, MEMBER(port_offset),
              "Added to every port that is not 0 (--port-offset)"),
  };
}

rows gateway_rows() {
  return {
      list("gateway.allowed_hosts", MEMBER(gateway.allowed_hosts),
           "Host names served beside localhost, 127.0.0.1 and [::1]", host_name),
      list("gateway.trusted_proxies", MEMBER(gateway.trusted_proxies),
           "Addresses or networks whose X-Forwarded-For is believed"),
      secret("gateway.admin_token", MEMBER(gateway.admin_token),
             "What chaos requests must carry as `Authorization: Bearer` (five wrong ones a minute, "
             "then 429), at least 16 visible ASCII characters; empty: nothing",
             bearer_token),
      flag("gateway.rate_limit.enabled", MEMBER(gateway.limiter.enabled),
           "Whether POST /api/reservations is limited per client"),
      rate("gateway.rate_limit.rate_per_second", MEMBER(gateway.limiter.rate_milli),
           "Purchases a second that a client may ask for"),
      integer("gateway.rate_limit.burst", "requests", 0, million, MEMBER(gateway.limiter.burst),
              "Requests that may come early"),
      integer("gateway.rate_limit.clients", "clients", 1, million, MEMBER(gateway.limiter.keys_max),
              "Clients that are told apart; further ones share a limit"),
      flag("gateway.rate_limit.dry_run", MEMBER(gateway.limiter.dry_run),
           "Decide and count, but let everything pass"),
      choice("gateway.rate_limit.full_table", {"strict", "nginx"}, MEMBER(gateway.limiter.profile),
             "strict: newcomers share a bucket; nginx: the oldest is forgiven"),
      integer("gateway.stream_clients", "clients", 0, 10'000, MEMBER(gateway.stream_clients_max),
              "Followers of GET /api/stream at once, of one address a quarter"),
      integer("gateway.store_reads", "requests", 1, 10'000, MEMBER(gateway.desk.store_reads_max),
              "Reads at once of store, inventory and event feed, each; one more is told 503"),
      integer("gateway.cancellations", "requests", 1, 100'000,
              MEMBER(gateway.desk.cancellations_max),
              "Cancellations at once; one more is told 503"),
      integer(
          "gateway.mail_waiters", "clients", 0, 10'000, MEMBER(gateway.desk.mail_waiters_max),
          "Clients that wait for a mail at once, of one address a quarter; one more is told 503"),
  };
}

rows http_rows() {
  return {
      integer("gateway.http.threads", "threads", 1, 64, MEMBER(http.threads),
              "Threads that run handlers"),
      integer("gateway.http.connections", "connections", 16, 100'000, MEMBER(http.connections_max),
              "Open connections, all listeners together"),
      integer(
          "gateway.http.connections_per_peer", "connections", 1, 100'000,
          MEMBER(http.connections_per_peer),
          "Open connections of one address (an IPv6 client is its /64), but for trusted proxies"),
      flag("gateway.http.limit_local_peers", MEMBER(gateway.limit_local_peers),
           "Addresses of this machine, too, have no more than their share of connections and "
           "places"),
      integer("gateway.http.body_bytes", "bytes", 256, 1'048'576,
              MEMBER(http.framing.body_bytes_max), "Largest body; a larger one is told 413"),
      integer("gateway.http.head_bytes", "bytes", 1'024, 65'536,
              MEMBER(http.framing.head_bytes_max), "Largest head; a larger one is told 431"),
      integer("gateway.http.target_bytes", "bytes", 256, 16'384,
              MEMBER(http.framing.target_bytes_max),
              "Longest path with query; a longer one is told 414"),
      integer("gateway.http.header_fields", "fields", 8, 256,
              MEMBER(http.framing.header_fields_max), "Header fields of one request"),
      integer("gateway.http.queue", "requests", 1, 100'000, MEMBER(http.queue_max),
              "Requests that wait for a thread; further ones are told 503"),
      milliseconds("gateway.http.queue_age_ms", 1, 60'000, MEMBER(http.queue_age_max),
                   "A request that waited longer for a thread is told 503"),
      milliseconds("gateway.http.head_timeout_ms", 100, 60'000, MEMBER(http.head_timeout),
                   "For a head to arrive"),
      milliseconds("gateway.http.body_timeout_ms", 100, 60'000, MEMBER(http.body_timeout),
                   "For a body to arrive"),
      milliseconds("gateway.http.idle_timeout_ms", 100, hour, MEMBER(http.idle_timeout),
                   "Of a kept connection without a request"),
      milliseconds("gateway.http.write_timeout_ms", 100, 60'000, MEMBER(http.write_timeout),
                   "For an answer to be taken by its client"),
      milliseconds(
          "gateway.http.answer_timeout_ms", 1'000, hour, MEMBER(http.answer_timeout),
          "For a handler to answer; longer by 3 s than a purchase or a cancellation may take"),
      milliseconds("gateway.http.linger_timeout_ms", 0, 10'000, MEMBER(http.linger_timeout),
                   "Reads on after the last answer, before the close"),
      integer("gateway.http.pipelined", "requests", 1, 1'000, MEMBER(http.pipelined_max),
              "Requests of one connection in work at once"),
      integer("gateway.http.connection_outbound_bytes", "bytes", 16'384, 67'108'864,
              MEMBER(http.connection_outbound_max),
              "Memory of one connection's unsent answers; over it nothing more is begun"),
      integer(
          "gateway.http.outbound_bytes", "bytes", 1'048'576, 4'294'967'296,
          MEMBER(http.outbound_max),
          "Memory of all unsent answers, in equal parts for the threads; over it the connections "
          "that have taken nothing for longest are reset"),
      integer("gateway.http.inbound_bytes", "bytes", 1'048'576, 4'294'967'296,
              MEMBER(http.inbound_max),
              "Memory of all requests that are not begun, in the same parts; over it those that "
              "are longest in coming are told 503"),
  };
}

rows inventory_rows() {
  return {
      integer("inventory.hold_ms", "ms", 1'000, day, MEMBER(theatre.inventory.hold_ms),
              "A hold that nobody ends is checked after this"),
      integer("inventory.patience_ms", "ms", 10, 60'000, MEMBER(theatre.inventory.patience_ms),
              "How long a purchase waits for INVENTORY"),
      choice("inventory.breaker.profile", {"strict", "legacy"},
             MEMBER(theatre.inventory.breaker.profile),
             "legacy: as the library of the original, for comparison"),
      choice("inventory.breaker.mode", {"consecutive", "window"},
             MEMBER(theatre.inventory.breaker.mode),
             "Trips on failures in a row, or on a share of a window"),
      integer("inventory.breaker.failures", "calls", 1, million,
              MEMBER(theatre.inventory.breaker.failures),
              "consecutive: trips at this failure in a row"),
      integer("inventory.breaker.window_calls", "calls", 1, 512,
              MEMBER(theatre.inventory.breaker.window_calls), "window: how many calls are judged"),
      integer("inventory.breaker.window_calls_min", "calls", 1, 512,
              MEMBER(theatre.inventory.breaker.window_calls_min), "window: no verdict on fewer"),
      integer("inventory.breaker.failed_percent", "%", 1, 100,
              MEMBER(theatre.inventory.breaker.failed_percent),
              "window: trips at this share of failures"),
      integer("inventory.breaker.slow_ms", "ms", 1, day, MEMBER(theatre.inventory.breaker.slow_ms),
              "window: a call of this length is slow"),
      integer("inventory.breaker.slow_percent", "%", 1, 100,
              MEMBER(theatre.inventory.breaker.slow_percent),
              "window: trips at this share of slow calls"),
      integer("inventory.breaker.open_ms", "ms", 0, day, MEMBER(theatre.inventory.breaker.open_ms),
              "How long it stays open before a probe may pass"),
      number("inventory.breaker.open_growth", "factor", 1, 10,
             MEMBER(theatre.inventory.breaker.open_growth),
             "Of the open time, for each further trip without a close"),
      integer("inventory.breaker.open_ms_max", "ms", 0, day,
              MEMBER(theatre.inventory.breaker.open_ms_max), "Cap of that growth"),
      integer("inventory.breaker.probes", "calls", 1, 16, MEMBER(theatre.inventory.breaker.probes),
              "Probes at once while half-open"),
      integer("inventory.breaker.successes_to_close", "calls", 1, 1'000,
              MEMBER(theatre.inventory.breaker.successes_to_close), "Good probes that close it"),
      integer(
          "inventory.breaker.lease_ms", "ms", 1, day, MEMBER(theatre.inventory.breaker.lease_ms),
          "A probe without an answer for this long has failed; longer than inventory.patience_ms"),
      integer("inventory.breaker.ramp_ms", "ms", 0, hour, MEMBER(theatre.inventory.breaker.ramp_ms),
              "Admits 10 % to 100 % over this time after a recovery; 0: all at once"),
  };
}

rows payment_rows() {
  return {
      integer("payment.attempts", "calls", 1, 100, MEMBER(theatre.payment.retry.attempts_max),
              "Calls for one charge in all, the first included"),
      integer("payment.attempt_timeout_ms", "ms", 10, hour,
              MEMBER(theatre.payment.attempt_timeout_ms),
              "How long one attempt waits for an answer"),
      flag("payment.retry.jitter", MEMBER(theatre.payment.retry.jitter),
           "false: the next attempt follows at once, as in the original"),
      integer("payment.retry.base_ms", "ms", 0, day, MEMBER(theatre.payment.retry.base_ms),
              "Ceiling of the first wait, with jitter"),
      integer("payment.retry.cap_ms", "ms", 0, day, MEMBER(theatre.payment.retry.cap_ms),
              "Ceiling of every wait, with jitter"),
      integer("payment.retry.min_attempt_ms", "ms", 1, hour,
              MEMBER(theatre.payment.retry.min_attempt_ms),
              "An attempt with less time than this is not begun"),
      integer("payment.retry.budget.tokens_milli", "1/1000 token", 1, 1'000'000'000,
              MEMBER(theatre.payment.budget.tokens_max_milli),
              "Size of the retry budget; retries need more than half of it"),
      integer("payment.retry.budget.failure_milli", "1/1000 token", 0, 1'000'000'000,
              MEMBER(theatre.payment.budget.failure_milli), "What a failure takes"),
      integer("payment.retry.budget.success_milli", "1/1000 token", 0, 1'000'000'000,
              MEMBER(theatre.payment.budget.success_milli), "What a success gives"),
  };
}

rows purchase_rows() {
  return {
      integer("reservation.deadline_ms", "ms", 100, hour, MEMBER(theatre.reservation.deadline_ms),
              "Of a whole purchase; longer than all payment attempts"),
      integer("reservation.in_flight", "purchases", 1, 1'000'000,
              MEMBER(theatre.reservation.in_flight_max), "Purchases at once; one more is told 503"),
      integer("reservation.joiners", "requests", 0, 10'000, MEMBER(theatre.reservation.joiners_max),
              "Identical requests that wait for one purchase"),
      integer("reservation.sweep_ms", "ms", 100, hour, MEMBER(theatre.reservation.sweep_ms),
              "How often purchases left pending are looked for"),
      integer("store.patience_ms", "ms", 100, 60'000, MEMBER(theatre.store.patience_ms),
              "How long anybody waits for one store command"),
      integer("store.batch", "commands", 1, 10'000, MEMBER(theatre.store.batch_max),
              "Commands in one commit"),
      integer("store.commit_delay_ms", "ms", 0, 1'000, MEMBER(theatre.store.commit_delay_ms),
              "How long a commit waits for the next writes of purchases begun in it"),
  };
}

rows relay_rows() {
  return {
      integer("settlement.patience_ms", "ms", 10, hour, MEMBER(theatre.settlement.patience_ms),
              "For one void or refund"),
      integer("settlement.backoff_base_ms", "ms", 1, day,
              MEMBER(theatre.settlement.backoff_base_ms),
              "Ceiling of the first wait after a failed one"),
      integer("settlement.backoff_cap_ms", "ms", 1, day, MEMBER(theatre.settlement.backoff_cap_ms),
              "Ceiling of every wait"),
      integer("settlement.batch", "items", 1, 1'000, MEMBER(theatre.settlement.batch),
              "Voids and refunds in hand at once"),
      integer("notifications.patience_ms", "ms", 10, hour, MEMBER(theatre.notification.patience_ms),
              "For one mail"),
      integer("notifications.attempts", "deliveries", 1, 1'000'000'000,
              MEMBER(theatre.notification.backoff.attempts_max),
              "After so many deliveries a returned mail is given up, until NOTIFICATION is healed"),
      integer("notifications.backoff_base_ms", "ms", 1, day,
              MEMBER(theatre.notification.backoff.base_ms),
              "Ceiling of the first wait after a failed one"),
      integer("notifications.backoff_cap_ms", "ms", 1, day,
              MEMBER(theatre.notification.backoff.cap_ms), "Ceiling of every wait"),
      integer("notifications.batch", "mails", 1, 1'000, MEMBER(theatre.notification.batch),
              "Mails in hand at once"),
      secret("notifications.smtp_url", MEMBER(smtp.url),
             "smtp://[user:password@]host:port or smtps://...; with a password only over TLS; "
             "empty: mails end in the mailbox",
             mail_server_url),
      text("notifications.smtp_from", MEMBER(smtp.from), "The sender of every mail",
           sender_address),
      integer("notifications.smtp_connect_timeout_ms", "ms", 10, 60'000,
              MEMBER(smtp.connect_timeout_ms), "For the SMTP server to accept a connection"),
      integer("notifications.smtp_timeout_ms", "ms", 10, hour, MEMBER(smtp.timeout_ms),
              "For the SMTP server to take one mail; less than notifications.patience_ms"),
      integer("notifications.smtp_queue", "mails", 1, 100'000, MEMBER(smtp.queue),
              "Mails that wait for the connection; further ones are tried later"),
  };
}

rows house_rows() {
  return {
      integer("supervisor.restarts", "restarts", 0, 1'000,
              MEMBER(theatre.supervisor.intensity.restarts),
              "Granted to a child within the period; then it is given up"),
      integer("supervisor.period_ms", "ms", 1, day, MEMBER(theatre.supervisor.intensity.period_ms),
              "The period"),
      integer("supervisor.backoff_base_ms", "ms", 0, hour,
              MEMBER(theatre.supervisor.intensity.backoff_base_ms),
              "Wait before the second restart of a period; the first is immediate"),
      integer("supervisor.backoff_cap_ms", "ms", 0, hour,
              MEMBER(theatre.supervisor.intensity.backoff_cap_ms), "Longest wait before a restart"),
      integer("supervisor.ready_patience_ms", "ms", 100, hour,
              MEMBER(theatre.supervisor.ready_patience_ms),
              "How long a new incarnation may take to serve"),
      integer("supervisor.stop_grace_ms", "ms", 10, 60'000,
              MEMBER(theatre.supervisor.stop_grace_ms),
              "Between asking a child to leave and ending it"),
      integer("event_feed.kept", "events", 1, 100'000, MEMBER(theatre.event_feed.kept_max),
              "Events that a late follower can still read"),
      choice("log.format", {"text", "json"}, MEMBER(log.format),
             "Of the terminal and of DATA/logs/SERVICE.log (--log)"),
      choice("log.level", {"debug", "info", "warn", "error"}, MEMBER(log.level),
             "Lines below it are left out"),
      flag("log.purchases", MEMBER(log.purchases), "Whether the steps of purchases are logged"),
      integer("log.purchases_per_second", "lines", 1, million, MEMBER(log.purchases_per_second),
              "The first of those steps in each second; further ones are left out and counted"),
      integer("log.queue", "lines", 16, million, MEMBER(log.queue),
              "Lines that wait for the writer; the oldest are dropped and counted"),
      integer("log.file_bytes", "bytes", 4'096, 1'073'741'824, MEMBER(log.file_bytes),
              "Size at which a log file is set aside"),
      integer("log.files", "files", 1, 100, MEMBER(log.files), "Files kept of each service"),
      integer("stop.drain_limit_ms", "ms", 0, 600'000, MEMBER(drain_limit_ms),
              "How long a stop waits for what is under way"),
  };
}
#undef MEMBER

rows all_rows() {
  rows all;
  for (const auto& part : {places(), gateway_rows(), http_rows(), inventory_rows(), payment_rows(),
                           purchase_rows(), relay_rows(), house_rows()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace

const std::vector<config_key>& config_keys() {
  static const rows all = all_rows();
  return all;
}

const config_key* find_config_key(const std::string& name) {
  static const auto index = [] {
    std::map<std::string, const config_key*> by_name;
    for (const auto& key : config_keys()) by_name.emplace(key.name, &key);
    return by_name;
  }();
  const auto found = index.find(name);
  return found == index.end() ? nullptr : found->second;
}

}  // namespace taquilla::app
