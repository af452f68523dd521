// BULKHEAD: at most so many calls at once, so that one slow dependency cannot take every thread.
//
// A counter with receipts. A permit is given back once: a second release of it, or a release of a
// permit of somebody else's era, changes nothing. A rejection carries an estimate of the wait from
// the observed service time; the caller is not queued. Lowering the limit never revokes a running
// permit. Owned by one actor; not thread-safe; allocates only when built or enlarged.
#pragma once

#include "policies/time.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace taquilla {

struct in_flight_limit_config {
  std::size_t limit = 64;                 ///< calls at once; 0 (nobody) ..100 000
  duration_ms service_estimate_ms = 100;  ///< length of a call, until calls have been seen; >= 1
};

/// Empty when the configuration can be used, else a sentence that says what is wrong.
std::string_view problem(const in_flight_limit_config& config);

struct in_flight_permit {
  std::size_t slot = 0;
  std::uint64_t id = 0;  ///< 0 is never valid
};

struct in_flight_admission {
  bool admitted = false;
  in_flight_permit permit;         ///< valid only if admitted
  duration_ms retry_after_ms = 0;  ///< if rejected: estimate until a slot is free, at least 1
  std::size_t in_flight = 0;       ///< after this decision
  std::size_t limit = 0;
};

class in_flight_limit {
 public:
  /// @throws std::invalid_argument if `problem(config)` is not empty.
  explicit in_flight_limit(const in_flight_limit_config& config = {});

  in_flight_admission acquire(instant_ms now);

  /// @return true if the permit was running, false if it is unknown or was released before.
  bool release(instant_ms now, in_flight_permit permit);

  /// @throws std::invalid_argument if the limit is out of range.
  void set_limit(std::size_t limit);

  std::size_t in_flight() const { return in_flight_; }
  std::size_t limit() const { return limit_; }
  std::uint64_t rejected() const { return rejected_; }

 private:
  struct slot {
    std::uint64_t id = 0;  // 0 = free
    instant_ms since = 0;
  };

  std::size_t limit_;
  std::size_t in_flight_ = 0;
  std::uint64_t next_id_ = 1;
  std::uint64_t rejected_ = 0;
  duration_ms service_ms_;
  std::vector<slot> slots_;
  std::vector<std::size_t> free_;
};

}  // namespace taquilla
