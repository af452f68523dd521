#include "actors/reservation_desk.hpp"

#include "actors/ask.hpp"
#include "actors/cancellation.hpp"
#include "actors/inventory_breaker.hpp"
#include "actors/leftover_sweep.hpp"
#include "domain/planted.hpp"
#include "policies/deadline.hpp"
#include "policies/keyed_hash.hpp"
#include "policies/retry.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace taquilla {

namespace {

constexpr duration_ms overdue_margin_ms =
    2'000;                                  ///< a purchase older than deadline + this is nobody's
constexpr std::size_t resumed_max = 1'000;  ///< leftovers under way at once

class desk_state {
 public:
  static inline const char* name = "reservation_desk";
  using pointer = desk_actor::stateful_pointer<desk_state>;
  explicit desk_state(pointer self) : self_(self) {}
  /// A promise that is merely dropped is silence: whoever waits is told when the desk dies.
  ~desk_state() {
    for (auto& [token, one] : purchases_)
      for (auto& buyer : one.buyers) buyer.deliver(to_caf({errc::outcome_unknown, {}, 1000}));
  }

  desk_actor::behavior_type start(reservation_world world) {
    world.desk = desk_actor{self_};
    breaker_ = {world.options.inventory.breaker,
                [this](happened what) { self_->send(world_->feed, std::move(what)); }};
    budget_ = retry_budget{world.options.payment.budget};
    leftovers_ = leftover_sweep{world.options.reservation.sweep_page};
    world_ = std::make_shared<const reservation_world>(std::move(world));
    // Tokens must not repeat over restarts: they name rows. A million a millisecond is out of
    // reach.
    next_token_ = static_cast<std::uint64_t>(today()) << 20;
    self_->set_down_handler([this](const caf::down_msg& down) { lost(down); });
    sweep();
    again();
    return {[this](purchase_order& order) { return buy(std::move(order)); },
            [this](const cancel_reservation& what) { return cancel(what); },
            [this](const inventory_heard& heard) { judge(heard); },
            [this](const retry_wanted& wanted) { return retry(wanted); },
            [this](purchase_over& over) { end(over); },
            [this](const service_healed& healed) { heal(healed); },
            [this](const report_desk&) { return report(); },
            [this](const drain_desk& order) { return drain(order.limit_ms); },
            [this](const drain_over&) { abandon(); },
            [](const report_ready&) { return child_ready{}; },
            [this](const sweep_open&) {
              sweep();
              again();
            }};
  }

 private:
  using promise = caf::typed_response_promise<purchase_accepted>;
  struct in_flight {
    purchase_order order;
    std::uint64_t identity = 0;
    std::vector<promise> buyers;  ///< those who were there when it began, then those who joined
    std::size_t founders = 0;     ///< how many were there
    std::uint64_t cancels_before = 0;
    retry_run retries;
    reservation_id resumes = 0;
    reservation_actor actor;
  };

  // -- coming in ------------------------------------------------------------------------------

  caf::result<purchase_accepted> buy(purchase_order order) {
    if (draining_) return to_caf({errc::draining, {}, 1000});
    const auto identity = identity_of(order);
    if (const auto refusal = check_key(order, identity); refusal != errc::none)
      return to_caf({refusal, {}, refusal == errc::key_in_flight ? 1000 : 0});
    if (auto* same = find_same(order, identity)) {
      // Whose another key is, only the store knows: ask again when this one is over.
      if (!order.idempotency_key.empty() && order.idempotency_key != same->order.idempotency_key)
        return to_caf({errc::key_in_flight, "the same purchase runs under another key", 1000});
      return join(*same);
    }
    if (is_full())
      return to_caf({errc::overloaded, std::to_string(purchases_.size()) + " in flight", 1000});
    auto answer = self_->make_response_promise<purchase_accepted>();
    admit(std::move(order), identity, {answer});
    return answer;
  }

  void admit(purchase_order order, std::uint64_t identity, std::vector<promise> buyers) {
    const auto admission = breaker_.acquire(now(), identity);
    auto evidence = inventory_breaker::evidence(admission);
    if (admission.admitted)
      return open({std::move(order), identity, 0, admission.permit, std::move(evidence), 0, 0},
                  std::move(buyers));
    const error no{errc::breaker_open, std::move(evidence), admission.retry_after_ms};
    for (auto& buyer : buyers) buyer.deliver(to_caf(no));
  }

  errc check_key(const purchase_order& order, std::uint64_t identity) const {
    if (order.idempotency_key.empty()) return errc::none;
    const auto used = by_key_.find(order.idempotency_key);
    if (used == by_key_.end()) return errc::none;
    return purchases_.at(used->second).identity == identity ? errc::key_in_flight
                                                            : errc::key_reused;
  }

  bool is_full() const { return purchases_.size() >= world_->options.reservation.in_flight_max; }

  in_flight* find_same(const purchase_order& order, std::uint64_t identity) {
    const auto found = by_identity_.find(identity);
    if (found == by_identity_.end()) return nullptr;
    auto& one = purchases_.at(found->second);
    return is_same_purchase(one.order, order) ? &one : nullptr;
  }

  caf::result<purchase_accepted> join(in_flight& one) {
    if (one.buyers.size() > world_->options.reservation.joiners_max)
      return to_caf({errc::key_in_flight, "too many wait for this purchase", 1000});
    one.buyers.push_back(self_->make_response_promise<purchase_accepted>());
    return one.buyers.back();
  }

  caf::delegated<reservation> cancel(const cancel_reservation& what) {
    auto errand = spawn_cancellation(self_->system(), world_);
    self_->monitor(errand);
    cancelling_.insert(errand.id());
    return self_->delegate(errand, what);
  }

  void open(purchase_ticket ticket, std::vector<promise> buyers) {
    const auto identity = ticket.identity;
    const auto token = ticket.token = ++next_token_;
    const auto founders = buyers.size();
    auto [entry, fresh] =
        purchases_.emplace(token, in_flight{ticket.order, identity, std::move(buyers), founders,
                                            cancels_, retry_run{world_->options.payment.retry},
                                            ticket.resumes, reservation_actor{}});
    if (ticket.resumes == 0) {
      ticket.hold = token;
      by_identity_.emplace(identity, token);
      if (!ticket.order.idempotency_key.empty())
        by_key_.emplace(ticket.order.idempotency_key, token);
    }
    entry->second.actor = spawn_reservation(self_->system(), world_, std::move(ticket));
    self_->monitor(entry->second.actor);
    by_actor_.emplace(entry->second.actor.id(), token);
  }

  // -- while they run -------------------------------------------------------------------------

  void judge(const inventory_heard& heard) { breaker_.report(now(), heard); }

  retry_answer retry(const retry_wanted& wanted) {
    const auto found = purchases_.find(wanted.token);
    if (found == purchases_.end()) return {false, 0, "unknown purchase"};
    attempt_report report;
    report.outcome = wanted.outcome_unknown ? attempt_outcome::unknown : attempt_outcome::retryable;
    report.attempt = wanted.attempt;
    report.has_idempotency_key = true;  // the reservation's id: PAYMENT charges once per id
    const auto until = deadline::after(now(), wanted.remaining_ms);
    const auto draw =
        static_cast<double>(
            keyed_hash(0, wanted.token, static_cast<std::uint64_t>(wanted.attempt), 0) % 1000) /
        1000;
    auto& run = found->second.retries;
    const auto verdict = run.next(now(), report, until, budget_, draw);
    if (verdict.again()) run.started();
    return {verdict.again(), verdict.delay_ms,
            std::string{to_string(verdict.cause)} + ": attempt " + std::to_string(wanted.attempt) +
                ", " + std::to_string(verdict.remaining_ms) + " ms left, budget " +
                std::to_string(verdict.tokens_milli) + " of " +
                std::to_string(budget_.tokens_max_milli())};
  }

  void heal(const service_healed& healed) {
    if (healed.service == "inventory") breaker_.recovered(now());
    if (healed.service == "payment") budget_.refill();
  }

  // -- going out ------------------------------------------------------------------------------

  void end(purchase_over& over) {
    if (over.was_charged) budget_.credit();
    const auto found = purchases_.find(over.token);
    if (found == purchases_.end()) return;
    auto late = leave_behind(found->second, over);
    auto order = found->second.order;
    const auto identity = found->second.identity;
    const bool leftover = found->second.resumes != 0;
    close(over.token, [&over](promise& buyer, bool joined) {
      if (over.accepted)
        buyer.deliver(purchase_accepted{over.answer.id, over.answer.replayed || joined});
      else
        buyer.deliver(to_caf(over.why));
    });
    const bool for_good = over.accepted || over.why.code != errc::outcome_unknown;
    if (leftover && for_good && leftovers_.is_due(resuming_.size(), resumed_limit())) sweep();
    // Who joins has sent no key, and was admitted on his own account.
    order.idempotency_key.clear();
    order.evidence.clear();
    if (!late.empty() && !draining_) return admit(std::move(order), identity, std::move(late));
    for (auto& buyer : late) buyer.deliver(to_caf({errc::draining, {}, 1000}));
  }

  /// Who joined may have come after a cancellation that the answer does not know of yet: it would
  /// tell him of a ticket that is gone. He asks anew, unless nobody can have cancelled it. So does
  /// he when the founder's key was another purchase's, for he has sent none.
  std::vector<promise> leave_behind(in_flight& one, const purchase_over& over) const {
    std::vector<promise> late;
    const bool uncancelled = cancelling_.empty() && one.cancels_before == cancels_;
    const bool stale = over.accepted && (over.answer.replayed || !uncancelled);
    const bool of_the_key = !over.accepted && over.why.code == errc::key_reused;
    if (!(stale || of_the_key) || one.buyers.size() <= one.founders) return late;
    const auto first = one.buyers.begin() + static_cast<std::ptrdiff_t>(one.founders);
    late.assign(first, one.buyers.end());
    one.buyers.erase(first, one.buyers.end());
    return late;
  }

  /// A RESERVATION died without a last word: nobody knows how far it came. The sweep will see to
  /// it. A cancellation is over, well or not.
  void lost(const caf::down_msg& down) {
    if (cancelling_.erase(down.source.id()) != 0) {
      ++cancels_;
      return;
    }
    const auto found = by_actor_.find(down.source.id());
    if (found == by_actor_.end()) return;
    if (abandoned_) {
      ++left_;
    } else {
      const auto& o = purchases_.at(found->second).order;
      self_->send(
          world_->feed,
          happened{"reservation.lost", "reservation", 0, o.event + " " + to_string(o.seat), {}});
    }
    close(found->second, [](promise& buyer, bool) {
      if (planted::is(planted::bug::death_not_told)) return;
      buyer.deliver(to_caf({errc::outcome_unknown, {}, 1000}));
    });
  }

  template <class Answer>
  void close(std::uint64_t token, Answer answer) {
    const auto found = purchases_.find(token);
    if (found == purchases_.end()) return;
    auto one = std::move(found->second);
    purchases_.erase(found);
    by_actor_.erase(one.actor.id());
    if (one.resumes == 0) {
      forget(by_identity_, one.identity, token);
      forget(by_key_, one.order.idempotency_key, token);
    }
    resuming_.erase(one.resumes);
    bool joined = false;
    for (auto& buyer : one.buyers) {
      answer(buyer, joined);
      joined = true;
    }
    if (draining_ && purchases_.empty()) drained();
  }

  template <class Map, class Key>
  static void forget(Map& map, const Key& key, std::uint64_t token) {
    const auto found = map.find(key);
    if (found != map.end() && found->second == token) map.erase(found);
  }

  // -- leftovers ----------------------------------------------------------------------------------

  void sweep() {
    if (const auto question = leftovers_.begin()) ask_for_pending(*question);
  }

  void ask_for_pending(open_purchases question) {
    ask<reservations>(
        self_, world_->store, world_->options.store.patience_ms, question,
        [this](const reservations& rows) {
          const auto next = leftovers_.found(rows, [this](const auto& row) { return resume(row); });
          if (next) ask_for_pending(*next);
        },
        [this](const error&) { leftovers_.failed(); }, errc::store_unavailable);
  }

  leftover_sweep::verdict resume(const reservation& row) {
    using verdict = leftover_sweep::verdict;
    if (draining_) return verdict::no_room;
    if (!is_leftover(row) || resuming_.count(row.id) != 0) return verdict::passed;
    if (resuming_.size() >= resumed_limit() || is_full()) return verdict::no_room;
    resuming_.insert(row.id);
    purchase_order order{row.event, row.seat, row.email, row.amount, {}, {}};
    const auto identity = identity_of(order);
    open({std::move(order), identity, 0, {}, {}, row.id, row.token}, {});
    return verdict::passed;
  }

  /// The other places are for buyers.
  std::size_t resumed_limit() const {
    const auto half = world_->options.reservation.in_flight_max / 2;
    return std::clamp<std::size_t>(half, 1, resumed_max);
  }

  /// Too old to be under way; or from a process whose clock was ahead of ours.
  bool is_leftover(const reservation& row) const {
    const auto patience = world_->options.reservation.deadline_ms + overdue_margin_ms;
    return row.created_at < std::max(world_->started_at, today() - patience) ||
           row.created_at > today();
  }

  void again() {
    self_->delayed_send(desk_actor{self_},
                        std::chrono::milliseconds{world_->options.reservation.sweep_ms},
                        sweep_open{});
  }

  // -- the end --------------------------------------------------------------------------------

  caf::result<desk_drained> drain(duration_ms limit) {
    draining_ = true;
    auto answer = self_->make_response_promise<desk_drained>();
    waiting_for_drain_.push_back(answer);
    if (purchases_.empty() || planted::is(planted::bug::drain_cut_short))
      drained();
    else
      self_->delayed_send(desk_actor{self_}, std::chrono::milliseconds{limit}, drain_over{});
    return answer;
  }

  /// The time is over. What is left stays pending in the store, for the next process; its buyers
  /// are told to ask again as each of them ends.
  void abandon() {
    abandoned_ = true;
    for (const auto& [token, one] : purchases_)
      self_->send_exit(one.actor, caf::exit_reason::user_shutdown);
  }

  void drained() {
    for (auto& waiting : std::exchange(waiting_for_drain_, {}))
      waiting.deliver(desk_drained{left_});
  }

  // -- being looked at ----------------------------------------------------------------------------

  desk_report report() const {
    desk_report out;
    out.in_flight = purchases_.size();
    out.tokens_milli = budget_.tokens_milli();
    out.draining = draining_;
    breaker_.describe(out, now());
    return out;
  }

  instant_ms now() const { return now_ms(self_); }
  wall_ms today() const { return world_->wall.at(now()); }

  pointer self_;
  std::shared_ptr<const reservation_world> world_;
  inventory_breaker breaker_;
  retry_budget budget_;
  std::uint64_t next_token_ = 0;
  std::map<std::uint64_t, in_flight> purchases_;  ///< by token
  std::map<std::uint64_t, std::uint64_t> by_identity_;
  std::map<std::string, std::uint64_t> by_key_;
  std::map<caf::actor_id, std::uint64_t> by_actor_;
  std::set<reservation_id> resuming_;
  leftover_sweep leftovers_;
  std::set<caf::actor_id> cancelling_;
  std::uint64_t cancels_ = 0;  ///< cancellations that are over
  bool draining_ = false;
  bool abandoned_ = false;  ///< the time to drain is over
  std::uint64_t left_ = 0;  ///< purchases that were ended for that
  std::vector<caf::typed_response_promise<desk_drained>> waiting_for_drain_;
};

}  // namespace

desk_actor spawn_reservation_desk(caf::actor_system& system, reservation_world world) {
  return system.spawn(
      [](desk_state::pointer self, reservation_world w) { return self->state.start(std::move(w)); },
      std::move(world));
}

}  // namespace taquilla
