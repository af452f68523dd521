#include "actors/settlement.hpp"

#include "actors/relay.hpp"
#include "policies/backoff.hpp"
#include "policies/keyed_hash.hpp"

namespace taquilla {

namespace {

class settlement_state : public relay<settlement_state, settlement> {
 public:
  static inline const char* name = "settlement";
  static inline const char* errand = "settlement_attempt";
  static std::string name_of(const settlement& item) {
    return std::to_string(item.id) + '-' + to_string(item.kind);
  }
  using relay::relay;

  relay_actor::behavior_type start(settlement_options options, duration_ms store_patience,
                                   store_actor store, payment_actor payment, wall_clock wall,
                                   std::uint64_t seed) {
    options_ = options;
    payment_ = std::move(payment);
    seed_ = seed;
    return behave({std::move(store), store_patience, wall, options.batch, options.backoff_cap_ms});
  }

  void fetch(relay_look how) {
    ask_for_due(due_settlements{how.due_until, how.limit, how.latest_until}, &settlements::due);
  }

  void work_on(settlement item) {
    if (item.kind == settlement_kind::refund)
      pay_back(item, refund_payment{item.id});
    else
      pay_back(item, void_payment{item.id});
  }

 private:
  template <class Request>
  void pay_back(const settlement& item, Request what) {
    ask<charge_record>(
        self_, payment_, options_.patience_ms, what,
        [this, item](const charge_record&) {
          close(settle{item.id, item.kind, true, 0, {}});
        },
        [this, item](const error& why) { close(postponed(item, why)); }, errc::payment_unavailable);
  }

  settle postponed(const settlement& item, const error& why) const {
    const auto ceiling = backoff_ceiling(options_.backoff_base_ms, options_.backoff_cap_ms,
                                         static_cast<int>(item.attempts));
    // Half fixed, half drawn: a crowd of voids spreads out, and none of them is in a hurry.
    const auto draw = keyed_hash(seed_, item.id, item.attempts, 0) % 1000;
    const auto wait = ceiling / 2 + ceiling / 2 * static_cast<duration_ms>(draw) / 1000;
    return {item.id, item.kind, false, parts_.wall.at(now() + wait), to_string(why.code)};
  }

  void close(settle what) {
    const auto item = name_of({what.id, what.kind, 0, 0});
    const auto how = what.done ? item_end::done : item_end::failed;
    ask<settled>(
        self_, parts_.store, parts_.store_patience_ms, std::move(what),
        [this, how, item](const settled&) { item_over(item, how); },
        [this, item](const error&) { item_over(item, item_end::not_kept); },
        errc::store_unavailable);
  }

  settlement_options options_;
  payment_actor payment_;
  std::uint64_t seed_ = 0;
};

}  // namespace

relay_actor spawn_settlement(caf::actor_system& system, settlement_options options,
                             duration_ms store_patience_ms, store_actor store,
                             payment_actor payment, wall_clock wall, std::uint64_t seed) {
  return system.spawn(
      [](settlement_state::pointer self, settlement_options o, duration_ms p, store_actor s,
         payment_actor pay, wall_clock w,
         std::uint64_t sd) { return self->state.start(o, p, std::move(s), std::move(pay), w, sd); },
      options, store_patience_ms, std::move(store), std::move(payment), wall, seed);
}

}  // namespace taquilla
