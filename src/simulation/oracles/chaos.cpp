// Promise of chaos: what was ordered is shown, to all whom it was ordered for, as often and as long
// as ordered, and then no more; and when it is over, that is told. Judged by a second reading of
// the rules (ordered_chaos.hpp).
//
// Requests: what every rule may hit (holds, charges, mails), from the moment at which the door has
// heard of a rule. What it says of each and does with it is as foreseen; and meanwhile nothing goes
// past the door.
// And what ends a hold stays behind it at the door, what waits there for a delay is let go when all
// orders are ended, and a decline is for new charges alone.
// Who asks what is ordered is shown that, how often it has touched somebody, and when last.
// Crashes: who was ordered to be down stays down until the order is over by time or by count, or
// somebody says recover; and is started then.
//
// Where two rules meet, or one is just ending, it keeps silent.
#include "actors/door.hpp"
#include "simulation/oracles/news.hpp"
#include "simulation/oracles/ordered_chaos.hpp"
#include "simulation/oracles/promises.hpp"
#include "simulation/world/plan.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace taquilla::simulation {

namespace {

constexpr virtual_ns ms = 1'000'000;
/// Supervisors count whole milliseconds.
constexpr virtual_ns rounding = 2 * ms;
/// When a crash is over by count the supervisor asks the door about it, and again if need be.
constexpr virtual_ns rising_limit = 5'000 * ms;
/// A door has timers of its own, which nothing holds up but the disk.
constexpr virtual_ns telling_limit = 1'000 * ms;

/// "" for what not every rule may hit.
template <class View>
const char* service_of(const View& view) {
  if (view.template is<hold_seat>()) return "inventory";
  if (view.template is<charge_card>()) return "payment";
  return view.template is<send_mail>() ? "notification" : "";
}

/// Holds and what ends them, by their tokens: where a hold came first it goes in first.
class waiting_line {
 public:
  void at_door(const caf::type_erased_tuple& what) {
    if (what.match_elements<hold_seat>()) {
      const auto token = what.get_as<hold_seat>(0).token;
      came_.insert(token);
      behind_.erase(token);  // not behind this copy
      gone_.erase(token);
    } else if (came_.count(ended_by(what)) > 0) {
      behind_.insert(ended_by(what));
    }
  }

  /// What goes in: whether it is a hold, and what came behind it is in already.
  bool overtaken_by(const caf::type_erased_tuple& what) {
    if (what.match_elements<hold_seat>()) return gone_.count(what.get_as<hold_seat>(0).token) > 0;
    if (behind_.count(ended_by(what)) > 0) gone_.insert(ended_by(what));
    return false;
  }

 private:
  /// 0: it ends no hold.
  static std::uint64_t ended_by(const caf::type_erased_tuple& what) {
    if (what.match_elements<release_seat>()) return what.get_as<release_seat>(0).token;
    return what.match_elements<sell_seat>() ? what.get_as<sell_seat>(0).token : 0;
  }

  std::set<std::uint64_t> came_, behind_, gone_;
};

class chaos_as_ordered final : public oracle {
 public:
  /// @param punctual the supervisor acts when its own timers say so.
  /// @param doors_punctual so does a door.
  chaos_as_ordered(bool punctual, bool doors_punctual)
      : punctual_(punctual), doors_punctual_(doors_punctual) {}
  const char* name() const override { return "chaos-as-ordered"; }

  void on_process_start(virtual_ns) override {
    *this = chaos_as_ordered{punctual_, doors_punctual_};
  }

  void on_delivery(const delivery_view& view) override {
    if (at_door_) leave_door(*std::exchange(at_door_, std::nullopt));
    if (!std::exchange(to_go_, {}).empty())
      accuse("what waited at a door for a delay went on waiting when all orders were ended");
    if (view.element == nullptr) return;
    if (view.receiver == "door") return at_door(view);
    if (view.receiver == "supervisor") at_supervisor(view);
  }

  std::string on_sending(const sending_view& view) override {
    if (view.sender == "door" || view.sender == "supervisor") said(view);
    if (view.sender == "door" && view.is<chaos_report>())
      accuse(misreported(doors_[view.sender_incarnation].rules,
                         view.element.content().get_as<chaos_report>(0), view.now));
    if (!waiting_.empty() || !to_go_.empty()) let_go(view);
    if (view.receiver == "inventory" && any_rules_ && line_.overtaken_by(view.element.content()))
      accuse("what ends a hold overtook it at the door");
    if (at_door_)
      in_passage(view);
    else if (any_rules_)
      past_door(view);
    if (!crashes_.empty()) overdue(view.now);
    if (any_rules_) untold(view.now);
    return wrong_.empty() ? std::string{} : std::exchange(wrong_, {});
  }

  void on_ended(const std::string& role, std::uint32_t incarnation) override {
    ended_.emplace(role, incarnation);
  }

  std::string at_end(const plan&, const history&, const final_state&, const run_facts&) override {
    return wrong_;
  }

 private:
  struct door {
    std::string service;         ///< empty until a rule or a request has told
    std::vector<ordered> rules;  ///< at most one of a kind, the oldest first
  };
  struct crash {
    virtual_ns until = never;
    virtual_ns used_up_at = never;
  };

  void accuse(std::string what) {
    if (wrong_.empty()) wrong_ = std::move(what);
  }

  // -- requests ----------------------------------------------------------------------------------

  void said(const sending_view& view) {
    if (const auto* news_of_door = news(view, "door")) touched(*news_of_door, view.now);
    if (const auto* news_of_all = news(view, "supervisor")) started(*news_of_all, view.now);
    const bool by_door = view.sender == "door";
    if (by_door ? view.receiver == "supervisor" : view.receiver == "door") ++under_way_;
  }

  void at_door(const delivery_view& view) {
    if (view.sender == "supervisor") arrived(view.now);
    auto& here = doors_[view.incarnation];
    charges_ = view.is<charge_card>();
    if (view.is<end_rules>()) end_all(view.incarnation);
    if (view.is<set_rule>()) obey(here, view.element->content().get_as<set_rule>(0).what, view.now);
    if (view.sender == "reservation" || view.sender.empty()) line_.at_door(view.element->content());
    const std::string service = service_of(view);
    if (service.empty()) return;
    here.service = service;
    at_door_.emplace();
    at_door_->service = service;
    at_door_->request = "the " + view.type + " of " + static_cast<const std::string&>(view.sender) +
                        "#" + std::to_string(view.sender_incarnation);
    at_door_->door = view.incarnation;
    at_door_->from = {view.sender, view.sender_incarnation,
                      view.element->mid.request_id().integer_value()};
    at_door_->asked = view.element->mid.is_request() && !has_ended(view);
    foresee(here.rules, view.now, *at_door_);
  }

  void leave_door(const passage& p) {
    accuse(judged(p));
    if (p.decisive == "slow" && p.asked && !p.handed_over) waiting_[p.door].insert(p.from);
  }

  void end_all(std::uint32_t door) {
    doors_[door].rules.clear();
    const auto held = waiting_.find(door);
    if (held == waiting_.end()) return;
    for (const auto& each : held->second)
      if (ended_.count({std::get<0>(each), std::get<1>(each)}) == 0) to_go_.insert(each);
    waiting_.erase(held);
  }

  /// Handed over, or refused because the service is down.
  void let_go(const sending_view& view) {
    const auto id = view.element.mid.request_id().integer_value();
    const question which = view.passed_on ? question{view.sender, view.sender_incarnation, id}
                                          : question{view.receiver, view.receiver_incarnation, id};
    if (!view.passed_on && view.sender != "door") return;
    to_go_.erase(which);
    for (auto& [door, held] : waiting_) held.erase(which);
  }

  bool has_ended(const delivery_view& view) const {
    return ended_.count({view.sender, view.sender_incarnation}) > 0;
  }

  void obey(door& here, const set_chaos& what, virtual_ns now) {
    here.service = what.service;
    auto& rules = here.rules;
    rules.erase(std::remove_if(rules.begin(), rules.end(),
                               [&](const auto& old) { return old.kind == what.kind; }),
                rules.end());
    rules.push_back(ordered_by(what, now));
    any_rules_ = true;
    const auto down = crashes_.find(what.service);
    if (what.kind == "crash" && down != crashes_.end()) down->second.used_up_at = never;
  }

  door* door_of(const std::string& service) {
    for (auto& [number, each] : doors_)
      if (each.service == service) return &each;
    return nullptr;
  }

  void touched(const happened& said, virtual_ns now) {
    const auto kind = said.detail.substr(0, said.detail.find(':'));
    if (said.kind == "fault.ended") ended(said.service, kind);
    if (said.kind != "fault.touched") return;
    if (at_door_) at_door_->touch.insert(kind);
    if (kind == "decline" && !charges_) accuse("a decline touched what was no new charge");
    auto* here = door_of(said.service);
    const auto none = [&] {
      accuse(kind + " touched a request to " + said.service + ", and was over");
    };
    if (here == nullptr) return none();
    const auto rule = std::find_if(here->rules.begin(), here->rules.end(),
                                   [&](const auto& r) { return r.kind == kind; });
    if (rule == here->rules.end() || rule->surely_over(now)) return none();
    ++rule->touched;
    rule->touched_at = now;
    const auto down = crashes_.find(said.service);
    if (kind == "crash" && rule->used_up() && down != crashes_.end()) down->second.used_up_at = now;
  }

  void ended(const std::string& service, const std::string& kind) {
    auto* here = door_of(service);
    if (here == nullptr) return;
    for (auto& rule : here->rules)
      if (rule.kind == kind) rule.ended = true;
  }

  /// Also where nobody comes by.
  void untold(virtual_ns now) {
    if (!doors_punctual_) return;
    for (const auto& [number, here] : doors_)
      for (const auto& rule : here.rules)
        if (!rule.ended && rule.until != never && now > rule.until + telling_limit)
          accuse("the end of " + rule.kind + " at " + here.service + " was told to nobody");
  }

  /// While a door is at it.
  void in_passage(const sending_view& view) {
    const std::string& to = view.receiver;
    if (to == at_door_->service && service_of(view) == at_door_->service)
      at_door_->handed_over = true;
    if (view.sender == "door" && view.element.content().match_elements<caf::error>())
      at_door_->refused = true;
  }

  void past_door(const sending_view& view) {
    const std::string service = service_of(view);
    const std::string& to = view.receiver;
    if (service.empty() || to != service || view.passed_on || view.sender == "door") return;
    const auto* here = door_of(service);
    if (here == nullptr) return;
    for (const auto& r : here->rules)
      if (r.surely_on(view.now))
        accuse("a request went past the door of " + service + ", and " + r.kind + " was ordered");
  }

  // -- crashes -----------------------------------------------------------------------------------

  void at_supervisor(const delivery_view& view) {
    if (view.sender == "door") arrived(view.now);
    if (view.is<set_chaos>()) obey(view.element->content().get_as<set_chaos>(0), view.now);
    stopping_ = stopping_ || view.is<stop_children>();
  }

  void obey(const set_chaos& order, virtual_ns now) {
    if (stopping_) return;
    if (order.kind == "recover") crashes_.erase(order.service);
    if (order.kind == "crash") crashes_[order.service] = {ordered_by(order, now).until, never};
  }

  void started(const happened& said, virtual_ns now) {
    const auto down = crashes_.find(said.subject);
    if (down == crashes_.end()) return;
    if (said.kind != "actor.restarting" && said.kind != "actor.starting") return;
    const bool over = now + rounding >= down->second.until || down->second.used_up_at != never;
    if (!over) accuse(said.subject + " was started, and its crash had been ordered to last");
    crashes_.erase(down);
  }

  void overdue(virtual_ns now) {
    if (!punctual_ || stopping_) return;
    for (const auto& [service, down] : crashes_) {
      const bool by_time = down.until != never && now > down.until + rising_limit;
      const bool by_count = down.used_up_at != never && under_way_ == 0 &&
                            now > std::max(down.used_up_at, last_heard_) + rising_limit;
      if (by_time || by_count) accuse(service + " stayed down after its crash was over");
    }
  }

  /// A message between the supervisor and a door.
  void arrived(virtual_ns now) {
    --under_way_;
    last_heard_ = now;
  }

  bool punctual_, doors_punctual_;
  std::map<std::uint32_t, door> doors_;   ///< by incarnation
  std::map<std::string, crash> crashes_;  ///< ordered and not over, by service
  std::set<std::pair<std::string, std::uint32_t>> ended_;
  std::optional<passage> at_door_;
  waiting_line line_;
  std::map<std::uint32_t, std::set<question>> waiting_;  ///< for a delay alone, at each door
  std::set<question> to_go_;    ///< no order is left that could hold them back
  bool charges_ = false;        ///< a door is at a new charge
  std::int64_t under_way_ = 0;  ///< messages between supervisor and doors
  virtual_ns last_heard_ = 0;   ///< when the last of them arrived
  bool any_rules_ = false;
  bool stopping_ = false;
  std::string wrong_;
};

}  // namespace

std::unique_ptr<oracle> make_chaos(const plan& p) {
  return std::make_unique<chaos_as_ordered>(is_punctual(p, "supervisor"), is_punctual(p, "door"));
}

}  // namespace taquilla::simulation
