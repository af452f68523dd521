// Promise 6, for the limiter: in any window of time a client gets at most burst + 1 + rate x time
// through.
#include "policies/rate_limiter.hpp"
#include "simulation/oracles/promises.hpp"

#include <map>
#include <utility>

namespace taquilla::simulation {

namespace {

class limiter_law final : public oracle {
 public:
  const char* name() const override { return "limiter-law"; }

  std::string at_end(const plan&, const history& h, const final_state&, const run_facts&) override {
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
                   " requests through within " + std::to_string(times[j] - times[i]) + " ms";
    return {};
  }

 private:
  static std::int64_t allowed(std::int64_t window_ms) {
    const rate_limiter_config rule;
    return rule.burst + 1 + rule.rate_milli * window_ms / 1'000'000;
  }
};

}  // namespace

std::unique_ptr<oracle> make_limiter() { return std::make_unique<limiter_law>(); }

}  // namespace taquilla::simulation
