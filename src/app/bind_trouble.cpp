#include "app/bind_trouble.hpp"

#include "app/platform.hpp"

#include <cerrno>
#include <cstring>

namespace taquilla::app {

namespace {

constexpr std::uint16_t first_free_port = 1024;  // below it a right is needed

std::string place_of(const gateway::bind_failure& failure) {
  const bool six = failure.address.find(':') != std::string::npos;
  return (six ? '[' + failure.address + ']' : failure.address) + ':' + std::to_string(failure.port);
}

const char* key_of(gateway::listener at) {
  static constexpr const char* keys[] = {"gateway.ports.gateway", "gateway.ports.inventory",
                                         "gateway.ports.payment", "gateway.ports.notification"};
  return keys[static_cast<std::size_t>(at)];
}

}  // namespace

trouble bind_trouble(const gateway::bind_failure& failure) {
  const auto refused = "cannot listen on " + place_of(failure) + ": ";
  const std::string elsewhere = "taquilla --port-offset 10000";
  const auto one_port = "taquilla --set " + std::string{key_of(failure.at)} + "=" +
                        std::to_string(failure.port < first_free_port ? 8080 : failure.port + 1);
  if (failure.error_number == EADDRINUSE) {
    const auto holder = platform::holder_of_port(failure.port);
    return {"E004",
            refused + "in use by " + (holder.empty() ? "another program" : holder),
            {elsewhere + "      or stop that program", one_port + "      moves this port alone"}};
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
