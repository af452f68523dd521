// Why a listener could not be had, and the commands that help: who holds the port, or which right
// is missing. The commands are the run that failed with one thing changed: they keep its --config,
// --data and --set. Looks at the system (platform.hpp) for the holder's name; any thread.
#pragma once

#include "app/trouble.hpp"
#include "gateway/http.hpp"

namespace taquilla::app {

trouble bind_trouble(const gateway::bind_failure& failure, const settings& all);

}  // namespace taquilla::app
