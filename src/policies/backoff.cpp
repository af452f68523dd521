#include "policies/backoff.hpp"

#include <algorithm>
#include <cmath>

namespace taquilla {

duration_ms backoff_ceiling(duration_ms base_ms, duration_ms cap_ms, int step) {
  duration_ms ceiling = std::min(base_ms, cap_ms);
  for (int doubling = 0; doubling < step && ceiling > 0 && ceiling < cap_ms; ++doubling)
    ceiling = ceiling > cap_ms / 2 ? cap_ms : ceiling * 2;
  return ceiling;
}

duration_ms full_jitter(duration_ms ceiling_ms, double draw) {
  if (ceiling_ms <= 0 || !(draw > 0.0)) return 0;
  if (draw >= 1.0) return ceiling_ms;
  const double scaled = std::floor(draw * (static_cast<double>(ceiling_ms) + 1.0));
  return std::min(ceiling_ms, static_cast<duration_ms>(scaled));
}

duration_ms outbox_backoff::delay_ms(int attempts, double draw) const {
  return full_jitter(backoff_ceiling(base_ms, cap_ms, attempts - 1), draw);
}

}  // namespace taquilla
