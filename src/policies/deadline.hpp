// DEADLINE: the instant at which an answer stops being useful, as a value that travels.
//
// Inside the program it is absolute, so waiting in a queue uses it up by itself; on the wire it is
// the milliseconds that remain, because two machines share no clock. Everything derived from it
// (attempt timeouts, the budget of the next hop) only ever shrinks. It expires at the instant
// itself, not one later. It does not know what is cancelled when it expires: callers check it at
// accept, at dequeue, before every attempt and before a commit. A plain value, free to copy.
#pragma once

#include "policies/time.hpp"

#include <string_view>

namespace taquilla {

class deadline {
 public:
  /// Never expires. Only for work that nobody waits for, such as mail.
  constexpr deadline() = default;

  /// Expires at `at`.
  static constexpr deadline at(instant_ms at) { return deadline(at); }

  /// Expires `budget_ms` after `now`; a budget of 0 or less is expired from the start.
  static constexpr deadline after(instant_ms now, duration_ms budget_ms) {
    return budget_ms <= 0 ? deadline(now) : deadline(later(now, budget_ms));
  }

  constexpr instant_ms instant() const { return at_; }
  constexpr bool expired(instant_ms now) const { return now >= at_; }

  /// Milliseconds left, 0 when expired, `instant_never` when it never expires.
  constexpr duration_ms remaining(instant_ms now) const {
    if (at_ == instant_never) return instant_never;
    if (now >= at_) return 0;
    const bool wraps = now < 0 && at_ > instant_never + now;
    return wraps ? instant_never : at_ - now;
  }

  /// How long one attempt may take: `per_attempt_ms`, or what remains if that is less. 0 means
  /// that the attempt must not start.
  constexpr duration_ms attempt_timeout(instant_ms now, duration_ms per_attempt_ms) const {
    const duration_ms left = remaining(now);
    return left < per_attempt_ms ? left : per_attempt_ms;
  }

  /// What to put on the wire for the next hop: the remaining time less what this hop keeps for
  /// the way back. Never negative; 0 means "do not call".
  constexpr duration_ms wire_ms(instant_ms now, duration_ms reserve_ms) const {
    const duration_ms left = remaining(now);
    return left > reserve_ms ? left - reserve_ms : 0;
  }

 private:
  explicit constexpr deadline(instant_ms at) : at_(at) {}
  instant_ms at_ = instant_never;
};

/// What a server grants to callers.
struct deadline_limits {
  duration_ms default_ms = 30'000;  ///< when the caller names none, or writes nonsense
  duration_ms max_ms = 120'000;     ///< nobody may ask for more
};

/// How a wire value was understood; all but the first three deserve a counter.
enum class deadline_reading { absent, accepted, already_expired, too_long, garbage };

struct parsed_deadline {
  deadline value;
  deadline_reading reading = deadline_reading::absent;
};

/// Reads remaining milliseconds from untrusted text. Never fails: absent (empty) and garbage give
/// the default, 0 or negative is expired already, more than `max_ms` is cut to it.
parsed_deadline parse_deadline(std::string_view wire, instant_ms now,
                               const deadline_limits& limits = {});

}  // namespace taquilla
