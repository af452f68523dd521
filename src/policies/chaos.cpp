#include "policies/chaos.hpp"

#include "policies/keyed_hash.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace taquilla {
namespace {

constexpr std::int64_t million = 1'000'000;
constexpr std::size_t shown_key_bytes = 64;
constexpr const char* kind_names[chaos_kinds] = {"crash", "panic", "slow",    "flaky",
                                                 "lossy", "stall", "decline", "bounce"};

}  // namespace

const char* to_string(chaos_kind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

std::optional<chaos_kind> chaos_kind_of(std::string_view name) {
  for (std::size_t at = 0; at < chaos_kinds; ++at)
    if (name == kind_names[at]) return static_cast<chaos_kind>(at);
  return std::nullopt;
}

const char* to_string(chaos_rule_state state) {
  switch (state) {
    case chaos_rule_state::active:
      return "active";
    case chaos_rule_state::expired:
      return "expired";
    case chaos_rule_state::exhausted:
      return "exhausted";
    case chaos_rule_state::cleared:
      return "cleared";
  }
  return "?";
}

std::string_view problem(chaos_kind kind, const chaos_options& options) {
  if (options.delay_ms < 0 || options.delay_ms > chaos_delay_max_ms)
    return "delay must be 0..3600 seconds";
  if (kind != chaos_kind::slow && options.delay_ms != 0) return "delay belongs to slow alone";
  if (!(options.rate >= 0.0 && options.rate <= 1.0)) return "rate must be 0..1";
  if (options.for_ms && (*options.for_ms < 1 || *options.for_ms > chaos_for_max_ms))
    return "for must be 0.001..86400 seconds";
  if (options.times && (*options.times < 1 || *options.times > chaos_times_max))
    return "times must be 1..1000000000";
  return {};
}

std::uint64_t chaos::set(chaos_kind kind, const chaos_options& options, instant_ms now) {
  if (const auto wrong = problem(kind, options); !wrong.empty())
    throw std::invalid_argument(std::string(wrong));
  rules_.erase(std::remove_if(rules_.begin(), rules_.end(),
                              [&](const rule& old) { return old.shown.kind == kind; }),
               rules_.end());
  rule& fresh = rules_.emplace_back();
  fresh.shown.id = next_id_++;
  fresh.shown.kind = kind;
  fresh.shown.options = options;
  if (kind == chaos_kind::panic && !options.times) fresh.shown.options.times = 1;
  fresh.shown.since = now;
  if (options.for_ms) fresh.shown.until = later(now, *options.for_ms);
  fresh.shown.last_key.reserve(shown_key_bytes);
  fresh.rate_ppm = std::llround(options.rate * static_cast<double>(million));
  fresh.times_left = fresh.shown.options.times.value_or(0);
  return fresh.shown.id;
}

bool chaos::clear(chaos_kind kind, instant_ms now) {
  for (rule& each : rules_) {
    if (each.shown.kind != kind || state_of(each, now) != chaos_rule_state::active) continue;
    each.shown.state = chaos_rule_state::cleared;
    return true;
  }
  return false;
}

int chaos::clear(instant_ms now) {
  int ended = 0;
  for (std::size_t at = 0; at < chaos_kinds; ++at)
    ended += clear(static_cast<chaos_kind>(at), now) ? 1 : 0;
  return ended;
}

chaos_verdict chaos::decide(instant_ms now, std::string_view key, int attempt,
                            std::optional<chaos_kind> immune) {
  chaos_verdict verdict;
  if (rules_.empty()) return verdict;
  const std::uint64_t hashed = text_key(key);
  for (rule& each : rules_) {
    const bool delays = each.shown.kind == chaos_kind::slow;
    if ((!delays && verdict.fault) || each.shown.kind == immune) continue;
    if (state_of(each, now) != chaos_rule_state::active || !hits(each, hashed, attempt)) continue;
    if (delays) {
      verdict.delay_ms += each.shown.options.delay_ms;
      verdict.delay_id = each.shown.id;
    } else {
      verdict.fault = each.shown.kind;
      verdict.fault_id = each.shown.id;
    }
    ++each.shown.touched;
    each.shown.last_touched = now;
    each.shown.last_key.assign(key.substr(0, shown_key_bytes));
    if (each.times_left > 0) --each.times_left;
  }
  return verdict;
}

bool chaos::any_active(instant_ms now) const {
  return std::any_of(rules_.begin(), rules_.end(), [&](const rule& each) {
    return state_of(each, now) == chaos_rule_state::active;
  });
}

std::vector<chaos_rule_view> chaos::view(instant_ms now) const {
  std::vector<chaos_rule_view> shown;
  shown.reserve(rules_.size());
  for (const rule& each : rules_) {
    shown.push_back(each.shown);
    shown.back().state = state_of(each, now);
  }
  return shown;
}

chaos_rule_state chaos::state_of(const rule& candidate, instant_ms now) const {
  if (candidate.shown.state == chaos_rule_state::cleared) return chaos_rule_state::cleared;
  if (candidate.shown.options.times && candidate.times_left == 0)
    return chaos_rule_state::exhausted;
  return now >= candidate.shown.until ? chaos_rule_state::expired : chaos_rule_state::active;
}

bool chaos::hits(const rule& candidate, std::uint64_t key, int attempt) const {
  const std::uint64_t drawn =
      keyed_hash(seed_, candidate.shown.id, key, static_cast<std::uint64_t>(attempt));
  return static_cast<std::int64_t>(drawn % million) < candidate.rate_ppm;
}

}  // namespace taquilla
