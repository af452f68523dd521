// Promise of the supervisor: no more restarts in a period than restart_intensity allows, judged
// from what it tells the event feed.
#include "policies/restart_intensity.hpp"
#include "simulation/oracles/news.hpp"
#include "simulation/oracles/promises.hpp"

#include <deque>
#include <map>

namespace taquilla::simulation {

namespace {

/// Counts what the SUPERVISOR says of deaths and restarts, per child, by the rule of
/// restart_intensity.
class supervision_holds final : public oracle {
 public:
  const char* name() const override { return "supervision-holds"; }

  void on_process_start(virtual_ns) override { *this = supervision_holds{}; }

  std::string on_sending(const sending_view& view) override {
    const auto& content = view.element.content();
    if (view.sender == "supervisor" && view.is<service_healed>() &&
        content.get_as<service_healed>(0).service == untold_)
      untold_.clear();
    const auto* what = news(view, "supervisor");
    if (!what) return {};
    if (!untold_.empty()) return "nobody was told that " + untold_ + " is back";
    if (what->kind == "actor.up" && is_waited_for(what->subject)) untold_ = what->subject;
    auto& times = restarts_[what->subject];
    if (what->kind == "actor.down" || what->kind == "actor.forgiven") times.clear();  // by order
    if (what->kind != "actor.restarting") return {};
    const restart_intensity_config rule;
    times.push_back(view.now);
    while (view.now - times.front() > rule.period_ms * 1'000'000) times.pop_front();
    if (times.size() <= static_cast<std::size_t>(rule.restarts) + 1) return {};
    return what->subject + " was restarted " + std::to_string(times.size()) + " times within " +
           std::to_string(rule.period_ms) + " ms";
  }

 private:
  /// Somebody has a breaker, a budget or a back-off that ends when it is back.
  static bool is_waited_for(const std::string& child) {
    return child == "inventory" || child == "payment" || child == "notification";
  }

  std::map<std::string, std::deque<virtual_ns>> restarts_;
  std::string untold_;  ///< it is up, and the next thing to say is that it is
};

}  // namespace

std::unique_ptr<oracle> make_restarts() { return std::make_unique<supervision_holds>(); }

}  // namespace taquilla::simulation
