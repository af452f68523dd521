// SETTINGS: everything a run can be told, as one value. The defaults are those of the structs it is
// made of; config_keys.cpp gives each member its name, unit and range; config_reader.hpp fills it
// from a file and from --set. It knows no JSON and no command line, and holds nothing that a run
// finds out by itself (clocks, nonces, bound ports). Plain data: any thread may read a copy.
#pragma once

#include "actors/options.hpp"
#include "gateway/options.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace taquilla::app {

enum class log_format : std::uint8_t { text, json };
enum class log_level : std::uint8_t { debug, info, warn, error };

struct log_options {
  log_format format = log_format::text;
  log_level level = log_level::info;
  bool purchases = true;                    ///< one line a step of every purchase
  std::int64_t purchases_per_second = 500;  ///< further ones are left out, and counted
  std::int64_t queue = 2'048;  ///< lines that wait for the writer; the oldest are dropped
  std::int64_t file_bytes = 8 * 1024 * 1024;
  std::int64_t files = 3;  ///< of each service: the current one and its elders
};

struct smtp_options {
  std::string url;  ///< empty: mails end in the mailbox
  std::string from = "taquilla@localhost";
  duration_ms connect_timeout_ms = 2'000;
  duration_ms timeout_ms = 4'000;  ///< of one mail; must be below notifications.patience_ms
  std::size_t queue = 256;         ///< mails that wait for the one connection
};

struct settings {
  theatre_options theatre;
  gateway::http_server_options http;
  gateway::gateway_options gateway;
  std::int64_t port_offset = 0;        ///< added to every port that is not 0
  std::string data = "taquilla-data";  ///< a folder, or ":memory:"
  std::string venue_file;              ///< empty: the built-in demo hall
  log_options log;
  smtp_options smtp;
  duration_ms drain_limit_ms = 10'000;  ///< what a stop waits for purchases under way

  // What the command line said, for messages that propose to run it once more in another way.
  std::string config_file;             ///< empty: none
  std::vector<std::string> overrides;  ///< KEY=VALUE, in their order

  bool in_memory() const { return data == ":memory:"; }
};

}  // namespace taquilla::app
