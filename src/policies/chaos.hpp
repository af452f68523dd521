// CHAOS: the faults that somebody asked one service to show, and whom they hit.
//
// One rule per kind; setting a kind again replaces its rule under a new id. A rule ends by itself
// after `for_ms` or after it has touched `times` requests, and stays visible with its statistics
// until it is replaced. Whether a rule with a rate hits a request is a hash of (seed, rule id,
// request, attempt): the same requests fail in every interleaving, as long as no `times` binds.
// Rules are asked in order of id; the first fault that decides the answer wins, delays add to it.
//
//   (nothing) --set--> active --for_ms over--> expired
//       ^                | \---times reached-> exhausted     (set starts a new rule from any state)
//       |                \------clear--------> cleared
//
// This only decides. Killing, delaying or losing is done by the service that owns the machine; so
// is knowing which kinds make sense for it. Not thread-safe.
#pragma once

#include "policies/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taquilla {

enum class chaos_kind {
  crash,    ///< dies and stays down
  panic,    ///< dies once; the supervisor restarts it
  slow,     ///< answers late; the only kind that is not fatal to the answer
  flaky,    ///< answers an error
  lossy,    ///< does the work and loses the reply
  stall,    ///< never answers
  decline,  ///< payments: refuses the card
  bounce,   ///< mail: the address does not exist
};

inline constexpr std::size_t chaos_kinds = 8;

const char* to_string(chaos_kind kind);
std::optional<chaos_kind> chaos_kind_of(std::string_view name);

/// Longer than any deadline, and short enough that a forgotten fault is over by tomorrow.
inline constexpr duration_ms chaos_delay_max_ms = 3'600'000, chaos_for_max_ms = 86'400'000;
inline constexpr std::int64_t chaos_times_max = 1'000'000'000;

struct chaos_options {
  duration_ms delay_ms = 0;           ///< `slow`: 0..chaos_delay_max_ms
  double rate = 1.0;                  ///< share of requests that are hit, 0..1; kept in millionths
  std::optional<duration_ms> for_ms;  ///< 1..chaos_for_max_ms, then it ends; nothing: not by time
  std::optional<std::int64_t> times;  ///< ends after this many, 1..chaos_times_max; nothing: not by
                                      ///< count (`panic`: 1)
};

/// Empty when the options fit the kind, else a sentence that says what is wrong.
std::string_view problem(chaos_kind kind, const chaos_options& options);

enum class chaos_rule_state { active, expired, exhausted, cleared };

const char* to_string(chaos_rule_state state);

/// A rule as shown to people.
struct chaos_rule_view {
  std::uint64_t id = 0;
  chaos_kind kind = chaos_kind::slow;
  chaos_rule_state state = chaos_rule_state::active;
  chaos_options options;
  instant_ms since = 0;
  instant_ms until = instant_never;
  std::int64_t touched = 0;  ///< requests that were hit
  std::optional<instant_ms> last_touched;
  std::string last_key;  ///< the request that was hit last, cut to 64 bytes
};

/// What shall happen to one request.
struct chaos_verdict {
  duration_ms delay_ms = 0;         ///< wait this long before anything else
  std::uint64_t delay_id = 0;       ///< the rule behind the delay, 0 = none
  std::optional<chaos_kind> fault;  ///< the fault that decides the answer, never `slow`
  std::uint64_t fault_id = 0;       ///< the rule behind it, 0 = none

  bool untouched() const { return delay_id == 0 && fault_id == 0; }
};

class chaos {
 public:
  /// @param seed drives the rates; the same seed hits the same requests.
  explicit chaos(std::uint64_t seed = 0) : seed_(seed) {}

  /// Starts a rule, replacing the one of the same kind.
  /// @return the id of the rule, counted from 1.
  /// @throws std::invalid_argument if `problem(kind, options)` is not empty.
  std::uint64_t set(chaos_kind kind, const chaos_options& options, instant_ms now);

  /// Ends the rule of a kind. @return true if it was active.
  bool clear(chaos_kind kind, instant_ms now);

  /// Ends all rules. @return how many were active.
  int clear(instant_ms now);

  /// Decides about one attempt of one request and counts what it hits. Allocates nothing.
  /// @param key identifies the request, e.g. its id.
  /// @param attempt counted from 1.
  /// @param immune a kind that makes no sense for this request: it neither hits nor counts.
  chaos_verdict decide(instant_ms now, std::string_view key, int attempt = 1,
                       std::optional<chaos_kind> immune = std::nullopt);

  /// True if any rule could hit a request at `now`.
  bool any_active(instant_ms now) const;

  /// All rules that were ever set, the last of each kind, in order of id. Changes nothing.
  std::vector<chaos_rule_view> view(instant_ms now) const;

 private:
  struct rule {
    chaos_rule_view shown;
    std::int64_t rate_ppm = 0;
    std::int64_t times_left = 0;
  };

  chaos_rule_state state_of(const rule& candidate, instant_ms now) const;
  bool hits(const rule& candidate, std::uint64_t key, int attempt) const;

  std::uint64_t seed_;
  std::uint64_t next_id_ = 1;
  std::vector<rule> rules_;  // at most one of each kind, in order of id
};

}  // namespace taquilla
