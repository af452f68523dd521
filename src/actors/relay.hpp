// RELAY: what SETTLEMENT and MAIL RELAY have in common. A relay drains a durable queue of the
// store: it fetches what is due, works on all of it at once, and fetches again when the last item
// is over, until nothing is due. An item leaves the queue only when its work was acknowledged; a
// failure postpones it under a back-off. Since the queue is the store's, a relay may die at any
// moment: the next incarnation finds the same items, and the work is idempotent.
//
// It is woken by `something_due`, by the healing of its service (then nobody waits out a back-off),
// by the due time of the next item, and, should a wake-up be lost, every `look_ms` anyway. One that
// is woken while items are in hand looks beside them: a service that is silent about one of them
// must not keep the others waiting.
//
// A wait that ends later than `longest_wait_ms` from now was written down by a process whose clock
// was ahead of ours; it is over.
//
// A service that fails `failures_in_a_row_max` items in a row is down: until it is healed, or
// serves one, it is asked about one item every `longest_wait_ms`. A long queue would otherwise keep
// the store busy with its postponements, and an outage must cost those nothing who do not need the
// service. What an item met before a healing says nothing of the service since.
#pragma once

#include "actors/ask.hpp"
#include "actors/clock.hpp"
#include "domain/planted.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace taquilla {

/// What every relay is given.
struct relay_parts {
  store_actor store;
  duration_ms store_patience_ms = 0;
  wall_clock wall;
  std::uint32_t batch = 0;          ///< items in hand at once; at most page_limit_max
  duration_ms longest_wait_ms = 0;  ///< of an item that has failed; 5 s of it at most between two
                                    ///< questions to a service that is down
};

/// What a relay asks the store for.
struct relay_look {
  bool anew = false;         ///< the first since a healing, or of this incarnation
  wall_ms due_until = 0;     ///< never: whatever is on the queue
  wall_ms latest_until = 0;  ///< a wait that ends later is none of ours
  std::uint32_t limit = 0;
};

/// The bookkeeping, for a state class `Derived` that provides `void fetch(relay_look)`, which ends
/// in `ask_for_due(...)` or `fetch_failed()`; `void work_on(Item)`, which ends in
/// `item_over(...)`; `name_of(const Item&)`, by which an item is known; and `errand`, what the
/// timeline of a purchase calls the work.
template <class Derived, class Item>
class relay {
 public:
  using pointer = relay_actor::stateful_pointer<Derived>;
  explicit relay(pointer self) : self_(self) {}

  relay_actor::behavior_type behave(relay_parts parts) {
    parts_ = std::move(parts);
    healed_ = true;  // whoever we follow may have given up some, and nobody waits for his back-off
    look();
    return {[this](const something_due&) {
              if (!planted::is(planted::bug::wakeup_ignored)) look();
            },
            [this](const service_healed&) { all_waits_are_over(); },
            [this](const fault_touched& fault) { write_down(fault); },
            [](const report_ready&) { return child_ready{}; },
            [this](const look_again&) { wait_is_over(); }};
  }

 protected:
  enum class item_end {
    done,      ///< off the queue, and its service has answered
    failed,    ///< by its service: to be tried later, or given up
    not_kept,  ///< the store did not take the outcome: as due as before
  };

  /// @param items where the answer has them; it has `next_at` beside.
  template <class Answer, class Question>
  void ask_for_due(Question what, std::vector<Item> Answer::*items) {
    ask<Answer>(
        self_, parts_.store, parts_.store_patience_ms, what,
        [this, items](Answer& found) {
          fetched(std::move(found.*items),
                  found.next_at == 0 ? 0 : parts_.wall.instant(found.next_at));
        },
        [this](const error&) { fetch_failed(); }, errc::store_unavailable);
  }

  void fetched(std::vector<Item> items, instant_ms next_at) {
    fetching_ = false;
    next_at_ = next_at;
    const bool woken = again_;  // since the fetch began, so perhaps by what it has not seen
    if (items.empty()) ignoring_waits_ = false;
    for (auto& item : items) {
      auto name = Derived::name_of(item);
      // There may be more than one batch; and what waits behind an item that is in hand, or was,
      // is not shown with it.
      again_ = true;
      if (over_since_.count(name) != 0) continue;
      if (!in_hand_.emplace(std::move(name), healings_).second) continue;
      derived().work_on(std::move(item));
    }
    over_since_.clear();
    if (in_hand_.empty()) return rest();
    if (woken || is_down()) return look();
    if (next_at_ > 0) wake_at(std::max(next_at_, now() + beside_ms));
  }

  void fetch_failed() {
    fetching_ = false;
    // Nobody has looked yet: what was to be ignored still is.
    healed_ = healed_ || ignoring_waits_ || fetching_anew_;
    ignoring_waits_ = false;
    over_since_.clear();
    if (in_hand_.empty()) return rest();
    wake_at(now() + stuck_ms);
  }

  void item_over(const std::string& name, item_end how) {
    const bool was_full = in_hand_.size() >= parts_.batch || is_down();
    const auto begun = in_hand_.find(name);
    // What failed before a healing says nothing of the service that was healed.
    const bool outdated = begun != in_hand_.end() && begun->second != healings_;
    if (how == item_end::failed && !outdated) service_failed();
    if (how == item_end::not_kept || (how == item_end::failed && !outdated))
      ignoring_waits_ = false;
    if (how == item_end::done) service_is_up();
    // Looking at once would find the same item, and again, as fast as the machine can.
    if (how == item_end::not_kept && !planted::is(planted::bug::pause_forgotten))
      stuck_until_ = now() + stuck_ms;
    in_hand_.erase(name);
    // What is being fetched may still show it as due.
    if (fetching_) over_since_.insert(name);
    if (fetching_ || (was_full && !in_hand_.empty())) return look();
    if (in_hand_.empty()) rest();
  }

  instant_ms now() const { return now_ms(self_); }

  /// Names the time since the service was last healed, or since this incarnation began: what an
  /// item met before is over. No other incarnation has the same.
  std::uint64_t era() const {
    constexpr unsigned bits_of_healings = 32;
    return (self_->id() << bits_of_healings) + healings_;
  }

  pointer self_;
  relay_parts parts_;

 private:
  static constexpr duration_ms look_ms = 5'000;
  static constexpr duration_ms breath_ms = 20;  ///< between rounds that are not woken by anybody
  static constexpr duration_ms beside_ms = 50;  ///< between looks beside items in hand
  static constexpr duration_ms stuck_ms = 500;  ///< after an item that the store did not take
  static constexpr int failures_in_a_row_max = 10;
  static constexpr std::size_t written_max = 1'000;

  Derived& derived() { return static_cast<Derived&>(*this); }

  void all_waits_are_over() {
    ++healings_;
    healed_ = healed_ || !planted::is(planted::bug::healing_forgotten);
    service_is_up();
    look();
  }

  void service_is_up() {
    failures_in_a_row_ = 0;
    paused_until_ = 0;
  }

  void service_failed() {
    ++failures_in_a_row_;
    if (is_down()) paused_until_ = now() + time_to_pause();
  }

  instant_ms resting_until() const { return std::max(paused_until_, stuck_until_); }

  bool is_down() const { return failures_in_a_row_ >= failures_in_a_row_max; }

  duration_ms time_to_pause() const { return std::min(parts_.longest_wait_ms, look_ms); }

  /// One that is not in hand, if it is down: a service may be silent about those that are.
  std::uint32_t wanted() const {
    const auto probe = static_cast<std::uint32_t>(in_hand_.size()) + 1;
    return is_down() ? std::min(probe, parts_.batch) : parts_.batch;
  }

  void look() {
    again_ = true;
    if (fetching_) return;
    if (now() < resting_until()) return wake_at(resting_until());
    if (in_hand_.empty()) return fetch();
    wake_at(std::max(now(), fetched_at_ + beside_ms));
  }

  void fetch() {
    if (in_hand_.size() >= parts_.batch) return;
    if (is_down()) paused_until_ = now() + time_to_pause();
    fetching_ = true;
    again_ = false;
    fetched_at_ = now();
    // Waits are ignored from a healing on, batch after batch, until one item fails again.
    fetching_anew_ = std::exchange(healed_, false);
    ignoring_waits_ = ignoring_waits_ || fetching_anew_;
    derived().fetch({fetching_anew_, ignoring_waits_ ? instant_never : parts_.wall.at(now()),
                     parts_.wall.at(now() + parts_.longest_wait_ms), wanted()});
  }

  /// Nothing is in hand.
  void rest() {
    if (again_) return look();
    const auto latest = now() + look_ms;
    if (now() < stuck_until_) return wake_at(stuck_until_);
    wake_at(next_at_ <= 0 ? latest : std::clamp(next_at_, now() + breath_ms, latest));
  }

  /// A timer that an earlier one has overtaken is stale: acting on it would start a second chain of
  /// timers beside the first, and no chain ever ends.
  void wait_is_over() {
    if (now() < timer_at_) return;
    timer_at_ = instant_never;
    again_ = true;
    if (fetching_) return;
    if (now() < resting_until()) return wake_at(resting_until());
    fetch();
  }

  void wake_at(instant_ms when) {
    when = std::min(when, now() + look_ms);
    if (timer_at_ <= when) return;  // an earlier one is under way
    timer_at_ = when;
    self_->delayed_send(relay_actor{self_}, std::chrono::milliseconds{when - now()}, look_again{});
  }

  /// The purchase ended its timeline before its mail or its money was seen to: what touched those
  /// is added to it, once a fault: an outage may touch them for hours. Should the store not take
  /// it, nothing but that line is lost.
  void write_down(const fault_touched& fault) {
    if (fault.id == 0) return;
    if (written_.size() >= written_max) written_.clear();
    if (!written_.emplace(fault.id, fault.fault_id).second) return;
    const timeline_entry line{parts_.wall.at(now()), 0, Derived::errand, fault.kind,
                              fault.fault_id};
    ask<timeline_appended>(
        self_, parts_.store, parts_.store_patience_ms, append_timeline{fault.id, {line}},
        [](const timeline_appended&) {}, [](const error&) {}, errc::store_unavailable);
  }

  bool fetching_ = false;
  bool fetching_anew_ = false;  ///< the fetch under way, or the last, was the first of an era
  bool again_ = false;
  bool healed_ = false;
  bool ignoring_waits_ = false;
  std::map<std::string, std::uint64_t> in_hand_;              ///< and how many healings came before
  std::set<std::string> over_since_;                          ///< the fetch under way began
  std::set<std::pair<reservation_id, std::string>> written_;  ///< which fault touched whose errand
  std::uint64_t healings_ = 0;
  int failures_in_a_row_ = 0;
  instant_ms paused_until_ = 0;  ///< its service is down
  instant_ms stuck_until_ = 0;   ///< the store does not take what became of an item
  instant_ms fetched_at_ = 0;
  instant_ms next_at_ = 0;
  instant_ms timer_at_ = instant_never;
};

}  // namespace taquilla
