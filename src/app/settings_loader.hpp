// SETTINGS LOADER: the settings of a run from the files and the options it was given. Later wins:
// defaults, --config, then --set and the named options in the order of the command line. Reads
// files; decides nothing that config_reader.hpp and venue_reader.hpp do not. One thread.
#pragma once

#include "app/settings.hpp"
#include "app/trouble.hpp"
#include "domain/seat_map.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace taquilla::app {

struct settings_request {
  std::string config_file;             ///< empty: none
  std::vector<std::string> overrides;  ///< KEY=VALUE
};

struct loaded_settings {
  settings all;
  std::shared_ptr<const venue> plan;
  std::optional<trouble> refused;
};

loaded_settings load_settings(const settings_request& request);

}  // namespace taquilla::app
