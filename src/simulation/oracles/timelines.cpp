// Promise to whoever looks at a purchase: its timeline tells what became of it, and nothing twice.
#include "simulation/oracles/promises.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace taquilla::simulation {

namespace {

class timeline_is_true final : public oracle {
 public:
  const char* name() const override { return "timeline-is-true"; }

  std::string at_end(const plan&, const history&, const final_state& f,
                     const run_facts& facts) override {
    if (!facts.store_readable) return {};
    for (const auto& row : f.told) {
      auto wrong = judge(row, facts);
      if (!wrong.empty()) return "reservation " + std::to_string(row.id) + " " + wrong;
    }
    return {};
  }

 private:
  static std::string judge(const reservation& row, const run_facts& facts) {
    const auto times = [&row](const char* step) {
      const auto& all = row.timeline;
      return std::count_if(all.begin(), all.end(), [&](const auto& e) { return e.step == step; });
    };
    if (times("recorded") != 1) return "was not written down once by its timeline";
    const bool sold =
        row.state == reservation_state::confirmed || row.state == reservation_state::cancelled;
    if (times("confirmed") != (sold ? 1 : 0)) return state_of(row) + "confirmed by its timeline";
    if (times("failed") != (row.state == reservation_state::failed ? 1 : 0))
      return state_of(row) + "failed by its timeline";
    if (times("cancelled") != (row.state == reservation_state::cancelled ? 1 : 0))
      return state_of(row) + "cancelled by its timeline";
    // What a link doubles is written twice: appending has no name of its own.
    return facts.duplicated ? std::string{} : told_twice(row);
  }

  static std::string state_of(const reservation& row) {
    return std::string{"is "} + taquilla::to_string(row.state) + " and not, or not once, ";
  }

  /// Two attempts have different numbers.
  static std::string told_twice(const reservation& row) {
    std::set<std::tuple<wall_ms, std::string>> attempts;
    for (const auto& e : row.timeline)
      if (e.step == "payment_attempt" && !attempts.emplace(e.at, e.detail).second)
        return "tells twice of " + e.step + " " + e.detail;
    return {};
  }
};

}  // namespace

std::unique_ptr<oracle> make_timelines() { return std::make_unique<timeline_is_true>(); }

}  // namespace taquilla::simulation
