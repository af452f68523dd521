// Goal: a seat and a key have one live purchase, and every step of a purchase can be repeated.
// Method: each command against a real store, then again, then against every state it may meet.
#include "store_fixture.hpp"

using namespace taquilla;
using namespace taquilla::testing;

TEST_CASE_FIXTURE(store_fixture, "purchases are numbered 1, 2, 3 in order") {
  CHECK(pending("t1", 1) == 1);
  CHECK(pending("t2", 2) == 2);
  CHECK(pending("t3", 3) == 3);
}

TEST_CASE_FIXTURE(store_fixture, "a recorded purchase reads back field by field") {
  auto command = purchase("t1", 7, "luz@example.com");
  command.timeline.push_back({1001, 5, "note", "tab\there", "fault-9"});
  const auto id = done(*store, command)->id;
  reopen();
  const auto found = store->read(find_reservation{id});
  REQUIRE(found);
  CHECK(found->id == id);
  CHECK(found->event == "EVT-001");
  CHECK(found->seat == seat_id{"A", 7});
  CHECK(found->email == "luz@example.com");
  CHECK(found->amount.cents == 5000);
  CHECK(found->state == reservation_state::pending);
  CHECK(found->created_at == 1000);
  CHECK(found->updated_at == 1000);
  CHECK(found->failure.empty());
  REQUIRE(found->timeline.size() == 2);
  CHECK(found->timeline[1].at == 1001);
  CHECK(found->timeline[1].lasted_ms == 5);
  CHECK(found->timeline[1].detail == "tab\there");
  CHECK(found->timeline[1].fault == "fault-9");
}

TEST_CASE_FIXTURE(store_fixture, "the same token is the same row, whatever became of it") {
  const auto open = pending("open", 1);
  const auto sold = confirmed("sold", 2);
  const auto lost = failed("lost", 3);
  const auto gone = cancelled("gone", 4);
  const auto again = [&](const char* token, std::uint32_t seat) {
    const auto answer = done(*store, purchase(token, seat));
    REQUIRE(answer);
    CHECK_FALSE(answer->already_yours);
    return answer->id;
  };
  CHECK(again("open", 1) == open);
  CHECK(again("sold", 2) == sold);
  CHECK(again("lost", 3) == lost);
  CHECK(again("gone", 4) == gone);
  CHECK(store->read(count_everything{})->reservations == 4);
}

TEST_CASE_FIXTURE(store_fixture, "the same purchase under another token is already yours") {
  const auto first = pending("t1", 1);
  const auto second = done(*store, purchase("t2", 1));
  REQUIRE(second);
  CHECK(second->already_yours);
  CHECK(second->id == first);
}

TEST_CASE_FIXTURE(store_fixture, "a seat with a live owner is refused to everybody else") {
  pending("t1", 1);
  CHECK(refusal(done(*store, purchase("t2", 1, "eva@example.com"))) == errc::seat_taken);
  auto dearer = purchase("t3", 1);
  dearer.order.amount = {5001};
  CHECK(refusal(done(*store, dearer)) == errc::seat_taken);
  confirmed("t4", 2);
  CHECK(refusal(done(*store, purchase("t5", 2, "eva@example.com"))) == errc::seat_taken);
}

TEST_CASE_FIXTURE(store_fixture, "the fingerprint alone makes nobody the owner") {
  pending("t1", 1, "ana@example.com");
  auto twin = purchase("t2", 1, "eva@example.com");
  twin.identity = purchase("t1", 1, "ana@example.com").identity;
  CHECK(refusal(done(*store, twin)) == errc::seat_taken);
}

TEST_CASE_FIXTURE(store_fixture,
                  "a failed and a cancelled purchase free their seat and their key") {
  auto first = purchase("t1", 1);
  first.order.idempotency_key = "key";
  const auto id = done(*store, first)->id;
  REQUIRE(done(*store, fail_purchase{id, "payment_declined", 2000, {}}));
  first.token = "t2";
  const auto second = done(*store, first);
  REQUIRE(second);
  CHECK(second->id != id);
  REQUIRE(done(*store, record_charge{second->id, {5000}, 1}));
  REQUIRE(done(*store, confirm_purchase{second->id, 2, {}}));
  REQUIRE(done(*store, cancel_purchase{second->id, 3}));
  first.token = "t3";
  const auto third = done(*store, first);
  REQUIRE(third);
  CHECK_FALSE(third->already_yours);
  CHECK(third->id == 3);
}

TEST_CASE_FIXTURE(store_fixture, "a key of a live purchase is refused to another purchase") {
  auto first = purchase("t1", 1);
  first.order.idempotency_key = "key";
  const auto id = done(*store, first)->id;
  std::vector<record_purchase> others(5, first);  // each differs in one thing
  others[0].order.event = "EVT-002";
  others[1].order.seat.row = "B";
  others[2].order.seat.number = 2;
  others[3].order.email = "other@email.com";
  others[4].order.amount.cents += 1;
  for (auto& other : others) {
    other.token = "t2";
    CHECK(refusal(done(*store, other)) == errc::key_reused);
  }
  first.token = "t3";
  const auto same = done(*store, first);
  REQUIRE(same);
  CHECK(same->already_yours);
  CHECK(same->id == id);
  const auto owner = store->read(find_key{"key"});
  CHECK(owner->id == id);
  CHECK(owner->identity == first.identity);
  CHECK(store->read(find_key{""})->id == 0);
  CHECK(store->read(find_key{"nobody's"})->id == 0);
}

namespace {

purchase_order keyed(const record_purchase& what, const char* key) {
  auto order = what.order;
  order.idempotency_key = key;
  return order;
}

}  // namespace

TEST_CASE_FIXTURE(store_fixture, "a key that comes with a repeated purchase is that purchase's") {
  const auto first = purchase("t1", 1), second = purchase("t2", 2);
  const auto id = done(*store, first)->id;
  const auto bound = done(*store, bind_key{keyed(first, "late")});
  REQUIRE(bound);
  CHECK(bound->id == id);
  CHECK(bound->identity == first.identity);
  REQUIRE(done(*store, bind_key{keyed(first, "later")}));
  reopen();
  for (const char* key : {"late", "later"}) {
    CHECK(store->read(find_key{key})->id == id);
    auto other = second;
    other.order.idempotency_key = key;
    CHECK(refusal(done(*store, other)) == errc::key_reused);
  }
  CHECK(run_audit(folder.file()).clean());
}

TEST_CASE_FIXTURE(store_fixture, "a key stays whose it is while that purchase lives") {
  const auto first = purchase("t1", 1), second = purchase("t2", 2);
  const auto id = done(*store, first)->id;
  const auto other = done(*store, second)->id;
  REQUIRE(done(*store, bind_key{keyed(first, "key")}));
  CHECK(done(*store, bind_key{keyed(second, "key")})->id == id);
  CHECK(done(*store, bind_key{keyed(first, "key")})->id == id);
  REQUIRE(done(*store, fail_purchase{id, "payment_declined", 2, {}}));
  CHECK(store->read(find_key{"key"})->id == 0);
  CHECK(done(*store, bind_key{keyed(second, "key")})->id == other);
  CHECK(store->read(find_key{"key"})->id == other);
}

TEST_CASE_FIXTURE(store_fixture, "a key is bound to the same purchase alone, and while it lives") {
  const auto bound_to = [this](const record_purchase& what) {
    return done(*store, bind_key{keyed(what, "key")})->id;
  };
  CHECK(bound_to(purchase("t1", 1)) == 0);
  pending("t1", 1);
  CHECK(bound_to(purchase("t2", 1, "eva@example.com")) == 0);
  auto dearer = purchase("t3", 1);
  dearer.order.amount = {5001};
  CHECK(bound_to(dearer) == 0);
  cancelled("t4", 2);
  CHECK(bound_to(purchase("t5", 2)) == 0);
  CHECK(store->read(find_key{"key"})->id == 0);
}

TEST_CASE_FIXTURE(store_fixture, "a purchase without a charge is not confirmed") {
  const auto id = pending("t1", 1);
  CHECK(refusal(done(*store, confirm_purchase{id, 2, {}})) == errc::charge_voided);
  REQUIRE(done(*store, record_charge{id, {4999}, 1}));
  CHECK(refusal(done(*store, confirm_purchase{id, 2, {}})) == errc::charge_voided);
  REQUIRE(done(*store, void_charge{id, 3}));
  CHECK(refusal(done(*store, confirm_purchase{id, 2, {}})) == errc::charge_voided);
  CHECK(state_of(id) == reservation_state::pending);
  CHECK(store->read(list_outbox{})->list.empty());
  CHECK(refusal(done(*store, confirm_purchase{99, 2, {}})) == errc::unknown_reservation);
}

TEST_CASE_FIXTURE(store_fixture, "a purchase whose charge was voided is not confirmed") {
  const auto id = pending("t1", 1);
  REQUIRE(done(*store, record_charge{id, {5000}, 1'500}));
  REQUIRE(done(*store, void_charge{id, 1'600}));
  CHECK(refusal(done(*store, confirm_purchase{id, 2'000, {}})) == errc::charge_voided);
}

TEST_CASE_FIXTURE(store_fixture, "confirming sells the seat, posts one mail and can be repeated") {
  const auto id = confirmed("t1", 1);
  CHECK(state_of(id) == reservation_state::confirmed);
  const auto once = store->read(find_reservation{id});
  CHECK(done(*store, confirm_purchase{id, 9999, {{9999, 0, "twice", "", ""}}})->id == id);
  const auto twice = store->read(find_reservation{id});
  CHECK(twice->updated_at == once->updated_at);
  CHECK(twice->timeline.size() == once->timeline.size());
  const auto outbox = store->read(list_outbox{});
  REQUIRE(outbox->list.size() == 1);
  CHECK(outbox->list[0].message_id == "1-confirmed");
  CHECK(outbox->list[0].to == "ana@example.com");
}

TEST_CASE_FIXTURE(store_fixture, "failing frees the seat, owes a void and can be repeated") {
  const auto id = pending("t1", 1);
  const auto first =
      done(*store, fail_purchase{id, "payment_timeout", 5, {{5, 0, "failed", "", ""}}});
  CHECK(first->state == reservation_state::failed);
  CHECK(done(*store, fail_purchase{id, "other", 6, {}})->state == reservation_state::failed);
  const auto found = store->read(find_reservation{id});
  CHECK(found->failure == "payment_timeout");
  CHECK(found->updated_at == 5);
  CHECK(steps_of(id) == "seat_held failed void_due");
  CHECK(store->read(find_seat_owner{"EVT-001", {"A", 1}})->id == 0);
  const auto owed = store->read(due_settlements{5});
  REQUIRE(owed->due.size() == 1);
  CHECK(owed->due[0].id == id);
  CHECK(owed->due[0].kind == settlement_kind::void_charge);
  CHECK(store->read(list_outbox{})->list.empty());
  CHECK(refusal(done(*store, fail_purchase{99, "x", 6, {}})) == errc::unknown_reservation);
}

TEST_CASE_FIXTURE(store_fixture, "of confirming and failing the first wins") {
  const auto sold = confirmed("t1", 1);
  CHECK(done(*store, fail_purchase{sold, "late", 9, {}})->state == reservation_state::confirmed);
  CHECK(state_of(sold) == reservation_state::confirmed);
  CHECK(store->read(due_settlements{99})->due.empty());
  const auto lost = failed("t2", 2);
  REQUIRE(done(*store, record_charge{lost, {5000}, 1}));
  CHECK(refusal(done(*store, confirm_purchase{lost, 9, {}})) == errc::charge_voided);
}

TEST_CASE_FIXTURE(store_fixture, "cancelling frees the seat, owes a refund, posts a mail, once") {
  const auto id = confirmed("t1", 1);
  const auto first = done(*store, cancel_purchase{id, 50});
  REQUIRE(first);
  CHECK(first->changed);
  CHECK(first->record.state == reservation_state::cancelled);
  CHECK(first->record.updated_at == 50);
  CHECK(first->record.seat == seat_id{"A", 1});
  const auto second = done(*store, cancel_purchase{id, 60});
  CHECK_FALSE(second->changed);
  CHECK(second->record.updated_at == 50);
  CHECK(store->read(find_seat_owner{"EVT-001", {"A", 1}})->id == 0);
  const auto owed = store->read(due_settlements{50});
  REQUIRE(owed->due.size() == 1);
  CHECK(owed->due[0].kind == settlement_kind::refund);
  CHECK(store->read(list_outbox{})->list.size() == 2);
  CHECK(steps_of(id).find("cancelled") != std::string::npos);
  // A confirmation that was said twice is still a confirmation that was said.
  CHECK(done(*store, confirm_purchase{id, 70, {}}));
  CHECK(state_of(id) == reservation_state::cancelled);
}

TEST_CASE_FIXTURE(store_fixture, "what is not confirmed is not cancelled") {
  CHECK(refusal(done(*store, cancel_purchase{1, 50})) == errc::unknown_reservation);
  const auto open = pending("t1", 1);
  CHECK(refusal(done(*store, cancel_purchase{open, 50})) == errc::reservation_pending);
  const auto lost = failed("t2", 2);
  const auto answer = done(*store, cancel_purchase{lost, 50});
  CHECK_FALSE(answer->changed);
  CHECK(answer->record.state == reservation_state::failed);
  CHECK(store->read(list_outbox{})->list.empty());
}

TEST_CASE_FIXTURE(store_fixture, "a timeline tells what became of the money and of the mails") {
  const auto id = confirmed("t1", 1);
  deliver("1-confirmed", 5'000);
  REQUIRE(done(*store, cancel_purchase{id, 6'000}));
  REQUIRE(done(*store, settle{id, settlement_kind::refund, false, 9'000, "payment_unavailable"}));
  REQUIRE(done(*store, postpone_mail{"1-cancelled", 9'000, "mail_bounced", false}));
  const auto waiting = store->read(find_reservation{id})->timeline;
  REQUIRE(waiting.size() >= 2);
  CHECK(waiting[waiting.size() - 2].step == "refund_due");
  CHECK(waiting[waiting.size() - 2].detail == "attempts 1, payment_unavailable");
  CHECK(steps_of(id).find("charge_voided") == std::string::npos);
  CHECK(waiting.back().detail == "1-cancelled: attempts 1, mail_bounced");
  REQUIRE(done(*store, refund_charge{id, 7'000}));
  REQUIRE(done(*store, settle{id, settlement_kind::refund, true, 0, ""}));
  REQUIRE(done(*store, postpone_mail{"1-cancelled", 9'000, "mail_undeliverable", true}));
  CHECK(steps_of(id) == "seat_held confirmed mail_delivered cancelled mail_given_up refunded");
  const auto lost = failed("t2", 2);
  REQUIRE(done(*store, void_charge{lost, 8'000}));
  const auto end = store->read(find_reservation{lost})->timeline.back();
  CHECK(end.step == "charge_voided");
  CHECK(end.detail == "nothing had been charged");
  const auto paid = pending("t3", 3);
  REQUIRE(done(*store, record_charge{paid, {5000}, 8'000}));
  REQUIRE(done(*store, fail_purchase{paid, "payment_timeout", 8'001, {}}));
  REQUIRE(done(*store, void_charge{paid, 8'002}));
  CHECK(store->read(find_reservation{paid})->timeline.back().detail.empty());
}

TEST_CASE_FIXTURE(store_fixture, "a timeline grows at its end and not for ever") {
  const auto id = pending("t1", 1);
  REQUIRE(done(*store, append_timeline{id, {{2000, 1, "waited", "100 ms", "f1"}}}));
  auto found = store->read(find_reservation{id});
  REQUIRE(found->timeline.size() == 2);
  CHECK(found->timeline[1].step == "waited");
  const append_timeline much{id, {{3000, 1, "x", std::string(30'000, 'y'), ""}}};
  for (int i = 0; i < 5; ++i) REQUIRE(done(*store, much));
  found = store->read(find_reservation{id});
  CHECK(found->timeline.size() == 5);
  CHECK(refusal(done(*store, append_timeline{99, {}})) == errc::unknown_reservation);
}

TEST_CASE_FIXTURE(store_fixture,
                  "the schema itself refuses a second live owner of a seat, and a key twice") {
  pending("t1", 1);
  pending("t2", 2);
  for (const char* sql :
       {"UPDATE reservations SET seat_number = 1", "INSERT INTO keys VALUES ('k', 1), ('k', 2)"})
    CHECK_THROWS_AS(store::statement(inside().handle(), sql).run(), store::sqlite_failure);
}

TEST_CASE_FIXTURE(store_fixture, "a key is found while its purchase lives, however that ends") {
  std::uint32_t seat = 0;
  const auto with_key = [&](const std::string& key) {
    auto command = purchase("t" + key, ++seat);
    command.order.idempotency_key = key;
    const auto id = done(*store, command)->id;
    CHECK(store->read(find_key{key})->id == id);
    return id;
  };
  REQUIRE(done(*store, fail_purchase{with_key("k1"), "payment_timeout", 1030, {}}));
  CHECK(store->read(find_key{"k1"})->id == 0);
  const auto sold = with_key("k2");
  REQUIRE(done(*store, record_charge{sold, {5000}, 1010}));
  REQUIRE(done(*store, confirm_purchase{sold, 1020, {}}));
  CHECK(store->read(find_key{"k2"})->id == sold);
  REQUIRE(done(*store, cancel_purchase{sold, 1040}));
  CHECK(store->read(find_key{"k2"})->id == 0);
}
