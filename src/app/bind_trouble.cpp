#include "app/bind_trouble.hpp"

#include "app/config_keys.hpp"
#include "app/platform.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <variant>

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

/// As a shell takes it for one word.
std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::strchr("_-./:=,@%+", c) != nullptr;
  });
  if (plain) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return out + '\'';
}

/// One KEY=VALUE as it was given. What is secret stays out of messages: who gave it knows it.
std::string given_again(const std::string& key, const std::string& value) {
  if (key == "data.folder") return " --data " + quoted(value);
  if (key == "log.format") return " --log " + quoted(value);
  if (key == "gateway.port_offset") return " --port-offset " + quoted(value);
  const auto* known = find_config_key(key);
  const auto* text = known != nullptr ? std::get_if<text_key>(&known->kind) : nullptr;
  const bool secret = text != nullptr && text->secret;
  return " --set " + (secret ? key + "=..." : quoted(key + '=' + value));
}

/// The run that failed, without what it said of one key.
std::string taquilla_without(const settings& all, const std::string& changed) {
  std::string out = "taquilla";
  if (!all.config_file.empty()) out += " --config " + quoted(all.config_file);
  for (const auto& one : all.overrides) {
    const auto equals = std::min(one.find('='), one.size());
    const auto key = one.substr(0, equals);
    if (key != changed) out += given_again(key, one.substr(std::min(equals + 1, one.size())));
  }
  return out;
}

/// All ports elsewhere: the first round offset that is not the one that failed.
std::string with_another_offset(const settings& all) {
  constexpr std::int64_t step = 10'000;
  const auto& ports = all.http.ports;
  const std::int64_t highest = *std::max_element(std::begin(ports), std::end(ports));
  auto offset = step;
  if (offset == all.port_offset) offset += step;
  if (highest + offset > port_max) offset = 0;
  return taquilla_without(all, "gateway.port_offset") + " --port-offset " + std::to_string(offset);
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
  return taquilla_without(all, key_of(at)) + " --set " + key_of(at) + '=' + std::to_string(port);
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
          {"name an address of this machine with --bind"}};
}

}  // namespace taquilla::app
