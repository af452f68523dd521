#include "actors/door.hpp"

#include "actors/chaos_order.hpp"
#include "actors/doorway.hpp"
#include "actors/errors.hpp"
#include "domain/planted.hpp"
#include "policies/chaos.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <utility>

namespace taquilla {

namespace {

/// A message on its way through the door, with the promise to answer it.
struct held_back {
  caf::message what;
  caf::response_promise promise;
  bool lossy = false;
  std::string refusal;  ///< kind of the fault that decides the answer; empty: pass it on
};

class door_state {
 public:
  static inline const char* name = "door";
  using pointer = caf::stateful_actor<door_state>*;
  explicit door_state(pointer self) : self_(self) {}

  caf::behavior start(door_options options, wall_clock wall, event_feed_actor feed,
                      std::shared_ptr<threshold> shared) {
    options_ = std::move(options);
    wall_ = wall;
    feed_ = std::move(feed);
    threshold_ = std::move(shared);
    rules_ = chaos{options_.seed};
    self_->set_default_handler([this](caf::scheduled_actor*, caf::message_view& view) {
      auto answer = pass(view.move_content_to_message());
      threshold_->passed();
      clear_the_way();
      return answer;
    });
    return {[this](const open_door& open) { open_to(open.child); },
            [this](const close_door&) { close(); },
            [this](const know_supervisor& know) { supervisor_ = know.supervisor; },
            [this](const set_rule& rule) { return set(rule.what); },
            [this](const end_rules&) { end_all(); },
            [this](const show_rules&) { return report(); },
            [this](const look_again&) { wait_is_over(); }};
  }

 private:
  void open_to(const caf::actor& child) {
    child_ = child;
    child_->attach_functor([shared = threshold_, id = child.id()] { shared->has_ended(id); });
    if (is_served()) say_what_was_missed();  // else it is the next one's
    clear_the_way();
  }

  void say_what_was_missed() {
    if (std::exchange(knocked_, false)) self_->send(child_, something_due{});
    // Without a sender: an answer would come back here as a message to pass on.
    for (auto& what : std::exchange(missed_, {})) caf::anon_send(child_, std::move(what));
  }

  void close() {
    child_ = nullptr;
    clear_the_way();
  }

  /// Not by one that has died already, before we are told: what it is sent is lost.
  bool is_served() const { return child_ && !threshold_->is_over(child_.id()); }

  /// Messages go past us as long as we would only pass them on.
  void clear_the_way() {
    const bool in_the_way =
        options_.find_victim && (rules_.any_active(now_ms(self_)) || !waiting_.empty());
    threshold_->let_through(in_the_way ? nullptr : child_);
  }

  caf::result<caf::message> pass(caf::message what) {
    held_back held{std::move(what), self_->make_response_promise(), false, {}};
    auto promise = held.promise;
    const auto now = now_ms(self_);
    if (options_.find_victim && (rules_.any_active(now) || !waiting_.empty())) {
      const auto found = options_.find_victim(held.what);  // before the message is moved away
      disturb(now, found, std::move(held));
      watch_rules();  // one may have touched its last
    } else {
      deliver(held);
    }
    return promise;
  }

  void disturb(instant_ms now, const victim& found, held_back held) {
    if (!found.may_be_delayed && !found.may_be_hit) return deliver(held);
    const auto verdict = found.may_be_hit
                             ? rules_.decide(now, found.key, found.attempt, found.immune)
                             : chaos_verdict{delay_of_followers(now), 0, {}, 0};
    const auto asker = held.promise.source();
    if (verdict.delay_id != 0) tell(asker, found, verdict.delay_id, chaos_kind::slow);
    if (verdict.fault) {
      tell(asker, found, verdict.fault_id, *verdict.fault);
      crash_may_be_over(now, verdict);
      if (is_silent(*verdict.fault)) return;  // the promise dies undelivered
      if (*verdict.fault == chaos_kind::panic && child_)
        self_->send_exit(child_, to_caf({errc::fault_injected, "injected panic", 0}));
      held.lossy = *verdict.fault == chaos_kind::lossy;
      if (!held.lossy) held.refusal = to_string(*verdict.fault);
    }
    const bool free_to_go = found.may_be_hit || waiting_.empty();
    if (verdict.delay_ms == 0 && free_to_go) return deliver(held);
    if (waiting_.size() >= options_.held_back_max) let_first_go();
    waiting_.emplace(later(now, verdict.delay_ms), std::move(held));
    wake_at(waiting_.begin()->first);
  }

  static bool is_silent(chaos_kind kind) {
    if (planted::is(planted::bug::work_lost_too) && kind == chaos_kind::lossy) return true;
    return kind == chaos_kind::stall;
  }

  /// What ends a hold must not overtake the hold, nor its own like: it waits as long as `slow` lets
  /// the others wait, and until all that waits already has gone, even when the rule has ended.
  duration_ms delay_of_followers(instant_ms now) const {
    auto delay = waiting_.empty() ? 0 : std::max<duration_ms>(0, waiting_.rbegin()->first - now);
    for (const auto& rule : rules_.view(now))
      if (rule.kind == chaos_kind::slow && rule.state == chaos_rule_state::active)
        delay = std::max(delay, rule.options.delay_ms);
    return delay;
  }

  /// Whoever ends the faults ends what they have begun: nothing waits for a rule that is gone.
  void end_all() {
    rules_.clear(now_ms(self_));
    watch_rules();
    while (!waiting_.empty()) let_first_go();
    clear_the_way();
  }

  void let_first_go() {
    auto held = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    deliver(held);
  }

  void wait_is_over() {
    const auto now = now_ms(self_);
    if (now < timer_at_) return;  // an earlier timer has overtaken it
    timer_at_ = instant_never;
    while (!waiting_.empty() && waiting_.begin()->first <= now) let_first_go();
    if (!waiting_.empty()) wake_at(waiting_.begin()->first);
    watch_rules();
    clear_the_way();
  }

  void wake_at(instant_ms when) {
    if (timer_at_ <= when) return;
    timer_at_ = when;
    self_->delayed_send(self_, std::chrono::milliseconds{when - now_ms(self_)}, look_again{});
  }

  void deliver(held_back& held) {
    if (!held.refusal.empty()) return refuse(held, refusal_of(held.refusal));
    if (!is_served()) {
      remember(held.what);
      return refuse(held, {options_.unavailable, options_.service + " is down", 1000});
    }
    if (!held.lossy) {
      held.promise.delegate(child_, std::move(held.what));
      return;
    }
    const auto ignore = [](const caf::error&) {};  // the work is done; the reply is lost by order
    self_
        ->request(child_, std::chrono::milliseconds{options_.lost_work_patience_ms},
                  std::move(held.what))
        .then([] {}, ignore);
  }

  /// What nobody says twice is said to the next incarnation: it may have read the store before the
  /// commit that the message tells of.
  void remember(const caf::message& what) {
    knocked_ = knocked_ || what.match_elements<something_due>();
    if (!options_.find_victim) return;
    const auto found = options_.find_victim(what);
    if (!found.may_be_delayed || found.may_be_hit) return;
    if (missed_.size() >= options_.missed_max) missed_.pop_front();
    missed_.push_back(what);
  }

  static void refuse(held_back& held, const error& why) {
    // An error for a message that is no request would kill its sender.
    if (!held.promise.async()) held.promise.deliver(to_caf(why));
  }

  error refusal_of(const std::string& kind) const {
    auto code = errc::fault_injected;
    if (kind == to_string(chaos_kind::decline)) code = errc::payment_declined;
    if (kind == to_string(chaos_kind::bounce)) code = errc::mail_bounced;
    if (kind == to_string(chaos_kind::crash) || kind == to_string(chaos_kind::panic))
      code = options_.unavailable;
    return {code, options_.service + ": injected " + kind, 0};
  }

  /// @param asker from the promise: making one takes the sender out of the current message.
  void tell(const caf::strong_actor_ptr& asker, const victim& found, std::uint64_t rule,
            chaos_kind kind) {
    const auto fault = options_.service + "#" + std::to_string(rule);
    self_->send(feed_, happened{"fault.touched", options_.service, found.id, fault,
                                std::string{to_string(kind)} + ": " + found.key});
    if (!found.asker_listens || !asker) return;
    self_->send(caf::actor_cast<caf::actor>(asker),
                fault_touched{fault, to_string(kind), found.id});
  }

  void crash_may_be_over(instant_ms now, const chaos_verdict& verdict) {
    if (*verdict.fault != chaos_kind::crash || !supervisor_) return;
    for (const auto& rule : rules_.view(now))
      if (rule.id == verdict.fault_id && rule.state == chaos_rule_state::exhausted)
        self_->send(supervisor_, crash_over{options_.service, 0});
  }

  caf::result<chaos_report> set(const set_chaos& what) {
    const auto order = read_order(what);
    if (!order) return to_caf(order.failure());
    const auto id = rules_.set(order->kind, order->options, now_ms(self_));
    announced_.emplace(id, what.kind);
    watch_rules();
    tell_rule("fault.set", id, what.kind + limits_of(what));
    clear_the_way();
    return report();
  }

  // -- telling of the rules -------------------------------------------------------------------

  /// Tells of the announced rules that are over, whoever ended them, and sees to it that the next
  /// end by time is noticed though nobody comes by.
  void watch_rules() {
    if (announced_.empty()) return;
    const auto rules = rules_.view(now_ms(self_));
    for (auto known = announced_.begin(); known != announced_.end();) {
      const auto rule = std::find_if(rules.begin(), rules.end(),
                                     [&](const auto& r) { return r.id == known->first; });
      const bool replaced = rule == rules.end();
      if (!replaced && rule->state == chaos_rule_state::active) {
        if (rule->until != instant_never) wake_at(rule->until);
        ++known;
        continue;
      }
      tell_rule("fault.ended", known->first,
                known->second + ": " + (replaced ? "replaced" : to_string(rule->state)));
      known = announced_.erase(known);
    }
  }

  void tell_rule(const char* kind, std::uint64_t rule, std::string detail) {
    self_->send(feed_, happened{kind, options_.service, 0,
                                options_.service + "#" + std::to_string(rule), std::move(detail)});
  }

  static std::string limits_of(const set_chaos& what) {
    std::string text;
    if (what.for_ms > 0) text += ", for " + std::to_string(what.for_ms) + " ms";
    if (what.times > 0) text += ", " + std::to_string(what.times) + " times";
    return text;
  }

  // -- showing them ---------------------------------------------------------------------------

  chaos_report report() const {
    chaos_report out;
    out.down = !child_;
    for (const auto& rule : rules_.view(now_ms(self_)))
      if (rule.state == chaos_rule_state::active) out.active.push_back(shown(rule));
    return out;
  }

  chaos_rule shown(const chaos_rule_view& rule) const {
    chaos_rule out;
    out.id = options_.service + "#" + std::to_string(rule.id);
    out.kind = to_string(rule.kind);
    out.delay_ms = rule.options.delay_ms;
    out.rate_ppm = static_cast<std::uint32_t>(rule.options.rate * 1e6 + 0.5);
    out.for_ms = rule.options.for_ms.value_or(0);
    out.times = static_cast<std::uint64_t>(rule.options.times.value_or(0));
    out.touched = static_cast<std::uint64_t>(rule.touched);
    out.since = wall_.at(rule.since);
    out.last_touched = rule.last_touched ? wall_.at(*rule.last_touched) : 0;
    out.ends_at = rule.until == instant_never ? 0 : wall_.at(rule.until);
    out.last_request = rule.last_key;
    return out;
  }

  pointer self_;
  door_options options_;
  wall_clock wall_;
  event_feed_actor feed_;
  supervisor_actor supervisor_;
  std::shared_ptr<threshold> threshold_;
  caf::actor child_;
  bool knocked_ = false;             ///< a wake-up came while nobody was in
  std::deque<caf::message> missed_;  ///< what else nobody says twice, in the order it came
  chaos rules_;
  std::map<std::uint64_t, std::string> announced_;  ///< rules the feed knows as set, their kinds
  std::multimap<instant_ms, held_back> waiting_;    ///< behind a delay, by when they go
  instant_ms timer_at_ = instant_never;
};

}  // namespace

entrance spawn_door(caf::actor_system& system, door_options options, wall_clock wall,
                    event_feed_actor feed) {
  const auto shared = std::make_shared<threshold>();
  const auto service = options.service;
  auto door = system.spawn(
      [](door_state::pointer self, door_options o, wall_clock w, event_feed_actor f,
         std::shared_ptr<threshold> t) {
        return self->state.start(std::move(o), w, std::move(f), std::move(t));
      },
      std::move(options), wall, std::move(feed), shared);
  auto way = make_doorway(system, caf::actor_cast<caf::actor>(door), shared);
  return {caf::actor_cast<door_actor>(door), std::move(way), service};
}

}  // namespace taquilla
