// Promise 6, for the limiter: in any window of time a client gets at most burst + 1 + rate x time
// through, and nobody is refused who has room left. Judged twice: by that law, and by a second
// reading of NGINX's arithmetic, decision by decision.
#include "policies/rate_limiter.hpp"
#include "simulation/oracles/promises.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace taquilla::simulation {

namespace {

class limiter_law final : public oracle {
 public:
  const char* name() const override { return "limiter-law"; }

  std::string at_end(const plan& p, const history& h, const final_state&,
                     const run_facts&) override {
    rule_.burst = p.numbers.limiter_burst;
    rule_.rate_milli = p.numbers.limiter_rate_milli;
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
    return second_reading(h);
  }

 private:
  struct bucket {
    std::int64_t excess_milli = 0;
    std::int64_t last_ms = 0;
  };

  std::string second_reading(const history& h) const {
    std::map<std::pair<std::uint32_t, std::uint32_t>, bucket> buckets;
    for (const auto& e : h.entries()) {
      if (e.what.what != operation::kind::buy) continue;
      const auto now_ms = e.invoked / 1'000'000;
      auto [place, fresh] = buckets.emplace(std::make_pair(e.process, e.what.client), bucket{});
      auto& b = place->second;
      const auto drained = rule_.rate_milli * (now_ms - b.last_ms) / 1'000;
      const auto excess = fresh ? 0 : std::max<std::int64_t>(0, b.excess_milli - drained + 1'000);
      const bool passes = excess <= rule_.burst * 1'000;
      if (passes) b = {excess, now_ms};
      if (passes == (e.why != errc::rate_limited)) continue;
      return "client " + std::to_string(e.what.client) + (passes ? " was refused" : " passed") +
             " with an excess of " + std::to_string(excess) + " thousandths of a request";
    }
    return {};
  }

  std::int64_t allowed(std::int64_t window_ms) const {
    return rule_.burst + 1 + rule_.rate_milli * window_ms / 1'000'000;
  }

  rate_limiter_config rule_;
};

}  // namespace

std::unique_ptr<oracle> make_limiter() { return std::make_unique<limiter_law>(); }

}  // namespace taquilla::simulation
