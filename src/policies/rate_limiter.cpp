#include "policies/rate_limiter.hpp"

#include "domain/planted.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace taquilla {
namespace {

constexpr std::int64_t rate_milli_max = 1'000'000'000;
constexpr std::int64_t request_milli = 1'000;
constexpr duration_ms idle_ms = 60'000;
// An address fits many times; anything longer would let few keys fill much memory.
constexpr std::size_t key_bytes_strict = 255;
constexpr std::size_t key_bytes_nginx = 65'535;

void require(const rate_limiter_config& config) {
  if (const auto wrong = problem(config); !wrong.empty())
    throw std::invalid_argument(std::string(wrong));
}

/// Time since `last` as nginx counts it: a small step back is no time, a large one is 1 ms.
duration_ms elapsed(instant_ms last, instant_ms now) {
  const duration_ms step = now - last;
  if (step < -idle_ms) return 1;
  return std::max<duration_ms>(step, 0);
}

/// The time in which `milli` leaks away, rounded up.
duration_ms leak_time(std::int64_t milli, std::int64_t rate_milli) {
  return milli <= 0 ? 0 : (milli * 1'000 + rate_milli - 1) / rate_milli;
}

/// What leaks in `span`, at most `limit`. The comparison comes first because months of silence at
/// a high rate would overflow the product.
std::int64_t leaked(duration_ms span, std::int64_t rate_milli, std::int64_t limit) {
  if (span > leak_time(limit, rate_milli)) return limit;
  return std::min(limit, rate_milli * span / 1'000);
}

}  // namespace

std::string_view problem(const rate_limiter_config& config) {
  if (config.rate_milli < 1 || config.rate_milli > rate_milli_max)
    return "rate limit: rate_per_second must be 0.001..1000000";
  if (config.burst < 0 || config.burst > 1'000'000) return "rate limit: burst must be 0..1000000";
  if (config.keys_max < 1 || config.keys_max > 1'000'000)
    return "rate limit: keys_max must be 1..1000000";
  return {};
}

std::optional<std::int64_t> rate_milli_of(double rate_per_second) {
  // The last digit of a decimal such as 1.001 must not be lost to its binary neighbour below.
  const double milli = rate_per_second * 1'000.0 + 1e-6;
  if (!(milli >= 1.0 && milli < static_cast<double>(rate_milli_max) + 1.0)) return std::nullopt;
  return static_cast<std::int64_t>(milli);
}

rate_limiter::rate_limiter(const rate_limiter_config& config) : config_(config) { require(config); }

void rate_limiter::reconfigure(const rate_limiter_config& config) {
  require(config);
  config_ = config;
}

limit_decision rate_limiter::decide(std::string_view key, instant_ms now) {
  if (const auto free_pass = uncounted(key)) return *free_pass;
  bool overflow = false;
  bucket& level = place(key, now, overflow);
  limit_decision decision = judge(level, now);
  decision.overflow = overflow;
  if (overflow) ++counters_.overflowed;
  if (level.seen && now < level.last) ++counters_.clock_steps_back;
  if (decision.pass) {
    charge(level, decision, now);
    ++counters_.passed;
  } else {
    ++counters_.rejected;
    decision.pass = config_.dry_run;
  }
  return decision;
}

limit_decision rate_limiter::peek(std::string_view key, instant_ms now) const {
  if (const auto free_pass = uncounted(key)) return *free_pass;
  const auto known = index_.find(key);
  const bool overflow = known == index_.end() && !has_room(key, now);
  const bucket fresh;
  const bucket& level =
      known != index_.end() ? known->second->level : (overflow ? overflow_ : fresh);
  limit_decision decision = judge(level, now);
  decision.overflow = overflow;
  decision.pass = decision.pass || config_.dry_run;
  return decision;
}

std::optional<limit_decision> rate_limiter::uncounted(std::string_view key) const {
  limit_decision decision;
  decision.remaining = config_.burst + 1;
  if (!config_.enabled) {
    decision.cause = limit_cause::disabled;
  } else if (key.empty()) {
    decision.cause = limit_cause::no_key;
  } else if (config_.profile == full_table::nginx && key.size() > key_bytes_nginx) {
    decision.cause = limit_cause::long_key;
  } else {
    return std::nullopt;
  }
  return decision;
}

limit_decision rate_limiter::judge(const bucket& level, instant_ms now) const {
  std::int64_t burst_milli = config_.burst * request_milli;
  if (planted::is(planted::bug::limiter_double_burst)) burst_milli *= 2;
  limit_decision decision;
  if (!level.seen) {
    decision.remaining = config_.burst;
    return decision;
  }
  // The floor of zero comes after the new request is added, so that idle time is worth at most
  // one request.
  const std::int64_t charged = level.excess + request_milli;
  const duration_ms span = elapsed(level.last, now);
  decision.excess_milli = charged - leaked(span, config_.rate_milli, charged);
  decision.pass = decision.excess_milli <= burst_milli;
  if (decision.pass) {
    decision.remaining = (burst_milli - decision.excess_milli) / request_milli;
    decision.reset_ms = leak_time(decision.excess_milli, config_.rate_milli);
    return decision;
  }
  const duration_ms since = now - level.last;
  decision.cause = limit_cause::over_limit;
  decision.retry_after_ms =
      std::max<duration_ms>(1, leak_time(charged - burst_milli, config_.rate_milli) - since);
  decision.reset_ms = std::max<duration_ms>(0, leak_time(level.excess, config_.rate_milli) - since);
  return decision;
}

void rate_limiter::charge(bucket& level, const limit_decision& decision, instant_ms now) const {
  const bool moves = !level.seen || elapsed(level.last, now) != 0;
  level.excess = decision.excess_milli;
  if (moves) level.last = now;
  level.seen = true;
}

rate_limiter::bucket& rate_limiter::place(std::string_view key, instant_ms now, bool& overflow) {
  if (const auto known = index_.find(key); known != index_.end()) {
    entries_.splice(entries_.begin(), entries_, known->second);
    return known->second->level;
  }
  const bool strict = config_.profile == full_table::strict;
  overflow = strict && key.size() > key_bytes_strict;
  if (overflow) return overflow_;
  drop_idle(now);
  overflow = strict && entries_.size() >= config_.keys_max;
  if (overflow) return overflow_;
  while (entries_.size() >= config_.keys_max) {
    drop_last();
    ++counters_.evicted;
  }
  entries_.push_front({std::string(key), {}});
  index_.emplace(entries_.front().key, entries_.begin());
  return entries_.front().level;
}

/// True if `place` would give a new key an entry of its own.
bool rate_limiter::has_room(std::string_view key, instant_ms now) const {
  if (config_.profile == full_table::nginx) return true;
  if (key.size() > key_bytes_strict) return false;
  if (entries_.size() < config_.keys_max) return true;
  // One drop makes room, unless a live change made the table smaller than what it holds.
  const std::size_t over = entries_.size() - config_.keys_max;
  if (over > 1 || !idle_and_drained(entries_.back(), now)) return false;
  return over == 0 || idle_and_drained(*std::next(entries_.rbegin()), now);
}

/// Who is new begins with a request for nothing. Whoever is forgotten must have earned it, or at a
/// slow rate he is given it once a minute; nginx gives it.
bool rate_limiter::idle_and_drained(const entry& candidate, instant_ms now) const {
  const duration_ms idle = now - candidate.level.last;
  if (idle < idle_ms) return false;
  const bool strict = config_.profile == full_table::strict;
  const std::int64_t excess = candidate.level.excess + (strict ? request_milli : 0);
  return leaked(idle, config_.rate_milli, excess) == excess;
}

/// Drops up to two keys that owe nothing, as nginx does for every new key.
void rate_limiter::drop_idle(instant_ms now) {
  for (int dropped = 0; dropped < 2 && !entries_.empty(); ++dropped) {
    if (!idle_and_drained(entries_.back(), now)) return;
    drop_last();
  }
}

void rate_limiter::drop_last() {
  index_.erase(entries_.back().key);
  entries_.pop_back();
}

limit_decision decide_all(const std::vector<limit_request>& limits, instant_ms now) {
  for (const auto& [limiter, key] : limits)
    if (!limiter->peek(key, now).pass) return limiter->decide(key, now);
  limit_decision tightest;
  bool first = true;
  for (const auto& [limiter, key] : limits) {
    const limit_decision decision = limiter->decide(key, now);
    if (first || decision.remaining < tightest.remaining) tightest = decision;
    first = false;
  }
  return tightest;
}

}  // namespace taquilla
