// What only several keys together can get wrong. Each rule names the keys, the numbers and the
// remedy.
#include "app/config_reader.hpp"
#include "gateway/trusted_proxies.hpp"
#include "policies/client_key.hpp"
#include "policies/deadline.hpp"

#include <set>
#include <stdexcept>
#include <string_view>

namespace taquilla::app {

namespace {

using complaints = std::vector<complaint>;

/// A purchase whose last attempt was in vain is written off, and has to hear that it was.
constexpr duration_ms write_off_ms = 500;

std::string ms(duration_ms value) { return std::to_string(value) + " ms"; }

void must_exceed(complaints& out, const char* larger_name, duration_ms larger,
                 const std::string& smaller_name, duration_ms smaller, const char* why) {
  if (larger > smaller) return;
  out.push_back({"", std::string{larger_name} + " (" + ms(larger) + ") must exceed " +
                         smaller_name + " (" + ms(smaller) + "): " + why});
}

/// The server gives up on a handler last, or it would say "no answer" of what is then done.
void check_answer_timeout(complaints& out, const settings& all) {
  const auto& shop = all.theatre;
  const auto check = [&](const std::string& smaller_name, duration_ms smaller, const char* why) {
    must_exceed(out, "gateway.http.answer_timeout_ms", all.http.answer_timeout.count(),
                smaller_name + " + a margin of " + ms(gateway::answer_margin_ms),
                smaller + gateway::answer_margin_ms, why);
  };
  check("reservation.deadline_ms", shop.reservation.deadline_ms,
        "otherwise a purchase ends after its buyer was told that it did not answer");
  check("store.patience_ms + inventory.patience_ms",
        shop.store.patience_ms + shop.inventory.patience_ms,
        "otherwise a cancellation ends after its caller was told that it did not answer");
}

void check_times(complaints& out, const settings& all) {
  const auto& shop = all.theatre;
  const auto& retry = shop.payment.retry;
  const duration_ms waits = retry.jitter ? (retry.attempts_max - 1) * retry.cap_ms : 0;
  must_exceed(out, "reservation.deadline_ms", shop.reservation.deadline_ms,
              "payment.attempts x payment.attempt_timeout_ms" +
                  std::string{retry.jitter ? " + (attempts - 1) x payment.retry.cap_ms" : ""} +
                  " + " + ms(write_off_ms) + " to write it off",
              retry.attempts_max * shop.payment.attempt_timeout_ms + waits + write_off_ms,
              "otherwise the last attempts can never be made, or how they ended is not heard");
  must_exceed(out, "store.patience_ms", shop.store.patience_ms, "2 x store.commit_delay_ms",
              2 * shop.store.commit_delay_ms,
              "otherwise a write that waits for its commit is taken for a silent store");
  must_exceed(out, "inventory.breaker.lease_ms", shop.inventory.breaker.lease_ms,
              "inventory.patience_ms", shop.inventory.patience_ms,
              "otherwise a slow probe is taken for a lost one");
  must_exceed(out, "inventory.hold_ms", shop.inventory.hold_ms, "reservation.deadline_ms",
              shop.reservation.deadline_ms, "otherwise a seat is looked at while it is being sold");
  check_answer_timeout(out, all);
  if (!all.smtp.url.empty())
    must_exceed(out, "notifications.patience_ms", shop.notification.patience_ms,
                "notifications.smtp_timeout_ms", all.smtp.timeout_ms,
                "otherwise a mail that is being taken is sent again");
  if (retry.min_attempt_ms > shop.payment.attempt_timeout_ms)
    out.push_back({"", "payment.retry.min_attempt_ms (" + ms(retry.min_attempt_ms) +
                           ") must not exceed payment.attempt_timeout_ms (" +
                           ms(shop.payment.attempt_timeout_ms) + ")"});
}

/// One large request at a time is not enough: it would give way to the next.
void check_room(complaints& out, const settings& all) {
  constexpr std::size_t requests_least = 4;
  const auto least =
      requests_least * (all.http.framing.head_bytes_max + all.http.framing.body_bytes_max);
  if (all.http.inbound_max / all.http.threads >= least) return;
  out.push_back({"", "gateway.http.inbound_bytes (" + std::to_string(all.http.inbound_max) +
                         ") / gateway.http.threads must hold " + std::to_string(requests_least) +
                         " x (gateway.http.head_bytes + gateway.http.body_bytes), " +
                         std::to_string(least) + " bytes: otherwise large requests are told 503"});
}

void check_policies(complaints& out, const settings& all) {
  const auto& shop = all.theatre;
  const std::pair<const char*, std::string_view> policies[] = {
      {"inventory.breaker", problem(shop.inventory.breaker)},
      {"payment.retry", problem(shop.payment.retry)},
      {"payment.retry.budget", problem(shop.payment.budget)},
      {"gateway.rate_limit", problem(all.gateway.limiter)},
      {"supervisor", problem(shop.supervisor.intensity)},
  };
  for (const auto& [name, wrong] : policies)
    if (!wrong.empty()) out.push_back({"", std::string{name} + ": " + std::string{wrong}});
  try {
    gateway::trusted_proxies{all.gateway.trusted_proxies};
  } catch (const std::invalid_argument& wrong) {
    out.push_back({"", std::string{"gateway.trusted_proxies: "} + wrong.what()});
  }
}

void check_addresses(complaints& out, const settings& all) {
  std::set<std::int64_t> taken;
  for (std::size_t i = 0; i < gateway::listener_count; ++i) {
    if (all.http.ports[i] == 0) continue;
    const auto port = all.http.ports[i] + all.port_offset;
    const auto name = std::string{"gateway.ports."} + gateway::listener_names[i];
    if (port > 65'535)
      out.push_back({"", name + " + gateway.port_offset is " + std::to_string(port) +
                             ", the highest port is 65535"});
    if (!taken.insert(port).second)
      out.push_back({"", name + " is " + std::to_string(port) + ", which another listener has"});
  }
  if (all.http.bind.empty()) out.push_back({"", "gateway.bind names no address to listen on"});
  for (const auto& address : all.http.bind)
    if (!is_loopback(address) && all.gateway.admin_token.empty())
      out.push_back({"", "listening on " + address +
                             " lets other machines break things: set gateway.admin_token, which "
                             "chaos requests then have to carry, or bind 127.0.0.1"});
}

}  // namespace

std::vector<complaint> check_interlocks(const settings& all) {
  complaints out;
  check_times(out, all);
  check_room(out, all);
  check_policies(out, all);
  check_addresses(out, all);
  return out;
}

}  // namespace taquilla::app
