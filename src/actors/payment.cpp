#include "actors/payment.hpp"

#include "actors/clock.hpp"

#include <caf/all.hpp>

#include <utility>

namespace taquilla {

namespace {

class payment_state {
 public:
  static inline const char* name = "payment";
  using pointer = payment_actor::stateful_pointer<payment_state>;
  explicit payment_state(pointer self) : self_(self) {}

  payment_actor::behavior_type start(store_actor ledger, wall_clock wall) {
    ledger_ = std::move(ledger);
    wall_ = wall;
    return {[this](const charge_card& charge) {
              return from_ledger(record_charge{charge.id, charge.amount, today()});
            },
            [this](const void_payment& v) {
              return from_ledger(void_charge{v.id, today()});
            },
            [this](const refund_payment& r) {
              return from_ledger(refund_charge{r.id, today()});
            },
            [this](const find_payment& f) { return from_ledger(find_charge{f.id}); },
            [](const report_ready&) { return child_ready{}; }};
  }

 private:
  /// The ledger's answer is ours, so it goes to whoever asked without passing here again.
  template <class Command>
  caf::delegated<charge_record> from_ledger(Command what) {
    return self_->delegate(ledger_, std::move(what));
  }

  wall_ms today() const { return wall_.at(now_ms(self_)); }

  pointer self_;
  store_actor ledger_;
  wall_clock wall_;
};

}  // namespace

payment_actor spawn_payment(caf::actor_system& system, store_actor ledger, wall_clock wall) {
  return system.spawn([](payment_state::pointer self, store_actor l,
                         wall_clock w) { return self->state.start(std::move(l), w); },
                      std::move(ledger), wall);
}

}  // namespace taquilla
