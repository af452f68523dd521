#include "app/endpoints.hpp"

#include <nlohmann/json.hpp>

#include <sstream>

namespace taquilla::app {

namespace {

using json = nlohmann::ordered_json;

/// What a browser shows: port 80 goes without saying.
std::string short_url(const std::string& url) {
  const bool default_port = url.size() > 3 && url.compare(url.size() - 3, 3, ":80") == 0;
  return default_port ? url.substr(0, url.size() - 3) : url;
}

std::string sizes_of(const venue& plan) {
  std::uint64_t seats = 0;
  for (const auto& event : plan) seats += event.rows.size() * std::uint64_t{event.seats_per_row};
  return std::to_string(plan.size()) + (plan.size() == 1 ? " event, " : " events, ") +
         std::to_string(seats) + " seats";
}

}  // namespace

endpoint_urls urls_of(const std::string& bind, const std::array<std::uint16_t, 4>& ports) {
  auto host = bind;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  if (host.find(':') != std::string::npos) host = '[' + host + ']';
  endpoint_urls out;
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = "http://" + host + ':' + std::to_string(ports[i]);
  return out;
}

std::string endpoints_json(const endpoint_urls& urls, int pid) {
  json out;
  for (std::size_t i = 0; i < urls.size(); ++i) out[gateway::listener_names[i]] = urls[i];
  out["pid"] = pid;
  return out.dump() + "\n";
}

std::string banner(const start_report& started, const venue& plan) {
  const auto gate = short_url(started.urls[0]);
  const auto& event = plan.front();
  std::ostringstream out;
  out << "taquilla " << started.version << ", ready in " << started.ready_ms << " ms\n"
      << "|- Console   " << gate << "/\n"
      << "|- REST API  " << gate << "/api/events   documentation: " << gate << "/docs\n"
      << "|- Chaos     " << started.urls[1] << " inventory   " << started.urls[2] << " payments   "
      << started.urls[3] << " notifications\n"
      << "|- Health    " << gate << "/health   metrics: " << gate << "/metrics\n"
      << "`- Data      "
      << (started.data == ":memory:" ? "in memory, gone at the end" : started.data) << " ("
      << sizes_of(plan) << ", " << started.live_reservations << " live reservations)\n"
      << "Next: open the console, or buy a ticket:\n"
      << "  curl -s " << gate << "/api/reservations -H 'Content-Type: application/json' \\\n"
      << "    -d '{\"eventId\":\"" << event.id << "\",\"seatId\":\"" << event.rows.front()
      << "1\",\"userEmail\":\"test@email.com\",\"amount\":50.0}'\n"
      << "or break something: scripts/chaos.ps1. Ctrl-C stops cleanly.\n";
  return out.str();
}

std::string started_json(const start_report& started) {
  json out = {{"event", "started"}, {"version", started.version}};
  for (std::size_t i = 0; i < started.urls.size(); ++i)
    out[gateway::listener_names[i]] = started.urls[i];
  out["data"] = started.data;
  out["pid"] = started.pid;
  out["readyMs"] = started.ready_ms;
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace taquilla::app
