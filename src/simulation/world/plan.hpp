// The plan of one run: everything that is fixed before it starts. Who buys what and when, which
// faults strike, how rough links, disk and mail server are, and which numbers the theatre is built
// with.
//
// A plan is drawn from a seed (draw_plan), or read from a case file, where it has been shrunk by
// hand or by the minimiser; the run itself cannot tell. What happens *during* the run by chance
// (latencies, lost messages, the schedule, the disk) are decisions, engine/decisions.hpp; a plan
// carries their script. Values only. Times are virtual: microseconds in operations, milliseconds in
// faults.
#pragma once

#include "policies/circuit_breaker_config.hpp"
#include "simulation/engine/decisions.hpp"
#include "simulation/engine/links.hpp"
#include "simulation/engine/strategy.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace taquilla::simulation {

/// What one client does next. A client does its operations one after the other.
struct operation {
  enum class kind : std::uint8_t { buy, cancel };
  std::uint32_t client = 1;   ///< 1, 2, ...
  std::int64_t think_us = 0;  ///< after its previous operation ended
  kind what = kind::buy;
  std::string seat = "A1";    ///< buy, as hall.hpp calls it
  std::uint32_t buyer = 1;    ///< buy: whose e-mail address
  std::int64_t cents = 5000;  ///< buy
  std::string key;            ///< buy: Idempotency-Key, empty = none
  std::uint32_t target = 0;   ///< cancel: the n-th reservation that was ever confirmed, from 1
  bool blind = false;         ///< cancel: `target` is an id, whatever has become of it
  std::int64_t patience_ms = 30'000;  ///< the client hangs up after this
};

/// One thing that goes wrong, and, where it makes sense, how long until it is mended.
struct fault {
  enum class kind : std::uint8_t {
    crash,      ///< every actor of role `target` dies at once
    last_step,  ///< the next message that `target` handles is its last; what it says then is lost
    stall,      ///< role `target` does nothing for `for_ms`
    chaos,      ///< service `target` gets chaos kind `detail` with delay `value` ms, rate, for_ms
    recover,    ///< service `target` is told to recover
    kill,   ///< the process dies; a new one starts after `for_ms`; its wall clock jumps `value` ms
    power,  ///< the same, and what was not synced is lost
    stop,   ///< the process is asked to stop: it drains, closes its store, and the next starts
  };
  std::int64_t at_ms = 0;
  kind what = kind::crash;
  std::string target;
  std::string detail;
  std::int64_t for_ms = 0;
  std::int64_t value = 0;
  std::uint32_t rate_ppm = 1'000'000;
  std::uint32_t times = 0;
};

/// Somebody looks at the box office, through the front desk that HTTP has.
struct visit {
  enum class kind : std::uint8_t {
    health,
    events,
    seats,
    chaos,         ///< what is played to INVENTORY
    feed,          ///< the last lines of the event feed
    mailbox,       ///< everybody's mails
    wait,          ///< for a mail to `buyer`, `for_ms` at most
    reservation,   ///< the first that was ever confirmed
    reservations,  ///< of `buyer`
    pending,       ///< purchases
    charges,
    outbox,
  };
  static constexpr std::size_t kinds = 12;
  std::int64_t at_ms = 0;
  kind what = kind::health;
  std::uint32_t buyer = 1;
  std::int64_t for_ms = 0;
};

/// What the mail server says to a mail.
enum class post_fault : std::uint8_t {
  none,   ///< it takes it
  later,  ///< come again
  never,  ///< nobody of that name
};

const char* to_string(operation::kind kind);
const char* to_string(fault::kind kind);
const char* to_string(visit::kind kind);
const char* to_string(post_fault what);
bool parse_kind(const std::string& word, operation::kind& out);
bool parse_kind(const std::string& word, fault::kind& out);
bool parse_kind(const std::string& word, visit::kind& out);
bool parse_kind(const std::string& word, post_fault& out);

/// How the disk behaves while it is plugged in; all zero is a perfect disk.
struct disk_weather {
  std::uint32_t io_error_ppm = 0;
  std::uint32_t full_ppm = 0;
  std::uint32_t busy_ppm = 0;
  std::uint32_t kill_ppm = 0;   ///< the process dies at a disk operation
  std::uint32_t power_ppm = 0;  ///< the power goes at a disk operation
  std::uint32_t slow_ppm = 0;
  std::uint32_t slow_max_us = 0;
  std::int64_t full_for_ms = 0;  ///< for so long it stays full, once it was
  std::uint32_t shaken_ppm = 0;  ///< the power goes at one of the changes behind a failed one
};

/// The mail server.
struct post_weather {
  bool there = false;  ///< else mails end in the mailbox, as by default
  std::uint32_t later_ppm = 0;
  std::uint32_t never_ppm = 0;
  std::uint32_t slow_ppm = 0;
  std::uint32_t slow_max_us = 0;
};

/// Numbers that the theatre is built with. Small ones bring rare things close.
struct knobs {
  std::int64_t hold_ms = 60'000;
  std::int64_t attempt_timeout_ms = 5'000;
  std::int64_t deadline_ms = 20'000;
  std::int64_t sweep_ms = 5'000;
  std::int64_t batch_max = 512;
  std::int64_t commit_delay_ms = 2;
  std::int64_t breaker_failures = 5;
  std::int64_t breaker_open_ms = 30'000;
  std::int64_t breaker_growth = 1;  ///< of its open time, each time it opens without closing
  std::int64_t breaker_probes = 1;
  std::int64_t breaker_successes = 1;
  std::int64_t breaker_window = 0;  ///< calls whose share of failures counts; 0: those in a row
  std::int64_t breaker_ramp_ms = 0;
  std::int64_t limiter_burst = 5;
  std::int64_t limiter_rate_milli = 2'000;  ///< thousandths of a request per second
  std::int64_t limiter_keys = 10'000;       ///< clients that it knows apart
  std::int64_t restarts = 5;
  std::int64_t mail_attempts = 1'000'000;
  std::int64_t in_flight_max = 5'000;
  std::int64_t joiners_max = 64;
  std::int64_t relay_batch = 64;  ///< of both relays
  std::int64_t checkpoint_pages = 1'000;
  std::int64_t page = 1'000;  ///< rows that INVENTORY and the desk's sweep ask for, at most
  std::int64_t pages_a_period = 20;
  std::int64_t retry_budget_milli = 1'000'000;  ///< a failure costs 1,000, a success gives 100
  std::int64_t retry_base_ms = 0;  ///< the first wait between attempts at most; 0: none, as usual
  std::int64_t feed_kept = 1'000;
};

/// By the names that case files use.
struct named_knob {
  const char* name;
  std::int64_t knobs::*member;
};
constexpr std::array<named_knob, 27> all_knobs{{{"hold_ms", &knobs::hold_ms},
                                                {"attempt_timeout_ms", &knobs::attempt_timeout_ms},
                                                {"deadline_ms", &knobs::deadline_ms},
                                                {"sweep_ms", &knobs::sweep_ms},
                                                {"batch_max", &knobs::batch_max},
                                                {"commit_delay_ms", &knobs::commit_delay_ms},
                                                {"breaker_failures", &knobs::breaker_failures},
                                                {"breaker_open_ms", &knobs::breaker_open_ms},
                                                {"breaker_growth", &knobs::breaker_growth},
                                                {"breaker_probes", &knobs::breaker_probes},
                                                {"breaker_successes", &knobs::breaker_successes},
                                                {"breaker_window", &knobs::breaker_window},
                                                {"breaker_ramp_ms", &knobs::breaker_ramp_ms},
                                                {"limiter_burst", &knobs::limiter_burst},
                                                {"limiter_rate_milli", &knobs::limiter_rate_milli},
                                                {"limiter_keys", &knobs::limiter_keys},
                                                {"restarts", &knobs::restarts},
                                                {"mail_attempts", &knobs::mail_attempts},
                                                {"in_flight_max", &knobs::in_flight_max},
                                                {"joiners_max", &knobs::joiners_max},
                                                {"relay_batch", &knobs::relay_batch},
                                                {"checkpoint_pages", &knobs::checkpoint_pages},
                                                {"page", &knobs::page},
                                                {"pages_a_period", &knobs::pages_a_period},
                                                {"retry_budget_milli", &knobs::retry_budget_milli},
                                                {"retry_base_ms", &knobs::retry_base_ms},
                                                {"feed_kept", &knobs::feed_kept}}};

struct plan {
  std::uint64_t seed = 1;
  std::string profile = "swarm";
  strategy_name strategy;
  bool fast_disk = true;  ///< no disk faults are possible: the store is in memory
  knobs numbers;
  link_weather links;
  disk_weather disk;
  post_weather post;
  std::uint32_t early_ppm = 0;
  std::int64_t early_within_ms = 0;
  std::int64_t heal_at_ms = 60'000;  ///< all faults end here
  std::vector<operation> operations;
  std::vector<fault> faults;
  std::vector<visit> visits;     ///< without any there is no front desk
  std::vector<decision> script;  ///< of a replay; empty when the seed decides
};

/// The breaker before INVENTORY that a run with these numbers has.
circuit_breaker_config breaker_of(const knobs& k);

/// Names that draw_plan accepts.
bool is_profile(const std::string& name);
/// Draws a plan. Precondition: is_profile(profile).
plan draw_plan(std::uint64_t seed, const std::string& profile, const strategy_name& strategy);

/// Whether time stands still while messages wait, or hardly moves.
bool is_steady(const plan& p);
/// Whether actors of that role can do a thing when their own timers say so.
bool is_punctual(const plan& p, const std::string& role);
/// Whether nothing fails in it, and messages are quick, come once and in order. It tells of what
/// was drawn; a script may bring trouble of its own.
bool is_quiet(const plan& p);

}  // namespace taquilla::simulation
