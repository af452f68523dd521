#include "actors/cancellation.hpp"

#include "actors/ask.hpp"
#include "domain/planted.hpp"

#include <caf/all.hpp>

#include <utility>

namespace taquilla {

namespace {

class cancellation_state {
 public:
  static inline const char* name = "cancellation";
  using pointer = cancellation_actor::stateful_pointer<cancellation_state>;
  explicit cancellation_state(pointer self) : self_(self) {}

  cancellation_actor::behavior_type start(std::shared_ptr<const reservation_world> world) {
    world_ = std::move(world);
    return {[this](const cancel_reservation& what) { return cancel(what.id); }};
  }

 private:
  caf::result<reservation> cancel(reservation_id id) {
    buyer_ = self_->make_response_promise<reservation>();
    auto promise = buyer_;
    ask<purchase_cancelled>(
        self_, world_->store, world_->options.store.patience_ms,
        cancel_purchase{id, world_->wall.at(now_ms(self_))},
        [this](purchase_cancelled& row) { cancelled(std::move(row)); },
        [this](const error& why) {
          buyer_.deliver(to_caf(why));
          self_->quit();
        },
        errc::store_unavailable);
    return promise;
  }

  void cancelled(purchase_cancelled row) {
    record_ = std::move(row.record);
    if (row.changed) {
      self_->send(world_->settlement, something_due{});
      self_->send(world_->mail_relay, something_due{});
      self_->send(world_->feed, happened{"reservation.cancelled",
                                         "reservation",
                                         record_.id,
                                         record_.event + " " + to_string(record_.seat),
                                         {}});
    }
    // Before the answer, so that whoever cancelled may buy the seat again at once.
    ask<seat_released>(
        self_, world_->inventory, world_->options.inventory.patience_ms,
        release_seat{record_.event, record_.seat, record_.token, record_.id},
        [this](const seat_released&) { answer(); }, [this](const error&) { answer(); },
        errc::inventory_unavailable);
    if (planted::is(planted::bug::cancelled_too_early)) answer();
  }

  void answer() {
    buyer_.deliver(std::move(record_));
    self_->quit();
  }

  pointer self_;
  std::shared_ptr<const reservation_world> world_;
  caf::typed_response_promise<reservation> buyer_;
  reservation record_;
};

}  // namespace

cancellation_actor spawn_cancellation(caf::actor_system& system,
                                      std::shared_ptr<const reservation_world> world) {
  return system.spawn(
      [](cancellation_state::pointer self, std::shared_ptr<const reservation_world> w) {
        return self->state.start(std::move(w));
      },
      std::move(world));
}

}  // namespace taquilla
