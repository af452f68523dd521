// What the operating system says of this process, for /metrics. The gateway shows it and does not
// ask: src/app/platform.hpp does. A figure that the system does not tell is 0.
#pragma once

#include <cstdint>

namespace taquilla::gateway {

struct process_figures {
  std::int64_t cpu_ms = 0;  ///< user and system, since the start
  std::uint64_t resident_bytes = 0;
  std::uint64_t open_files = 0, open_files_max = 0;
};

}  // namespace taquilla::gateway
