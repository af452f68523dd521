// What the application side of the gateway is told at start: limits, names, secrets, and its
// clocks. A plain record with defaults; config.cpp fills it, main adds what only a run can know
// (nonce, clocks). Nothing below this header reads a clock, a random number or the environment.
#pragma once

#include "gateway/http.hpp"
#include "gateway/process_figures.hpp"
#include "policies/rate_limiter.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace taquilla::gateway {

struct gateway_options {
  rate_limiter_config limiter;             ///< of POST /api/reservations, per client
  std::vector<std::string> allowed_hosts;  ///< names beside localhost, 127.0.0.1 and [::1]; no port
  std::string admin_token;                 ///< empty: chaos needs no token (bound to loopback)
  std::vector<std::string> trusted_proxies;  ///< addresses or networks ("10.0.0.0/8")
  std::string version = "0";
  std::string start_nonce = "0";  ///< tells request ids of one start from those of another
  std::function<std::int64_t()> monotonic_ms;              ///< any origin, never back
  std::function<std::int64_t()> wall_ms;                   ///< since 1970, UTC
  std::function<http_server::counters()> server_counters;  ///< may be empty
  std::function<process_figures()> process;                ///< may be empty
  std::size_t stream_clients_max = 64;                     ///< GET /api/stream at once
};

}  // namespace taquilla::gateway
