// RELAY: what SETTLEMENT and MAIL RELAY have in common. A relay drains a durable queue of the
// store: it fetches what is due, works on all of it at once, and fetches again when the last item
// is over, until nothing is due. An item leaves the queue only when its work was acknowledged; a
// failure postpones it under a back-off. Since the queue is the store's, a relay may die at any
// moment: the next incarnation finds the same items, and the work is idempotent.
//
// It is woken by `something_due`, by the healing of its service (then nobody waits out a back-off),
// by the due time of the next item, and, should a wake-up be lost, every `look_ms` anyway.
#pragma once

#include "actors/ask.hpp"
#include "actors/clock.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace taquilla {

/// The bookkeeping, for a state class `Derived` that provides `void fetch(bool ignore_waits)`,
/// which ends in `fetched(...)` or `fetch_failed()`, and `void work_on(Item)`, which ends in
/// `item_over(...)`.
template <class Derived, class Item>
class relay {
 public:
  using pointer = relay_actor::stateful_pointer<Derived>;
  explicit relay(pointer self) : self_(self) {}

  /// @param service whose healing ends all waits.
  relay_actor::behavior_type behave(std::string service) {
    service_ = std::move(service);
    // Waits written down by an earlier process are worth nothing: its clock may have been ahead of
    // ours.
    healed_ = true;
    look();
    return {[this](const something_due&) { look(); },
            [this](const service_healed& healed) { on_healed(healed); },
            [](const report_ready&) { return child_ready{}; },
            [this](const look_again&) { wait_is_over(); }};
  }

 protected:
  enum class item_end {
    done,       ///< off the queue
    postponed,  ///< on the queue, to be tried later
    not_kept,   ///< the store did not take the outcome: as due as before
  };

  void fetched(std::vector<Item> items, instant_ms next_at) {
    next_at_ = next_at;
    in_hand_ = items.size();
    if (in_hand_ == 0) ignoring_waits_ = false;
    if (in_hand_ == 0) return round_over();
    again_ = true;  // there may be more than one batch
    for (auto& item : items) derived().work_on(std::move(item));
  }

  void fetch_failed() {
    healed_ = healed_ || ignoring_waits_;  // nobody has looked yet: what was to be ignored still is
    ignoring_waits_ = false;
    round_over();
  }

  void item_over(item_end how) {
    if (how != item_end::done) ignoring_waits_ = false;
    if (how == item_end::not_kept) stuck_ = true;
    if (--in_hand_ == 0) round_over();
  }

  instant_ms now() const { return now_ms(self_); }

  pointer self_;

 private:
  static constexpr duration_ms look_ms = 5'000;
  static constexpr duration_ms pause_ms = 20;   ///< between rounds that are not woken by anybody
  static constexpr duration_ms stuck_ms = 500;  ///< after a round that the store did not take

  Derived& derived() { return static_cast<Derived&>(*this); }

  void on_healed(const service_healed& healed) {
    if (healed.service != service_) return;
    healed_ = true;
    look();
  }

  void look() {
    again_ = true;
    if (busy_) return;
    busy_ = true;
    again_ = false;
    // Waits are ignored from a healing on, batch after batch, until one item fails again.
    if (std::exchange(healed_, false)) ignoring_waits_ = true;
    derived().fetch(ignoring_waits_);
  }

  void round_over() {
    busy_ = false;
    // Looking at once would find the same items, and again, as fast as the machine can.
    if (std::exchange(stuck_, false)) return wake_at(now() + stuck_ms);
    if (again_) return look();
    const auto latest = now() + look_ms;
    wake_at(next_at_ <= 0 ? latest : std::clamp(next_at_, now() + pause_ms, latest));
  }

  /// A timer that an earlier one has overtaken is stale: acting on it would start a second chain of
  /// timers beside the first, and no chain ever ends.
  void wait_is_over() {
    if (now() < timer_at_) return;
    timer_at_ = instant_never;
    look();
  }

  void wake_at(instant_ms when) {
    if (timer_at_ <= when) return;  // an earlier one is under way
    timer_at_ = when;
    self_->delayed_send(relay_actor{self_}, std::chrono::milliseconds{when - now()}, look_again{});
  }

  std::string service_;
  bool busy_ = false;
  bool again_ = false;
  bool stuck_ = false;
  bool healed_ = false;
  bool ignoring_waits_ = false;
  std::size_t in_hand_ = 0;
  instant_ms next_at_ = 0;
  instant_ms timer_at_ = instant_never;
};

}  // namespace taquilla
