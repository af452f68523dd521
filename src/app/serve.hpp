// SERVE: one run of the box office, from the settings to the exit code. Opens in order what a run
// needs (data folder, store, log, mail transport, actors, listeners), says where it is, waits for a
// signal, drains and closes in the opposite order. The composition root of production; main thread
// only.
#pragma once

#include "app/settings_loader.hpp"

#include <cstdint>

namespace taquilla::app {

/// From the signal to the end of the last actor: who takes longer hangs, and is ended.
duration_ms end_limit_ms(const settings& all);

/// @param started_at platform::monotonic_ms() at the start of the process.
int serve(const settings_request& request, std::int64_t started_at);

}  // namespace taquilla::app
