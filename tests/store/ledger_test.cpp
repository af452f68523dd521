// Goal: a purchase is charged at most once, and what was voided can never be charged again.
// Method: every command on every state of a charge; the table of answers is spelled out.
#include "store_fixture.hpp"

using namespace taquilla;
using namespace taquilla::testing;

TEST_CASE_FIXTURE(store_fixture, "a charge repeated is the first charge") {
  const auto id = pending("t1", 1);
  const auto first = done(*store, record_charge{id, {5000}, 10});
  CHECK(first->state == charge_state::charged);
  const auto again = done(*store, record_charge{id, {5000}, 20});
  CHECK(again->state == charge_state::charged);
  CHECK(again->at == 10);
  CHECK(again->existed);
  CHECK(refusal(done(*store, record_charge{id, {6000}, 20})) == errc::key_reused);
  CHECK(store->read(find_charge{id})->amount.cents == 5000);
}

TEST_CASE_FIXTURE(store_fixture, "a tombstone refuses a later charge") {
  const auto id = pending("t1", 1);
  CHECK(done(*store, void_charge{id, 10})->state == charge_state::voided);
  const auto late = done(*store, record_charge{id, {5000}, 20});
  CHECK(refusal(late) == errc::charge_voided);
  CHECK(late.failure().detail == "voided");
  CHECK(store->read(find_charge{id})->state == charge_state::voided);
  CHECK(store->read(find_charge{id})->amount.cents == 0);
}

TEST_CASE_FIXTURE(store_fixture, "a void ends a charge and keeps its amount") {
  const auto id = pending("t1", 1);
  done(*store, record_charge{id, {5000}, 10});
  const auto first = done(*store, void_charge{id, 20});
  CHECK(first->state == charge_state::voided);
  CHECK(first->amount.cents == 5000);
  CHECK(done(*store, void_charge{id, 30})->at == 20);
  CHECK(refusal(done(*store, record_charge{id, {5000}, 40})) == errc::charge_voided);
  CHECK(done(*store, refund_charge{id, 50})->state == charge_state::voided);
}

TEST_CASE_FIXTURE(store_fixture, "a refund is given once and outlives a void") {
  const auto id = pending("t1", 1);
  done(*store, record_charge{id, {5000}, 10});
  CHECK(done(*store, refund_charge{id, 20})->state == charge_state::refunded);
  CHECK(done(*store, refund_charge{id, 30})->at == 20);
  CHECK(done(*store, void_charge{id, 40})->state == charge_state::refunded);
  CHECK(refusal(done(*store, record_charge{id, {5000}, 50})) == errc::charge_voided);
}

TEST_CASE_FIXTURE(store_fixture, "money never moves for a reservation that is not there") {
  CHECK(refusal(done(*store, record_charge{7, {5000}, 10})) == errc::unknown_reservation);
  CHECK(refusal(done(*store, void_charge{7, 10})) == errc::unknown_reservation);
  CHECK(refusal(done(*store, refund_charge{7, 10})) == errc::unknown_reservation);
  CHECK_FALSE(store->read(find_charge{7})->existed);
  CHECK(store->read(list_charges{})->list.empty());
}

TEST_CASE_FIXTURE(store_fixture, "charges are listed by state, page by page") {
  for (std::uint32_t i = 1; i <= 5; ++i) {
    const auto id = pending("t" + std::to_string(i), i);
    done(*store, record_charge{id, {5000}, 10});
    if (i % 2 == 0) done(*store, void_charge{id, 20});
  }
  auto page = store->read(list_charges{"", 2, 0});
  REQUIRE(page->list.size() == 2);
  CHECK(page->next == 2);
  page = store->read(list_charges{"", 2, page->next});
  CHECK(page->list.front().id == 3);
  page = store->read(list_charges{"", 2, page->next});
  CHECK(page->list.size() == 1);
  CHECK(page->next == 0);
  CHECK(store->read(list_charges{"voided", 10, 0})->list.size() == 2);
  CHECK(store->read(list_charges{"charged", 10, 0})->list.size() == 3);
  const auto charged = store->read(list_charges{"charged", 1, 0})->list.at(0).id;
  REQUIRE(done(*store, refund_charge{charged, 50}));
  CHECK(store->read(list_charges{"voided", 10, 0})->list.size() == 2);
  CHECK(store->read(list_charges{"charged", 10, 0})->list.size() == 2);
  CHECK(store->read(list_charges{"refunded", 10, 0})->list.size() == 1);
  CHECK(refusal(store->read(list_charges{"stolen", 10, 0})) == errc::invalid_field);
}
