#include "app/bind_trouble.hpp"

#include "app/platform.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

namespace taquilla::app {

namespace {

constexpr std::int64_t first_free_port = 1024;  // below it a right is needed
constexpr std::int64_t port_max = 65'535;

std::string place_of(const gateway::bind_failure& failure) {
  const bool six = failure.address.find(':') != std::string::npos;
  return (six ? '[' + failure.address + ']' : failure.address) + ':' + std::to_string(failure.port);
}

const char* key_of(gateway::listener at) {
  static constexpr const char* keys[] = {"gateway.ports.gateway", "gateway.ports.inventory",
                                         "gateway.ports.payment", "gateway.ports.notification"};
  return keys[static_cast<std::size_t>(at)];
}

/// `taquilla` with an offset, if there is one.
std::string taquilla_with(std::int64_t offset) {
  return offset == 0 ? "taquilla" : "taquilla --port-offset " + std::to_string(offset);
}

/// All ports elsewhere: the first round offset that is not the one that failed.
std::string with_another_offset(const settings& all) {
  constexpr std::int64_t step = 10'000;
  const auto& ports = all.http.ports;
  const std::int64_t highest = *std::max_element(std::begin(ports), std::end(ports));
  for (auto offset = step; highest + offset <= port_max; offset += step)
    if (offset != all.port_offset) return taquilla_with(offset);
  return "taquilla --port-offset 0";
}

/// One port elsewhere, as the configuration counts: before the offset.
std::string with_another_port(const settings& all, gateway::listener at) {
  const auto& ports = all.http.ports;
  const std::int64_t own = ports[static_cast<std::size_t>(at)];
  const auto taken = [&](std::int64_t port) {
    return std::find(std::begin(ports), std::end(ports), port) != std::end(ports);
  };
  auto port = own + all.port_offset < first_free_port ? std::int64_t{8080} : own + 1;
  while (taken(port)) ++port;
  if (port + all.port_offset > port_max) port = own - 1;
  while (taken(port)) --port;
  return taquilla_with(all.port_offset) + " --set " + key_of(at) + '=' + std::to_string(port);
}

}  // namespace

trouble bind_trouble(const gateway::bind_failure& failure, const settings& all) {
  const auto refused = "cannot listen on " + place_of(failure) + ": ";
  const auto elsewhere = with_another_offset(all);
  if (failure.error_number == EADDRINUSE) {
    const auto holder = platform::holder_of_port(failure.port);
    return {"E004",
            refused + "in use by " + (holder.empty() ? "another program" : holder),
            {elsewhere + "      or stop that program",
             with_another_port(all, failure.at) + "      moves this port alone"}};
  }
  if (failure.error_number == EACCES || failure.error_number == EPERM)
    return {"E005",
            refused + "ports below 1024 need permission on this system",
            {elsewhere + "      no rights needed",
             "sudo setcap cap_net_bind_service=+ep " + platform::executable_path() +
                 "      once per binary",
             "sudo sysctl net.ipv4.ip_unprivileged_port_start=80      whole machine"}};
  return {"E006",
          refused + std::strerror(failure.error_number),
          {"name an address of this machine with --bind", elsewhere}};
}

}  // namespace taquilla::app
