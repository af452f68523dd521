// RATE LIMITER: nginx's limit_req, number for number, with a key table that never forgives.
//
// Each key has an `excess` (thousandths of a request) that leaks at the rate and gains 1000 per
// request; a request that would lift it over the burst is rejected and changes nothing. The first
// request of a key leaves an excess of 0, so 1 + burst pass at once. In any window of T ms a key
// passes at most burst + 1 + rate * T. Rejections say when to come back: at that millisecond the
// request passes, one earlier it does not.
//
// The table is bounded. When it is full of keys that are still in debt, the `strict` profile
// charges newcomers to one shared overflow entry, so that flooding with new keys buys nothing; the
// `nginx` profile evicts the least recently used key and forgives it. Of those that have been idle
// for a minute both drop the ones that owe nothing; nginx also those whose next request is not paid
// yet, which at slow rates gives one away. A clock that steps back is treated as nginx does: up to
// 60 s as no time at all, more as one millisecond.
//
// Owned by one actor; not thread-safe. Knows nothing of HTTP: status and headers are the gateway's.
#pragma once

#include "policies/time.hpp"

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace taquilla {

enum class full_table { strict, nginx };

struct rate_limiter_config {
  bool enabled = true;
  std::int64_t rate_milli = 2'000;  ///< thousandths of a request per second; 1..10^9
  std::int64_t burst = 5;           ///< requests that may come early; 0..10^6
  std::size_t keys_max = 10'000;    ///< size of the table; 1..10^6
  bool dry_run = false;             ///< decide and count, but let everything pass
  full_table profile = full_table::strict;
};

/// Empty when the configuration can be used, else a sentence that says what is wrong.
std::string_view problem(const rate_limiter_config& config);

/// Requests per second as thousandths, cut off below (1 a minute = 16), as nginx does.
/// @return nothing unless the result lies in 1..10^9.
std::optional<std::int64_t> rate_milli_of(double rate_per_second);

enum class limit_cause {
  under_limit,
  over_limit,
  disabled,  ///< the limiter is off: nothing was counted
  no_key,    ///< the empty key has no limit: nothing was counted
  long_key,  ///< `nginx` profile: a key over 65 535 bytes is passed uncounted
};

/// A decision with the numbers behind it.
struct limit_decision {
  bool pass = true;
  limit_cause cause = limit_cause::under_limit;  ///< what was found, even if a dry run lets it pass
  bool overflow = false;                         ///< decided on the shared overflow entry
  std::int64_t excess_milli = 0;   ///< the excess this request leaves, or would leave if rejected
  std::int64_t remaining = 0;      ///< requests that would still pass at this instant
  duration_ms retry_after_ms = 0;  ///< 0 unless over the limit; else the exact wait, at least 1
  duration_ms reset_ms = 0;        ///< until the excess has leaked away, if nothing else comes
};

struct limiter_counters {
  std::uint64_t passed = 0;
  std::uint64_t rejected = 0;    ///< over the limit, dry runs included
  std::uint64_t overflowed = 0;  ///< decided on the overflow entry
  std::uint64_t evicted = 0;     ///< `nginx` profile: keys in debt that were forgiven
  std::uint64_t clock_steps_back = 0;
};

/// Retry-After in whole seconds: rounded up, at least 1.
constexpr std::int64_t retry_after_seconds(duration_ms wait) {
  return wait <= 1'000 ? 1 : wait / 1'000 + (wait % 1'000 != 0 ? 1 : 0);
}

class rate_limiter {
 public:
  /// @throws std::invalid_argument if `problem(config)` is not empty.
  explicit rate_limiter(const rate_limiter_config& config = {});

  // The index points into the entries, so a copy would point into the original.
  rate_limiter(const rate_limiter&) = delete;
  rate_limiter& operator=(const rate_limiter&) = delete;

  /// Decides about one request and charges it if it passes.
  /// @param key who asks, see client_key.hpp; allocates only when the key is new.
  limit_decision decide(std::string_view key, instant_ms now);

  /// What `decide` would answer; changes nothing.
  limit_decision peek(std::string_view key, instant_ms now) const;

  /// Changes the configuration. Keys keep their excess: a lower burst rejects until it has leaked,
  /// a smaller table lets nobody new in until it has shrunk.
  /// @throws std::invalid_argument if `problem(config)` is not empty.
  void reconfigure(const rate_limiter_config& config);

  const rate_limiter_config& config() const { return config_; }
  const limiter_counters& counters() const { return counters_; }
  std::size_t keys() const { return entries_.size(); }

 private:
  struct bucket {
    std::int64_t excess = 0;
    instant_ms last = 0;
    bool seen = false;
  };
  struct entry {
    std::string key;
    bucket level;
  };
  using entry_list = std::list<entry>;  // most recently used first

  std::optional<limit_decision> uncounted(std::string_view key) const;
  limit_decision judge(const bucket& level, instant_ms now) const;
  void charge(bucket& level, const limit_decision& decision, instant_ms now) const;
  bucket& place(std::string_view key, instant_ms now, bool& overflow);
  bool has_room(std::string_view key, instant_ms now) const;
  bool idle_and_drained(const entry& candidate, instant_ms now) const;
  void drop_idle(instant_ms now);
  void drop_last();

  rate_limiter_config config_;
  limiter_counters counters_;
  entry_list entries_;
  std::unordered_map<std::string_view, entry_list::iterator> index_;  // views into entries_
  bucket overflow_;
};

/// One limit of several that a request must satisfy.
struct limit_request {
  rate_limiter* limiter;
  std::string_view key;
};

/// Decides several limits as one: if any rejects, none is charged.
/// @param limits no two with the same limiter and key.
/// @return the first rejection, else the decision with the fewest requests remaining.
limit_decision decide_all(const std::vector<limit_request>& limits, instant_ms now);

}  // namespace taquilla
