// Promise 6, for the breaker, and the supervisor's own: judged from what is said, at the moment it
// is said. The desk announces each change of its breaker to the event feed before it lets anybody
// act on it, so the order of sending is the order of truth. A purchase that was spawned while the
// breaker was open must not ask INVENTORY; one era of half-open has one probe; only a probe's good
// answer closes the breaker.
#include "actors/protocol.hpp"
#include "policies/restart_intensity.hpp"
#include "simulation/oracles/promises.hpp"

#include <caf/all.hpp>

#include <deque>
#include <map>

namespace taquilla::simulation {

namespace {

/// What `from` tells the event feed. The feed's door passes it on in the same name: it counts once.
const happened* news(const sending_view& view, const char* from) {
  if (view.sender != from || view.receiver != "door") return nullptr;
  if (!view.element.content().match_elements<happened>()) return nullptr;
  return &view.element.content().get_as<happened>(0);
}

class breaker_holds final : public oracle {
 public:
  const char* name() const override { return "breaker-holds"; }

  void on_process_start(virtual_ns) override { *this = breaker_holds{}; }

  std::string on_spawned(const std::string& role, std::uint32_t incarnation, virtual_ns) override {
    if (role == "reservation") born_in_[incarnation] = {state_, era_};
    if (role == "reservation_desk") enter("closed");  // a new desk has a new breaker
    return {};
  }

  std::string on_sending(const sending_view& view) override {
    if (const auto* what = news(view, "reservation_desk"))
      return what->kind.rfind("breaker.", 0) == 0 ? announced(what->kind.substr(8)) : std::string{};
    if (view.sender != "reservation") return {};
    // The door passes the same message on in the same sender's name: it counts once.
    if (view.receiver == "door" && view.element.content().match_elements<hold_seat>())
      return asked(view.sender_incarnation);
    if (view.element.content().match_elements<inventory_heard>())
      heard(view.sender_incarnation, view.element.content().get_as<inventory_heard>(0));
    return {};
  }

 private:
  struct birth {
    std::string state;
    int era = 0;
  };

  void enter(const std::string& state) {
    state_ = state;
    ++era_;
    probes_ = 0;
    probe_well_ = false;
  }

  std::string announced(const std::string& state) {
    bool unearned = state_ == "half_open" && state == "closed" && !probe_well_;
    enter(state);
    return unearned ? "the breaker closed and no probe had come back well" : std::string{};
  }

  std::string asked(std::uint32_t incarnation) {
    const auto& birth = born_in_[incarnation];
    if (birth.state == "open")
      return "a purchase asked INVENTORY that was let in while the breaker was open";
    if (birth.state != "half_open" || birth.era != era_) return {};
    if (++probes_ > 1) return "two probes were let in while the breaker was half-open";
    return {};
  }

  void heard(std::uint32_t incarnation, const inventory_heard& what) {
    const auto& birth = born_in_[incarnation];
    if (birth.state == "half_open" && birth.era == era_ && what.outcome == breaker_outcome::success)
      probe_well_ = true;
  }

  std::string state_ = "closed";
  int era_ = 0;
  int probes_ = 0;
  bool probe_well_ = false;
  std::map<std::uint32_t, birth> born_in_;
};

/// Counts what the SUPERVISOR says of deaths and restarts, per child, by the rule of
/// restart_intensity.
class restarts_bounded final : public oracle {
 public:
  const char* name() const override { return "restarts-bounded"; }

  void on_process_start(virtual_ns) override { restarts_.clear(); }

  std::string on_sending(const sending_view& view) override {
    const auto* what = news(view, "supervisor");
    if (!what) return {};
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
  std::map<std::string, std::deque<virtual_ns>> restarts_;
};

}  // namespace

std::unique_ptr<oracle> make_breaker() { return std::make_unique<breaker_holds>(); }
std::unique_ptr<oracle> make_restarts() { return std::make_unique<restarts_bounded>(); }

}  // namespace taquilla::simulation
