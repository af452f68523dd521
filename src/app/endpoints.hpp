// ENDPOINTS: where the four listeners really are, for people (banner), scripts
// (DATA/endpoints.json) and machines (the JSON line of --log json). Pure text making; any thread.
#pragma once

#include "app/settings.hpp"
#include "domain/seat_map.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace taquilla::app {

/// "http://127.0.0.1:80", in the order of gateway::listener.
using endpoint_urls = std::array<std::string, gateway::listener_count>;

/// A wildcard address is reached through loopback.
endpoint_urls urls_of(const std::string& bind, const std::array<std::uint16_t, 4>& ports);

/// The content of DATA/endpoints.json.
std::string endpoints_json(const endpoint_urls& urls, int pid);

struct start_report {
  endpoint_urls urls;
  std::string version;
  std::string data;  ///< the folder, or ":memory:"
  std::uint64_t live_reservations = 0;
  std::int64_t ready_ms = 0;  ///< from the start of the process
  int pid = 0;
};

/// What a person sees first: where everything is and what to try next.
std::string banner(const start_report& started, const venue& plan);
/// The same for machines: one JSON object, `{"event":"started",...}`.
std::string started_json(const start_report& started);

}  // namespace taquilla::app
