// Goal: what INVENTORY is told of a seat while it asks the store about that seat outlives the older
// answer. Method: INVENTORY alone, with a store that answers late with what was true when asked.
#include "actors/inventory.hpp"
#include "support/virtual_stage.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <memory>
#include <utility>

namespace taquilla::testing {

namespace {

constexpr std::int64_t store_takes_ms = 10;

struct ledger {
  live_seat a1;  ///< who lives on A1
  std::deque<std::pair<caf::typed_response_promise<live_seat>, live_seat>> answers;
};
using ledger_ptr = std::shared_ptr<ledger>;

caf::behavior late_store(caf::event_based_actor* self, const ledger_ptr& books) {
  return {[=](const live_seats&) { return live_seats_page{}; },
          [=](const find_seat_owner&) -> caf::result<live_seat> {
            auto promise = self->make_response_promise<live_seat>();
            books->answers.emplace_back(promise, books->a1);
            self->delayed_send(self, std::chrono::milliseconds{store_takes_ms}, look_again{});
            return promise;
          },
          [=](const look_again&) {
            auto [promise, answer] = std::move(books->answers.front());
            books->answers.pop_front();
            promise.deliver(std::move(answer));
          }};
}

/// INVENTORY between two questions to the store, and its picture of A1.
class lonely_inventory {
 public:
  lonely_inventory() {
    auto hall = std::make_shared<const venue>(venue{{"EVT-001", "One night", {"A"}, 2}});
    auto& system = stage_.system();
    inventory_ =
        spawn_inventory(system, std::move(hall), {},
                        caf::actor_cast<store_actor>(system.spawn(late_store, books_)), 3'000);
    stage_.settle();
  }

  template <class Message>
  void tell(Message what) {
    caf::anon_send(inventory_, std::move(what));
    stage_.settle();
  }
  /// Asks the store, which looks now, and is told something before the answer is here.
  template <class Message>
  void tell_while_asking(Message what, const live_seat& truth_then) {
    tell(recheck_seat{"EVT-001", seat});
    stage_.advance(store_takes_ms / 2);
    books_->a1 = truth_then;
    tell(std::move(what));
    stage_.advance(5 * store_takes_ms);
  }
  event_line picture() {
    caf::scoped_actor self{stage_.system()};
    event_line seen;
    auto asked = self->request(inventory_, std::chrono::seconds{1}, list_events{});
    stage_.settle();
    asked.receive([&](const event_list& found) { seen = found.events.at(0); },
                  [](const caf::error&) { FAIL("INVENTORY does not answer"); });
    return seen;
  }
  void truth(const live_seat& owner) { books_->a1 = owner; }

  const seat_id seat{"A", 1};
  const live_seat sold_to_five{5, "EVT-001", {"A", 1}, 7, true, 77};

 private:
  virtual_stage stage_{0};
  ledger_ptr books_ = std::make_shared<ledger>();
  inventory_actor inventory_;
};

}  // namespace

TEST_CASE("a sale that is told while the store is asked outlives the older answer") {
  lonely_inventory house;
  house.tell(hold_seat{"EVT-001", house.seat, 7, 77});
  CHECK(house.picture().held == 1);
  house.tell_while_asking(sell_seat{"EVT-001", house.seat, 7, 5, 77}, house.sold_to_five);
  CHECK(house.picture().sold == 1);
}

TEST_CASE("a cancellation that is told while the store is asked outlives the older answer") {
  lonely_inventory house;
  house.truth(house.sold_to_five);
  house.tell(sell_seat{"EVT-001", house.seat, 7, 5, 77});
  CHECK(house.picture().sold == 1);
  house.tell_while_asking(release_seat{"EVT-001", house.seat, 0, 5}, {});
  CHECK(house.picture().sold == 0);
}

}  // namespace taquilla::testing
