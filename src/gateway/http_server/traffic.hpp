// The counters of the server, written by every reactor and read by /metrics. Each figure is right;
// two of them need not be of the same instant.
#pragma once

#include "gateway/http.hpp"

#include <atomic>
#include <cstdint>

namespace taquilla::gateway {

struct traffic {
  std::atomic<std::uint64_t> accepted{0}, turned_away{0}, requests{0}, refused{0};
  std::atomic<std::uint64_t> protocol_errors{0}, unanswered{0}, shed{0}, resets{0};
  std::atomic<std::size_t> open_connections{0}, in_flight{0}, queued{0};
  std::atomic<std::uint64_t> retired{0};
  std::atomic<std::size_t> inbound_bytes{0}, outbound_bytes{0};

  http_server::counters read() const {
    http_server::counters now;
    now.accepted = accepted, now.turned_away = turned_away, now.requests = requests;
    now.refused = refused, now.protocol_errors = protocol_errors;
    now.unanswered = unanswered, now.shed = shed;
    now.resets = resets, now.open_connections = open_connections;
    now.in_flight = in_flight, now.queued = queued, now.retired = retired;
    now.inbound_bytes = inbound_bytes, now.outbound_bytes = outbound_bytes;
    return now;
  }
};

}  // namespace taquilla::gateway
