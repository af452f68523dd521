// What the application side of the gateway is told at start: limits, names, secrets, and its
// clocks. A plain record with defaults; the configuration fills it (app/config_keys.cpp),
// app/box_office.cpp adds what only a run can know (nonce, clocks). Nothing below this header reads
// a clock, a random number or the environment.
#pragma once

#include "gateway/http.hpp"
#include "gateway/process_figures.hpp"
#include "policies/rate_limiter.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace taquilla::gateway {

/// What several steps of an answer may take beyond their own patience. The server's answer_timeout
/// is longer than any of them with it.
inline constexpr std::int64_t answer_margin_ms = 3'000;

/// What may be asked of the box office at once; one more is told 503 `overloaded`.
struct front_desk_limits {
  /// Of the one writer; of INVENTORY and the EVENT FEED as many each. A listing of a large store
  /// takes 10 ms, so that a purchase beside it waits a third of a second for STORE at most.
  std::size_t store_reads_max = 32;
  std::size_t cancellations_max = 256;  ///< an actor each
  std::size_t mail_waiters_max = 64;    ///< GET mailbox?wait=
};

struct gateway_options {
  rate_limiter_config limiter;             ///< of POST /api/reservations, per client
  std::vector<std::string> allowed_hosts;  ///< names beside localhost, 127.0.0.1 and [::1]; no port
  std::string admin_token;                 ///< empty: chaos needs no token (bound to loopback)
  std::vector<std::string> trusted_proxies;  ///< addresses or networks ("10.0.0.0/8")
  bool limit_local_peers = false;  ///< an address of this machine is one client, as others are
  std::string version = "0";
  std::string start_nonce = "0";  ///< tells request ids of one incarnation from those of another
  std::function<std::int64_t()> monotonic_ms;              ///< any origin, never back
  std::function<std::int64_t()> wall_ms;                   ///< since 1970, UTC
  std::function<http_server::counters()> server_counters;  ///< may be empty
  std::function<process_figures()> process;                ///< may be empty
  std::size_t stream_clients_max = 64;                     ///< GET /api/stream at once
  std::size_t reports_max = 64;  ///< GET /health and /metrics at once; one more is told 503
  front_desk_limits desk;
};

}  // namespace taquilla::gateway
