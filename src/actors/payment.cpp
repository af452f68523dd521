#include "actors/payment.hpp"

#include "actors/ask.hpp"

#include <caf/all.hpp>

#include <utility>

namespace taquilla {

namespace {

class payment_state {
 public:
  static inline const char* name = "payment";
  using pointer = payment_actor::stateful_pointer<payment_state>;
  explicit payment_state(pointer self) : self_(self) {}

  payment_actor::behavior_type start(store_actor ledger, duration_ms patience, wall_clock wall) {
    ledger_ = std::move(ledger);
    patience_ = patience;
    wall_ = wall;
    return {
        [this](const charge_card& charge) {
          return from_ledger(record_charge{charge.id, charge.amount, today()}, refuse_tombstone);
        },
        [this](const void_payment& v) {
          return from_ledger(void_charge{v.id, today()}, as_it_is);
        },
        [this](const refund_payment& r) {
          return from_ledger(refund_charge{r.id, today()}, as_it_is);
        },
        [this](const find_payment& f) { return from_ledger(find_charge{f.id}, as_it_is); },
        [](const report_ready&) { return child_ready{}; }};
  }

 private:
  using promise = caf::typed_response_promise<charge_record>;

  static void as_it_is(promise& answer, charge_record& record) {
    answer.deliver(std::move(record));
  }

  static void refuse_tombstone(promise& answer, charge_record& record) {
    if (record.state == charge_state::charged)
      answer.deliver(std::move(record));
    else
      answer.deliver(to_caf({errc::charge_voided, to_string(record.state), 0}));
  }

  template <class Command>
  caf::result<charge_record> from_ledger(Command what, void (*how)(promise&, charge_record&)) {
    auto answer = self_->make_response_promise<charge_record>();
    ask<charge_record>(
        self_, ledger_, patience_, std::move(what),
        [answer, how](charge_record& record) mutable { how(answer, record); },
        [answer](const error& why) mutable { answer.deliver(to_caf(why)); },
        errc::payment_unavailable);
    return answer;
  }

  wall_ms today() const { return wall_.at(now_ms(self_)); }

  pointer self_;
  store_actor ledger_;
  duration_ms patience_ = 0;
  wall_clock wall_;
};

}  // namespace

payment_actor spawn_payment(caf::actor_system& system, store_actor ledger,
                            duration_ms ledger_patience_ms, wall_clock wall) {
  return system.spawn([](payment_state::pointer self, store_actor l, duration_ms p,
                         wall_clock w) { return self->state.start(std::move(l), p, w); },
                      std::move(ledger), ledger_patience_ms, wall);
}

}  // namespace taquilla
