// RESTART INTENSITY: how often a supervisor may restart before it must admit defeat.
//
// OTP's rule: a death is answered by a restart unless that makes more than `restarts` deaths within
// `period_ms` (both ends of the period count). Giving up is final for now but not for ever: the
// verdict names the first instant at which a further death would be granted again. Restarts that
// follow each other closely wait longer and longer, so a child that dies at birth does not burn a
// core. Owned by the supervisor, one per child; it does not know what a child is.
//
//   death --(deaths in period <= restarts)--> restart{after_ms}
//   death --(more)--------------------------> give_up{until}
#pragma once

#include "policies/time.hpp"

#include <cstdint>
#include <deque>
#include <string_view>

namespace taquilla {

struct restart_intensity_config {
  int restarts = 5;                  ///< granted within a period; 0..1000
  duration_ms period_ms = 10'000;    ///< at least 1
  duration_ms backoff_base_ms = 50;  ///< wait before the second restart in a period; the first
                                     ///< is immediate
  duration_ms backoff_cap_ms = 1'000;
};

/// Empty when the configuration can be used, else a sentence that says what is wrong.
std::string_view problem(const restart_intensity_config& config);

struct restart_verdict {
  bool restart = false;
  duration_ms after_ms = 0;  ///< if `restart`: wait this long first
  instant_ms until = 0;      ///< if not: no death before this instant will be granted a restart
  int deaths = 0;            ///< in the period, this one included
};

class restart_intensity {
 public:
  /// @throws std::invalid_argument if `problem(config)` is not empty.
  explicit restart_intensity(const restart_intensity_config& config = {});

  /// A child died. Time that steps back counts as no time.
  restart_verdict on_death(instant_ms now);

  /// Forgets all deaths: an operator healed the child.
  void reset() { deaths_.clear(); }

  /// Deaths in the period that ends at `now`.
  int deaths(instant_ms now) const;

 private:
  restart_intensity_config config_;
  std::deque<instant_ms> deaths_;  // oldest first, at most restarts + 1
};

}  // namespace taquilla
