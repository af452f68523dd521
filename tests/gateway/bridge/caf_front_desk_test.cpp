// Goal: whatever clients ask for, and however many they are, the actors behind the desk get a
// bounded number of questions, and every question has an answer. Method: the real desk and its
// CLERK over actors that answer when the test says so, in virtual time.
#include "small_house.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <utility>
#include <vector>

using namespace taquilla;
using namespace taquilla::gateway;
using taquilla::gateway::testing::heard;
using taquilla::gateway::testing::small_house;

namespace {

front_desk_limits limits_of(std::size_t each) { return {each, each, each}; }

}  // namespace

// -- reads and cancellations ------------------------------------------------------------------

TEST_CASE("reads beyond their limit are told overloaded and never reach the store") {
  small_house h{limits_of(3)};
  h.books->store_answers = false;
  heard<reservations> answers;
  for (int i = 0; i < 10; ++i) h.desk->reservations_like({}, answers.take());
  h.settle();
  CHECK(h.books->listings == 3);
  REQUIRE(answers.refused(errc::overloaded) == 7);
  CHECK(answers.all->front().failure().retry_after_ms == 1'000);
}

TEST_CASE("a read leaves its place when it is answered, refused or given up") {
  theatre_options options;
  options.store.patience_ms = 700;
  small_house h{limits_of(1), options};
  heard<reservations> answers;
  for (int i = 0; i < 3; ++i) {
    h.desk->reservations_like({}, answers.take());
    h.settle();
  }
  CHECK(answers.count() == 3);
  CHECK(answers.refused(errc::overloaded) == 0);

  h.books->store_answers = false;
  h.desk->reservations_like({}, answers.take());
  h.settle();
  h.books->kept_by_store.front().fail();
  h.settle();
  h.desk->reservations_like({}, answers.take());
  h.advance(699);
  CHECK(answers.refused(errc::store_unavailable) == 1);
  h.advance(1);  // the patience that is configured, not one of the desk's own
  CHECK(answers.refused(errc::store_unavailable) == 2);
  h.desk->reservations_like({}, answers.take());
  h.settle();
  CHECK(answers.refused(errc::overloaded) == 0);
  CHECK(h.books->listings == 6);
}

TEST_CASE("who asks again from within his answer does not meet himself") {
  small_house h{limits_of(1)};
  heard<reservations> answers;
  h.desk->reservations_like(
      {}, [&](result<reservations>) { h.desk->reservations_like({}, answers.take()); });
  h.settle();
  CHECK(answers.count() == 1);
  CHECK(answers.refused(errc::overloaded) == 0);
}

TEST_CASE("cancellations have a limit and wait as long as their two steps may take") {
  theatre_options options;
  options.store.patience_ms = 10'000;
  options.inventory.patience_ms = 2'000;
  small_house h{limits_of(2), options};
  heard<reservation> answers;
  for (int i = 0; i < 5; ++i) h.desk->cancel(1, answers.take());
  h.settle();
  CHECK(h.books->cancellations == 2);
  CHECK(answers.refused(errc::overloaded) == 3);
  h.advance(12'000 + answer_margin_ms - 1);
  CHECK(answers.refused(errc::outcome_unknown) == 0);
  h.advance(1);
  CHECK(answers.refused(errc::outcome_unknown) == 2);
  h.desk->cancel(1, answers.take());
  h.settle();
  CHECK(h.books->cancellations == 3);
}

TEST_CASE("a purchase is waited for until its deadline, and a margin longer for the answer") {
  theatre_options options;
  options.reservation.deadline_ms = 10'000;
  small_house h{limits_of(2), options};
  heard<purchase_answer> answers;
  h.desk->buy({}, answers.take());
  h.advance(10'000 + answer_margin_ms - 1);
  CHECK(answers.count() == 0);
  h.advance(1);
  CHECK(answers.refused(errc::outcome_unknown) == 1);
}

TEST_CASE("chaos is asked of the supervisor, who may take as long as a recovery does") {
  small_house h;
  heard<chaos_table> answers;
  for (const char* kind : {"crash", "recover", "slow"}) {
    chaos_order order;
    order.target = service::notification;
    order.kind = kind;
    h.desk->chaos(order, answers.take());
  }
  h.advance(14'999);  // a recovery takes as long as its service takes to start
  CHECK(answers.count() == 0);
  h.advance(1);
  CHECK(answers.refused(errc::internal_error) == 3);
  CHECK(h.books->orders == std::vector<std::string>{"notification crash", "notification recover",
                                                    "notification slow"});
}

TEST_CASE("pages of seats have the limit of reads, and do not take the places of others") {
  small_house h{limits_of(3)};
  h.books->inventory_answers = false;
  heard<std::vector<seat_view>> answers;
  for (int i = 0; i < 10; ++i) h.desk->seats("EVT-001", "", 1'000, answers.take());
  h.settle();
  CHECK(h.books->seat_pages == 3);
  CHECK(answers.refused(errc::overloaded) == 7);
  heard<reservations> others;
  h.desk->reservations_like({}, others.take());
  h.books->kept_by_inventory.front().answer();
  h.settle();
  CHECK(others.refused(errc::overloaded) == 0);
  h.desk->seats("EVT-001", "", 1'000, answers.take());
  h.settle();
  CHECK(h.books->seat_pages == 4);
}

TEST_CASE("a crowd that asks for the events and the chaos shares two rounds of each") {
  small_house h;
  heard<std::vector<event_view>> events;
  heard<chaos_table> chaos;
  h.books->inventory_answers = false;
  for (int i = 0; i < 100; ++i) {
    h.desk->events(events.take());
    h.desk->chaos_state(service::payment, chaos.take());
  }
  h.settle();
  CHECK(h.books->event_lists == 1);
  CHECK(h.books->chaos_looks == 1);
  h.books->inventory_answers = true;
  h.books->kept_by_inventory.front().answer();
  h.books->kept_by_supervisor.front().answer();
  h.settle();
  CHECK(h.books->event_lists == 2);
  CHECK(h.books->chaos_looks == 2);
  REQUIRE(events.count() == 100);
  CHECK((*events.all)[99]->front().sold == 1);  // of the second round
  CHECK(chaos.count() == 1);
  h.books->kept_by_supervisor.back().answer();
  h.settle();
  CHECK(chaos.count() == 100);
}

TEST_CASE("the chaos of one service does not wait for that of another") {
  small_house h;
  heard<chaos_table> answers;
  h.desk->chaos_state(service::payment, answers.take());
  h.desk->chaos_state(service::inventory, answers.take());
  h.settle();
  CHECK(h.books->chaos_looks == 2);
  h.advance(3'000);
  CHECK(answers.refused(errc::internal_error) == 2);
}

TEST_CASE("a round has room for so many sharers, and one more is told overloaded") {
  small_house h;
  h.books->inventory_answers = false;
  heard<std::vector<event_view>> answers;
  for (int i = 0; i < 300; ++i) h.desk->events(answers.take());
  h.settle();
  CHECK(answers.refused(errc::overloaded) == 44);
  CHECK(h.books->event_lists == 1);
}

TEST_CASE("what the clerk asks is bounded, whatever is asked") {
  theatre_options options;
  options.reservation.in_flight_max = 5;
  small_house h{limits_of(3), options};
  heard<purchase_answer> purchases;
  for (int i = 0; i < 15; ++i) h.desk->buy({}, purchases.take());
  heard<chaos_table> orders;
  for (int i = 0; i < 40; ++i) h.desk->chaos({}, orders.take());
  heard<std::vector<feed_line>> lines;
  for (int i = 0; i < 5; ++i) h.desk->feed(0, 1, lines.take());
  h.settle();
  CHECK(h.books->purchases == 10);
  CHECK(purchases.refused(errc::overloaded) == 5);
  CHECK(h.books->kept_by_supervisor.size() == 32);
  CHECK(orders.refused(errc::overloaded) == 8);
  CHECK(h.books->feed_reads == 3);
  CHECK(lines.refused(errc::overloaded) == 2);
}

TEST_CASE("a crowd that asks for the health shares two rounds") {
  small_house h;
  heard<health_view> answers;
  h.books->store_answers = false;
  for (int i = 0; i < 100; ++i) h.desk->health(answers.take());
  h.settle();
  CHECK(h.books->counts == 1);
  h.books->store_answers = true;
  h.books->kept_by_store.front().answer();
  h.settle();
  CHECK(h.books->counts == 2);
  CHECK(answers.count() == 100);
}

TEST_CASE("a health whose store is silent is told, and the next round begins") {
  small_house h;
  heard<health_view> answers;
  h.books->store_answers = false;
  h.desk->health(answers.take());
  h.advance(3'000);
  REQUIRE(answers.count() == 1);
  CHECK(!(*answers.all)[0]->ready);
  h.books->store_answers = true;
  h.desk->health(answers.take());
  h.settle();
  REQUIRE(answers.count() == 2);
  CHECK((*answers.all)[1]->ready);
}

TEST_CASE("a desk that drains says so, and one that is silent is not ready") {
  small_house h;
  heard<health_view> answers;
  h.books->draining = true;
  h.desk->health(answers.take());
  h.settle();
  REQUIRE(answers.count() == 1);
  CHECK((*answers.all)[0]->draining);
  h.books->desk_reports = false;
  h.desk->health(answers.take());
  h.advance(3'000);
  REQUIRE(answers.count() == 2);
  CHECK(!(*answers.all)[1]->ready);
}

// -- the clerk --------------------------------------------------------------------------------

TEST_CASE("with the clerk's end what he has asked is let go of unanswered") {
  small_house h;
  const auto responder = std::make_shared<int>(0);
  h.desk->buy({}, [responder](const result<purchase_answer>&) { ++*responder; });
  h.settle();
  REQUIRE(h.books->purchases == 1);
  CHECK(responder.use_count() > 1);
  h.desk.reset();
  h.settle();
  CHECK(responder.use_count() == 1);
  CHECK(*responder == 0);
}

TEST_CASE("a callback that throws costs its own answer and not the clerk") {
  small_house h;
  int calls = 0;
  h.desk->reservations_like({}, [&](result<reservations> answer) {
    ++calls;
    if (answer) throw std::bad_alloc{};
    CHECK(answer.failure().code == errc::internal_error);
  });
  h.desk->health([&](result<health_view>) { throw std::runtime_error{"planted"}; });
  h.desk->events([&](result<std::vector<event_view>>) { throw std::runtime_error{"planted"}; });
  h.desk->wait_for_mail({}, 0, [&](result<mails>) { throw std::runtime_error{"planted"}; });
  h.settle();
  CHECK(calls == 2);
  CHECK(h.books->told == std::vector<std::string>(4, "clerk.failed"));
  heard<reservations> answers;
  h.desk->reservations_like({}, answers.take());
  h.settle();
  CHECK(answers.count() == 1);
}
