// Promise 6, for the limiter: in any window of time a client gets at most burst + 1 + rate x time
// through, and nobody is refused who has room left. Judged twice: by that law, and by a second
// reading of NGINX's arithmetic, decision by decision. Those who find the table full of others
// share what one client may have; who of them gets a place later begins anew, so the law holds
// there for the second reading alone. Who is refused is told when he may pass.
#include "policies/rate_limiter.hpp"
#include "simulation/oracles/promises.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace taquilla::simulation {

namespace {

struct bucket {
  std::uint32_t client = 0;
  std::int64_t excess_milli = 0;
  std::int64_t last_ms = 0;
  bool fresh = true;
};

/// The table of one process, the longest unseen client first.
class table {
 public:
  table(std::int64_t rate_milli, std::size_t keys_max) : rate_milli_(rate_milli), max_(keys_max) {}

  bucket& of(std::uint32_t client, std::int64_t now_ms) {
    const auto known = std::find_if(known_.begin(), known_.end(),
                                    [&](const bucket& b) { return b.client == client; });
    if (known != known_.end()) {
      std::rotate(known, known + 1, known_.end());
      return known_.back();
    }
    constexpr int forgotten_at_once = 2;
    for (int i = 0; i < forgotten_at_once && !known_.empty() && is_over(known_.front(), now_ms);
         ++i)
      known_.erase(known_.begin());
    if (known_.size() >= max_) return all_others_;
    known_.push_back({client});
    return known_.back();
  }

 private:
  /// Unseen for a minute, and owes nothing, not even the request that a new client has for nothing.
  bool is_over(const bucket& b, std::int64_t now_ms) const {
    const auto idle_ms = now_ms - b.last_ms;
    return idle_ms >= 60'000 && rate_milli_ * idle_ms / 1'000 >= b.excess_milli + 1'000;
  }

  std::int64_t rate_milli_;
  std::size_t max_;
  std::vector<bucket> known_;
  bucket all_others_;
};

class limiter_law final : public oracle {
 public:
  const char* name() const override { return "limiter-law"; }

  std::string at_end(const plan& p, const history& h, const final_state&,
                     const run_facts&) override {
    rule_.burst = p.numbers.limiter_burst;
    rule_.rate_milli = p.numbers.limiter_rate_milli;
    rule_.keys_max = static_cast<std::size_t>(p.numbers.limiter_keys);
    std::uint32_t clients = 0;
    for (const auto& o : p.operations) clients = std::max(clients, o.client);
    if (clients <= rule_.keys_max) {
      auto wrong = law(h);
      if (!wrong.empty()) return wrong;
    }
    return second_reading(h);
  }

 private:
  std::string law(const history& h) const {
    // A new process starts with an empty table.
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::int64_t>> passed_ms;
    for (const auto& e : h.entries())
      if (e.what.what == operation::kind::buy && e.why != errc::rate_limited)
        passed_ms[{e.process, e.what.client}].push_back(e.invoked / 1'000'000);
    for (const auto& [who, times] : passed_ms)
      for (std::size_t i = 0; i < times.size(); ++i)
        for (std::size_t j = i; j < times.size(); ++j)
          if (static_cast<std::int64_t>(j - i + 1) > allowed(times[j] - times[i]))
            return "client " + std::to_string(who.second) + " got " + std::to_string(j - i + 1) +
                   " requests through within " + std::to_string(times[j] - times[i]) +
                   " ms, and may " + std::to_string(allowed(times[j] - times[i]));
    return {};
  }

  std::string second_reading(const history& h) const {
    std::map<std::uint32_t, table> tables;  // by process
    for (const auto& e : h.entries()) {
      if (e.what.what != operation::kind::buy) continue;
      const auto now_ms = e.invoked / 1'000'000;
      auto& known = tables.try_emplace(e.process, rule_.rate_milli, rule_.keys_max).first->second;
      auto& b = known.of(e.what.client, now_ms);
      const auto excess = excess_at(b, now_ms);
      const bool passes = excess <= rule_.burst * 1'000, refused = e.why == errc::rate_limited;
      if (refused && !passes && !is_wait(b, now_ms, e.wait_ms))
        return "client " + std::to_string(e.what.client) + " was told to wait " +
               std::to_string(e.wait_ms) + " ms, which is not when he may pass";
      if (passes) b = {b.client, excess, now_ms, false};
      if (passes != refused) continue;
      return "client " + std::to_string(e.what.client) + (passes ? " was refused" : " passed") +
             " with an excess of " + std::to_string(excess) + " thousandths of a request" +
             (b.client == 0 ? ", which the table of " + std::to_string(rule_.keys_max) +
                                  " clients holds for all others"
                            : "");
    }
    return {};
  }

  std::int64_t excess_at(const bucket& b, std::int64_t now_ms) const {
    const auto drained = rule_.rate_milli * (now_ms - b.last_ms) / 1'000;
    return b.fresh ? 0 : std::max<std::int64_t>(0, b.excess_milli - drained + 1'000);
  }

  /// Whether he may pass then, and not a moment before.
  bool is_wait(const bucket& b, std::int64_t now_ms, std::int64_t wait_ms) const {
    constexpr std::int64_t rounding_ms = 2;
    const auto passes = [&](std::int64_t at) { return excess_at(b, at) <= rule_.burst * 1'000; };
    return passes(now_ms + wait_ms) &&
           (wait_ms <= rounding_ms || !passes(now_ms + wait_ms - rounding_ms));
  }

  std::int64_t allowed(std::int64_t window_ms) const {
    return rule_.burst + 1 + rule_.rate_milli * window_ms / 1'000'000;
  }

  rate_limiter_config rule_;
};

}  // namespace

std::unique_ptr<oracle> make_limiter() { return std::make_unique<limiter_law>(); }

}  // namespace taquilla::simulation
