// Goal: what INVENTORY is told of a seat while it asks the store about that seat outlives the older
// answer. Method: INVENTORY alone, with a store that answers late with what was true when asked.
#include "actors/inventory.hpp"
#include "support/virtual_stage.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace taquilla::testing {

namespace {

constexpr std::int64_t store_takes_ms = 10;

struct ledger {
  live_seat a1;                       ///< who lives on A1
  live_seats_page live;               ///< all who live anywhere
  bool late = false;                  ///< so is the answer about all
  int failures = 0;                   ///< so many of the next questions are refused
  std::vector<reservation_id> pages;  ///< where those that were asked for began
  std::deque<std::function<void()>> answers;
};
using ledger_ptr = std::shared_ptr<ledger>;

template <class Answer>
caf::result<Answer> later_on(caf::event_based_actor* self, const ledger_ptr& books, Answer truth) {
  if (books->failures > 0) {
    --books->failures;
    return caf::make_error(caf::sec::runtime_error);
  }
  auto promise = self->make_response_promise<Answer>();
  books->answers.push_back([promise, truth]() mutable { promise.deliver(std::move(truth)); });
  self->delayed_send(self, std::chrono::milliseconds{store_takes_ms}, look_again{});
  return promise;
}

caf::behavior late_store(caf::event_based_actor* self, const ledger_ptr& books) {
  return {[=](const live_seats& page) -> caf::result<live_seats_page> {
            books->pages.push_back(page.after);
            if (books->late) return later_on(self, books, books->live);
            return live_seats_page{};
          },
          [=](const find_seat_owner&) { return later_on(self, books, books->a1); },
          [=](const look_again&) {
            books->answers.front()();
            books->answers.pop_front();
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
  void advance(std::int64_t ms) { stage_.advance(ms); }
  ledger& books() { return *books_; }

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

TEST_CASE("the late word of a cancelled sale sells nothing, until it is forgotten") {
  lonely_inventory house;
  const sell_seat word{"EVT-001", house.seat, 7, 5, 77};
  house.tell(release_seat{"EVT-001", house.seat, 0, 5});
  house.tell(word);
  CHECK(house.picture().sold == 0);
  for (reservation_id id = 6; id < 6 + 64; ++id)
    house.tell(release_seat{"EVT-001", {"A", 2}, 0, id});
  house.tell(word);
  CHECK(house.picture().sold == 1);
}

TEST_CASE("a question that the store refused does not keep INVENTORY from the next") {
  lonely_inventory house;
  house.truth(house.sold_to_five);
  house.books().failures = 1;
  house.tell(recheck_seat{"EVT-001", house.seat});
  house.tell(recheck_seat{"EVT-001", house.seat});
  house.advance(2 * store_takes_ms);
  CHECK(house.picture().sold == 1);
}

TEST_CASE("a question about another seat does not hide what is told of the first") {
  lonely_inventory house;
  house.tell(recheck_seat{"EVT-001", house.seat});
  house.tell(recheck_seat{"EVT-001", {"A", 2}});
  house.truth(house.sold_to_five);
  house.tell(sell_seat{"EVT-001", house.seat, 7, 5, 77});
  house.advance(5 * store_takes_ms);
  CHECK(house.picture().sold == 1);
}

TEST_CASE("a refused buyer makes INVENTORY ask the store whether somebody lives there") {
  lonely_inventory house;
  house.tell(sell_seat{"EVT-001", house.seat, 7, 5, 77});
  house.tell(hold_seat{"EVT-001", house.seat, 8, 88});
  house.advance(2 * store_takes_ms);
  CHECK(house.picture().sold == 0);
}

TEST_CASE("a comparison that the store refused is made again in the next period") {
  lonely_inventory house;
  house.books().late = true;
  house.books().live.seats = {house.sold_to_five};
  house.books().failures = 1;
  house.advance(5'000 + 2 * store_takes_ms);
  CHECK(house.picture().sold == 0);
  house.advance(5'000);
  CHECK(house.picture().sold == 1);
}

TEST_CASE("a cancellation that is told during a comparison outlives the older page") {
  lonely_inventory house;
  house.tell(sell_seat{"EVT-001", house.seat, 7, 5, 77});
  house.books().late = true;
  house.books().live.seats = {house.sold_to_five};
  house.advance(5'000 + store_takes_ms / 2);
  house.tell(release_seat{"EVT-001", house.seat, 0, 5});
  house.advance(store_takes_ms);
  CHECK(house.picture().sold == 0);
}

TEST_CASE("a comparison goes on where the page before ended, some pages a period") {
  lonely_inventory house;
  house.books().late = true;
  house.books().live.next = 9;
  house.advance(5'000);
  house.advance(1'000);
  CHECK(house.books().pages.size() == 1 + 20);  // the first was the rebuild's
  CHECK(house.books().pages.at(1) == 0);
  CHECK(house.books().pages.at(2) == 9);
  house.advance(5'000);
  CHECK(house.books().pages.at(21) == 9);
}

}  // namespace taquilla::testing
