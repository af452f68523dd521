// Promise of the supervisor: no more restarts in a period than restart_intensity allows, none
// before its back-off is over, nobody given up sooner or for longer, all who are ordered to recover
// started at once, and nobody while all stop; who does not leave then is killed; a recovery is
// answered when it has been told. Judged from what it tells the event feed.
#include "actors/options.hpp"
#include "policies/backoff.hpp"
#include "policies/restart_intensity.hpp"
#include "simulation/cases/spans.hpp"
#include "simulation/oracles/news.hpp"
#include "simulation/oracles/promises.hpp"
#include "simulation/world/plan.hpp"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace taquilla::simulation {

namespace {

/// Counts what the SUPERVISOR says of deaths and restarts, per child, by the rule of
/// restart_intensity.
class supervision_holds final : public oracle {
 public:
  /// @param punctual the supervisor acts when its own timers say so.
  supervision_holds(bool punctual, std::int64_t restarts) : punctual_(punctual) {
    rule_.restarts = static_cast<int>(restarts);
  }

  const char* name() const override { return "supervision-holds"; }

  void on_process_start(virtual_ns) override {
    *this = supervision_holds{punctual_, rule_.restarts};
  }

  void on_ended(const std::string& role, std::uint32_t) override {
    if (role == leaving_) leaving_.clear();
  }

  /// Who is ordered to recover and does not live is started at once.
  void on_delivery(const delivery_view& view) override {
    if (!due_start_.empty()) left_down_ = std::exchange(due_start_, {});
    if (view.receiver != "supervisor" || !view.is<set_chaos>() || stopping_) return;
    const auto& order = view.element->content().get_as<set_chaos>(0);
    if (order.kind == "recover") recovering_[question_of(view)] = order.service;
    const auto state = states_.find(order.service);
    if (order.kind != "recover" || state == states_.end()) return;
    for (const char* dead : {"actor.gave_up", "actor.restarting", "actor.down"})
      if (state->second == dead) due_start_ = order.service;
  }

  std::string on_sending(const sending_view& view) override {
    now_ = view.now;
    if (!left_down_.empty()) return left_down_ + " was ordered to recover, and was not started";
    const auto& content = view.element.content();
    if (auto wrong = left_for_good(); !wrong.empty()) return wrong;
    if (auto wrong = spared(view); !wrong.empty()) return wrong;
    if (view.sender == "supervisor" && view.is<service_healed>())
      if (auto wrong = told(content.get_as<service_healed>(0).service, view); !wrong.empty())
        return wrong;
    if (view.sender == "supervisor" && view.is<health_report>())
      return untrue(content.get_as<health_report>(0));
    if (view.sender == "supervisor" && view.is<chaos_report>() && is_too_quick(view))
      return "a recovery was answered before all who wait for the service had heard of it";
    const auto* what = news(view, "supervisor");
    if (!what) return {};
    if (what->kind != "actor.forgiven") states_[what->subject] = what->kind;
    // It ends meanwhile: nothing is healed yet.
    const bool rises = what->kind == "actor.starting" || what->kind == "actor.up";
    if (!rises && what->kind != "actor.forgiven") recovered(what->subject);
    untold_.erase(what->subject);
    if (what->kind == "actor.starting" && stopping_)
      return what->subject + " was started while all were being stopped";
    if (what->kind == "actor.starting" && what->subject == due_start_) due_start_.clear();
    if (auto wrong = too_soon(*what); !wrong.empty()) return wrong;
    if (what->kind == "actor.starting" && is_too_early(what->subject))
      return what->subject + " was given up and tried again before its period was over";
    gave_up_.erase(what->subject);
    if (what->detail.rfind("died", 0) == 0) deaths_[what->subject].push_back(view.now);
    stopping_ = stopping_ || what->kind == "actor.stopping";
    leaving_ = what->kind == "actor.stopping" ? what->subject : std::string{};
    leaves_by_ = now_ + supervisor_options{}.stop_grace_ms * 1'000'000;
    if (what->kind == "actor.gave_up") {
      gave_up_[what->subject] = view.now;
      if (is_patient(what->subject))
        return what->subject + " was given up, and had not died too often";
    }
    if (what->kind == "actor.up" && waiting_for(what->subject) > 0) {
      untold_[what->subject] = view.now;
      told_[what->subject].clear();
    }
    auto& times = restarts_[what->subject];
    if (what->kind == "actor.down" || what->kind == "actor.forgiven") {  // by order
      times.clear();
      deaths_[what->subject].clear();
    }
    if (what->kind != "actor.restarting") return {};
    if (what->detail.rfind("died", 0) != 0) return {};  // a crash that was ordered is over
    times.push_back(view.now);
    while (view.now - times.front() > rule_.period_ms * 1'000'000) times.pop_front();
    if (times.size() <= static_cast<std::size_t>(rule_.restarts)) return {};
    return what->subject + " was restarted " + std::to_string(times.size()) + " times within " +
           print_span(rule_.period_ms, span_unit::ms) + ", and may be " +
           std::to_string(rule_.restarts) + " times";
  }

  std::string at_end(const plan&, const history&, const final_state&,
                     const run_facts& facts) override {
    if (!facts.came_to_rest) return {};
    for (const auto& [child, since] : untold_)
      if (now_ - since > telling_limit)
        return "not all who wait for " + child + " were told that it is back";
    return {};
  }

 private:
  /// A restart waits for as long as the deaths before it say; who was forgiven starts at once.
  std::string too_soon(const happened& what) {
    const auto& child = what.subject;
    if (what.kind == "actor.starting") {
      const auto due = due_.find(child);
      const bool early = due != due_.end() && now_ + rounding < due->second;
      due_.erase(child);
      if (early) return child + " was restarted before its back-off was over";
    }
    if (what.kind == "actor.forgiven") due_.erase(child);
    if (what.kind != "actor.restarting") return {};
    constexpr int first = 6;  // of "died (2 in the period): ..."
    const auto deaths = what.detail.rfind("died (", 0) == 0 ? std::atoi(&what.detail[first]) : 0;
    const auto wait_ms =
        deaths < 2 ? 0 : backoff_ceiling(rule_.backoff_base_ms, rule_.backoff_cap_ms, deaths - 2);
    due_[child] = now_ + wait_ms * 1'000'000;
    return {};
  }

  /// What it says of its children is what it told the feed, and it is ready only with these two.
  std::string untrue(const health_report& told) const {
    bool ready = !stopping_;
    std::string missing = "it stops";
    for (const auto& child : told.children) {
      const auto state = states_.find(child.name);
      if (state != states_.end() && state->second != "actor." + child.state)
        return child.name + " is said to be " + child.state + " after " + state->second;
      const bool essential = child.name == "store" || child.name == "reservation_desk";
      if (!essential || child.state == "up") continue;
      ready = false;
      missing = child.name + " is " + child.state;
    }
    if (ready == told.ready) return {};
    return ready ? "the house is said not to be ready although desk and store are up"
                 : "the house is said to be ready although " + missing;
  }

  /// Who is told to leave has a time for it; a house that waits for one that hangs never stops.
  std::string spared(const sending_view& view) {
    if (view.sender == "supervisor" && view.element.content().match_elements<caf::exit_msg>() &&
        view.element.content().get_as<caf::exit_msg>(0).reason == caf::exit_reason::kill)
      leaving_.clear();
    if (!punctual_ || leaving_.empty() || now_ < leaves_by_ + rounding) return {};
    return leaving_ + " did not leave when all were stopped, and was not killed";
  }

  /// How many have a breaker, a budget or a back-off that ends when it is back: the desk; for
  /// PAYMENT the desk and SETTLEMENT; for NOTIFICATION the MAIL RELAY.
  static std::size_t waiting_for(const std::string& child) {
    if (child == "payment") return 2;
    return child == "inventory" || child == "notification" ? 1 : 0;
  }

  /// Who asked, and which of his questions it is.
  using question = std::tuple<std::string, std::uint32_t, std::uint64_t>;
  static question question_of(const delivery_view& view) {
    return {view.sender, view.sender_incarnation, view.element->mid.request_id().integer_value()};
  }

  /// Whoever is answered may buy at once, and must not meet a breaker that knows nothing of it.
  bool is_too_quick(const sending_view& answer) {
    const auto asked = recovering_.find({answer.receiver, answer.receiver_incarnation,
                                         answer.element.mid.request_id().integer_value()});
    if (asked == recovering_.end()) return false;
    const bool quick = waiting_for(asked->second) > 0;
    recovering_.erase(asked);
    return quick;
  }

  void recovered(const std::string& child) {
    for (auto i = recovering_.begin(); i != recovering_.end();)
      i = i->second == child ? recovering_.erase(i) : std::next(i);
  }

  /// Each through his own door, or straight.
  std::string told(const std::string& child, const sending_view& view) {
    const auto& state = states_[child];
    if (state != "actor.up" && !view.passed_on)
      return "all were told that " + child + " is back, after " + state;
    recovered(child);
    auto& all = told_[child];
    all.insert(std::string{view.receiver} + "#" + std::to_string(view.receiver_incarnation));
    if (all.size() >= waiting_for(child)) untold_.erase(child);
    return {};
  }

  /// Giving up is for a period, not for ever; but who stops starts nobody.
  std::string left_for_good() const {
    if (stopping_ || !punctual_) return {};
    const auto period = rule_.period_ms * 1'000'000;
    for (const auto& [child, since] : gave_up_)
      if (now_ - since > period + rounding) return child + " was given up and never tried again";
    return {};
  }

  /// Whether a restart was still granted: no more deaths within the period than restarts.
  bool is_patient(const std::string& child) const {
    const auto& deaths = deaths_.at(child);
    const auto since = now_ - rule_.period_ms * 1'000'000 - rounding;
    const auto recent = std::count_if(deaths.begin(), deaths.end(),
                                      [&](virtual_ns death) { return death >= since; });
    return recent <= rule_.restarts;
  }

  /// The first instant at which a death would be answered by a restart again.
  bool is_too_early(const std::string& child) {
    const auto& deaths = deaths_[child];
    const auto restarts = static_cast<std::size_t>(rule_.restarts);
    if (gave_up_.count(child) == 0 || deaths.size() < restarts) return false;
    return now_ + rounding < deaths[deaths.size() - restarts] + rule_.period_ms * 1'000'000;
  }

  bool punctual_;
  restart_intensity_config rule_;
  std::map<std::string, std::string> states_;  ///< the last news of each child
  std::map<std::string, std::deque<virtual_ns>> restarts_;
  std::map<std::string, std::vector<virtual_ns>> deaths_;  ///< since it was last forgiven
  std::map<std::string, virtual_ns> gave_up_;  ///< since when nobody tries to restart it
  static constexpr virtual_ns rounding = 2'000'000;
  /// Its door has to answer first, and a run may end meanwhile.
  static constexpr virtual_ns telling_limit = 5'000'000'000;

  std::map<question, std::string> recovering_;  ///< orders, until somebody hears of the healing
  std::map<std::string, virtual_ns> untold_;    ///< who is up since when, and not all were told yet
  std::map<std::string, std::set<std::string>> told_;  ///< who were, since then
  std::string due_start_;                              ///< who must be started in this step
  std::string left_down_;                              ///< and was not
  std::map<std::string, virtual_ns> due_;              ///< before which nobody restarts it
  std::string leaving_;                                ///< who was told to leave, and lives
  virtual_ns leaves_by_ = 0;                           ///< or is killed
  virtual_ns now_ = 0;
  bool stopping_ = false;  ///< this process
};

}  // namespace

std::unique_ptr<oracle> make_restarts(const plan& p) {
  return std::make_unique<supervision_holds>(is_punctual(p, "supervisor"), p.numbers.restarts);
}

}  // namespace taquilla::simulation
