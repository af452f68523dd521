#include "simulation/oracles/ordered_chaos.hpp"

#include <algorithm>
#include <cstdlib>

namespace taquilla::simulation {

namespace {

constexpr virtual_ns ms = 1'000'000;
/// Rules count whole milliseconds.
constexpr virtual_ns rounding = 2 * ms;

}  // namespace

bool ordered::surely_on(virtual_ns now) const { return !used_up() && now + rounding < until; }
bool ordered::surely_over(virtual_ns now) const { return used_up() || now > until + rounding; }

ordered ordered_by(const set_chaos& what, virtual_ns now) {
  ordered out;
  out.kind = what.kind;
  out.for_all = what.rate_ppm >= 1'000'000;
  out.delay = what.delay_ms * ms;
  if (what.for_ms > 0) out.until = now + what.for_ms * ms;
  out.times = what.kind == "panic" && what.times == 0 ? 1 : what.times;
  out.since = now;
  return out;
}

void foresee(const std::vector<ordered>& rules, virtual_ns now, passage& p) {
  bool chance = false, decided = false, late = false;
  for (const auto& r : rules) {
    if (r.surely_over(now)) continue;
    const bool hits = r.for_all && r.surely_on(now);
    if (r.kind == "slow") {
      late = late || r.delay > 0 || !hits;
      if (hits) p.due.insert(r.kind);
      continue;
    }
    if (decided || chance) continue;
    chance = !hits;
    if (!hits) continue;
    decided = true;
    p.due.insert(r.kind);
    p.decisive = r.kind;
  }
  if (late) p.decisive = decided || chance || p.due.count("slow") == 0 ? "" : "slow";
}

std::string judged(const passage& p) {
  for (const auto& kind : p.due)
    if (p.touch.count(kind) == 0)
      return p.request + " was not touched, and " + kind + " was ordered for all";
  if (p.decisive.empty()) return {};
  // To who has ended nothing is said, and so nothing is seen: also that the service was down.
  const bool lost = p.asked && !p.handed_over && !p.refused;
  if (p.decisive == "lossy")
    return lost ? p.request + " never reached " + p.service + ": lossy loses the answer alone" : "";
  if (p.handed_over) return p.decisive + " let " + p.request + " reach " + p.service;
  if (p.decisive == "stall" || p.decisive == "slow")
    return p.refused ? p.decisive + " let " + p.request + " be answered at once" : "";
  return lost ? p.decisive + " left " + p.request + " without an answer" : "";
}

namespace {

/// By the clock of the process, of which only spans are known here.
bool is_span(wall_ms from, wall_ms to, virtual_ns span) {
  return std::abs((to - from) * ms - span) <= rounding;
}

std::string misreported(const ordered& rule, const chaos_rule& shown) {
  if (shown.touched != rule.touched)
    return rule.kind + " is said to have touched " + std::to_string(shown.touched) + ", and did " +
           std::to_string(rule.touched);
  if (shown.times != rule.times || shown.delay_ms * ms != rule.delay)
    return rule.kind + " is shown with other limits than were ordered";
  const bool ends = rule.until != never;
  if (ends != (shown.ends_at != 0) ||
      (ends && !is_span(shown.since, shown.ends_at, rule.until - rule.since)))
    return rule.kind + " is said to end at another time than was ordered";
  const bool touched = rule.touched != 0;
  if (touched != (shown.last_touched != 0) ||
      (touched && !is_span(shown.since, shown.last_touched, rule.touched_at - rule.since)))
    return rule.kind + " is said to have touched its last request at another time than it did";
  return {};
}

}  // namespace

std::string misreported(const std::vector<ordered>& rules, const chaos_report& shown,
                        virtual_ns now) {
  const auto& all = shown.active;
  for (const auto& rule : rules) {
    const auto one =
        std::find_if(all.begin(), all.end(), [&](const auto& r) { return r.kind == rule.kind; });
    if (one == all.end() && rule.surely_on(now))
      return rule.kind + " was ordered, and is not shown";
    if (one == all.end()) continue;
    if (rule.surely_over(now)) return rule.kind + " is over, and is shown";
    if (auto wrong = misreported(rule, *one); !wrong.empty()) return wrong;
  }
  for (const auto& one : all)
    if (std::none_of(rules.begin(), rules.end(), [&](const auto& r) { return r.kind == one.kind; }))
      return one.kind + " is shown, and was not ordered";
  return {};
}

}  // namespace taquilla::simulation
