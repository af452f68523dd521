// Goal: a mail is delivered once by its id, the confirmation before the cancellation, and none is
// lost. Method: move mails from the outbox to the mailbox, twice, out of turn, dead, and across a
// restart.
#include "store_fixture.hpp"

using namespace taquilla;
using namespace taquilla::testing;

namespace {

deliver_mail delivery(const std::string& message_id, wall_ms at) { return {message_id, at}; }

}  // namespace

TEST_CASE_FIXTURE(store_fixture, "a delivered mail leaves the outbox for the mailbox as it was") {
  const auto id = confirmed("t1", 1);
  const auto waiting = store->read(due_mails{1020});
  REQUIRE(waiting->list.size() == 1);
  CHECK_FALSE(done(*store, delivery("1-confirmed", 1500))->repeated);
  reopen();
  CHECK(store->read(list_outbox{})->list.empty());
  const auto box = store->read(list_mailbox{});
  REQUIRE(box->list.size() == 1);
  const auto& mail = box->list[0];
  CHECK(mail.message_id == "1-confirmed");
  CHECK(mail.about.id == id);
  CHECK(mail.to == "ana@example.com");
  CHECK(text_of(mail.about).body == text_of(waiting->list[0].about).body);
  CHECK(mail.created_at == 1020);
  CHECK(mail.delivered_at == 1500);
}

TEST_CASE_FIXTURE(store_fixture, "a mail delivered twice is in the mailbox once") {
  confirmed("t1", 1);
  CHECK_FALSE(done(*store, delivery("1-confirmed", 1500))->repeated);
  CHECK(done(*store, delivery("1-confirmed", 1600))->repeated);
  const auto box = store->read(list_mailbox{});
  REQUIRE(box->list.size() == 1);
  CHECK(box->list[0].delivered_at == 1500);
}

TEST_CASE_FIXTURE(store_fixture, "a mail that nobody posted is not delivered") {
  pending("t1", 1);
  for (const char* id : {"1-confirmed", "1-cancelled", "9-confirmed", "1-sold", "confirmed", "",
                         "-1-confirmed", "1-", "99999999999999999999-confirmed"})
    CHECK_MESSAGE(refusal(done(*store, delivery(id, 1500))) == errc::unknown_reservation, id);
  CHECK(refusal(done(*store, postpone_mail{"1-confirmed", 1, "", false})) ==
        errc::unknown_reservation);
  CHECK(store->read(list_mailbox{})->list.empty());
}

TEST_CASE_FIXTURE(store_fixture, "a message id has one spelling") {
  confirmed("t1", 1);
  for (const char* id : {"01-confirmed", "001-confirmed", " 1-confirmed", "1-confirmed ",
                         "1-Confirmed", "1--confirmed"})
    CHECK_MESSAGE(refusal(done(*store, delivery(id, 1500))) == errc::unknown_reservation, id);
  CHECK(done(*store, delivery("1-confirmed", 1500)));
}

TEST_CASE_FIXTURE(store_fixture, "a mail is due until it is delivered, however often one looks") {
  const auto due = [this](std::uint32_t limit) {
    std::string out;
    const auto found = store->read(due_mails{2'000, limit});
    for (const auto& mail : found->list) out += mail.message_id + ' ';
    return out + std::to_string(found->next_at);
  };
  for (std::uint32_t seat = 1; seat <= 3; ++seat) confirmed("t" + std::to_string(seat), seat);
  for (int look = 0; look < 2; ++look) {
    CHECK(due(10) == "1-confirmed 2-confirmed 3-confirmed 0");
    CHECK(due(2) == "1-confirmed 2-confirmed 2000");
  }
  const auto late = pending("t4", 4);
  confirmed("t5", 5);
  deliver("1-confirmed", 1'500);
  deliver("3-confirmed", 1'500);
  CHECK(due(10) == "2-confirmed 5-confirmed 0");
  deliver("2-confirmed", 1'500);
  deliver("5-confirmed", 1'500);
  CHECK(due(10) == "0");
  REQUIRE(done(*store, record_charge{late, {5000}, 1'600}));
  REQUIRE(done(*store, confirm_purchase{late, 1'600, {}}));
  CHECK(due(10) == "4-confirmed 0");  // confirmed after those that came after it
  CHECK(store->read(count_everything{2'000})->outbox_due == 1);
  reopen();
  CHECK(due(10) == "4-confirmed 0");
}

TEST_CASE_FIXTURE(store_fixture, "a mail that was given up and revived is due") {
  confirmed("t1", 1);
  done(*store, postpone_mail{"1-confirmed", 9'000, "bounced", true});
  CHECK(store->read(due_mails{2'000})->list.empty());
  CHECK(done(*store, revive_mails{10})->count == 1);
  CHECK(store->read(due_mails{1})->list.size() == 1);
  CHECK(store->read(list_outbox{})->list[0].not_before == 0);
  deliver("1-confirmed", 2'000);
  CHECK(store->read(count_everything{2'000})->outbox_due == 0);
}

TEST_CASE_FIXTURE(store_fixture, "the cancellation waits until the confirmation is delivered") {
  cancelled("t1", 1);
  auto due = store->read(due_mails{2000});
  REQUIRE(due->list.size() == 1);
  CHECK(due->list[0].message_id == "1-confirmed");
  done(*store, postpone_mail{"1-confirmed", 9000, "down", false});
  due = store->read(due_mails{2000});
  CHECK(due->list.empty());
  CHECK(due->next_at == 9000);
  done(*store, delivery("1-confirmed", 2100));
  due = store->read(due_mails{2200});
  REQUIRE(due->list.size() == 1);
  CHECK(due->list[0].message_id == "1-cancelled");
}

TEST_CASE_FIXTURE(store_fixture, "what was never tried is due whatever the clock says") {
  cancelled("t1", 1);
  const wall_ms long_before = 1;
  CHECK(store->read(due_mails{long_before})->list.size() == 1);
  done(*store, delivery("1-confirmed", long_before));
  CHECK(store->read(due_mails{long_before})->list.size() == 1);
  CHECK(store->read(due_settlements{long_before})->due.size() == 1);
}

TEST_CASE_FIXTURE(store_fixture, "a wait that ends later than any of ours is an old clock's") {
  const wall_ms now = 1'000, latest = 6'000;
  for (const auto& [seat, until] : {std::pair{1U, latest}, {2U, latest + 1}, {3U, 9'000'000LL}})
    done(*store,
         postpone_mail{std::to_string(confirmed("t" + std::to_string(seat), seat)) + "-confirmed",
                       until, "down", false});
  const auto all = store->read(due_mails{now, 10, latest});
  REQUIRE(all->list.size() == 2);
  CHECK(all->list[0].message_id == "2-confirmed");
  CHECK(all->list[1].message_id == "3-confirmed");
  CHECK(all->next_at == latest);
  const auto one = store->read(due_mails{now, 1, latest});
  CHECK(one->list.size() == 1);
  CHECK(one->next_at == now);  // there is more
  CHECK(store->read(due_mails{now, 10})->list.empty());
}

TEST_CASE_FIXTURE(store_fixture, "money too does not wait for an old clock") {
  const auto id = failed("t1", 1);
  done(*store, settle{id, settlement_kind::void_charge, false, 9'000'000, "down"});
  CHECK(store->read(due_settlements{1'000, 10, 6'000})->due.size() == 1);
  const auto ours = store->read(due_settlements{1'000, 10, 9'000'000});
  CHECK(ours->due.empty());
  CHECK(ours->next_at == 9'000'000);
}

TEST_CASE_FIXTURE(store_fixture, "the cancellation does not wait for a dead confirmation") {
  cancelled("t1", 1);
  done(*store, postpone_mail{"1-confirmed", 0, "bounced", true});
  const auto due = store->read(due_mails{2000});
  REQUIRE(due->list.size() == 1);
  CHECK(due->list[0].message_id == "1-cancelled");
  const auto all = store->read(list_outbox{});
  REQUIRE(all->list.size() == 2);
  CHECK(all->list[0].dead);
  CHECK(all->list[0].attempts == 1);
  CHECK(all->list[0].last_error == "bounced");
}

TEST_CASE_FIXTURE(store_fixture, "nobody waits for a mail that was given up") {
  confirmed("t1", 1);
  REQUIRE(done(*store, postpone_mail{"1-confirmed", 9'000, "mail_bounced", true}));
  CHECK(store->read(due_mails{5'000, 10})->next_at == 0);
}

TEST_CASE_FIXTURE(store_fixture, "mails that were given up are revived as if never tried") {
  confirmed("t1", 1);
  confirmed("t2", 2);
  cancelled("t3", 3);
  for (const char* id : {"1-confirmed", "2-confirmed"})
    done(*store, postpone_mail{id, 9000, "bounced", true});
  done(*store, delivery("3-confirmed", 2000));
  done(*store, postpone_mail{"3-cancelled", 9000, "bounced", true});
  CHECK(done(*store, revive_mails{2})->count == 2);
  CHECK(done(*store, revive_mails{2})->count == 1);
  CHECK(done(*store, revive_mails{2})->count == 0);
  const auto due = store->read(due_mails{1});
  REQUIRE(due->list.size() == 3);
  CHECK(due->list[0].attempts == 0);
  CHECK(due->list[0].last_error == "bounced");
}

TEST_CASE_FIXTURE(store_fixture, "a confirmation is not revived beside its cancellation") {
  cancelled("t1", 1);
  done(*store, postpone_mail{"1-confirmed", 0, "bounced", true});
  CHECK(done(*store, revive_mails{})->count == 0);
  done(*store, delivery("1-cancelled", 2000));
  CHECK(done(*store, revive_mails{})->count == 0);
}

TEST_CASE_FIXTURE(store_fixture, "a mail of another reservation waits for nobody") {
  confirmed("t1", 1);
  cancelled("t2", 2);
  done(*store, delivery("2-confirmed", 2000));
  const auto due = store->read(due_mails{2000});
  CHECK(due->list.size() == 2);
}

TEST_CASE_FIXTURE(store_fixture,
                  "a mail put off is due at its time, and a delivered one never again") {
  confirmed("t1", 1);
  CHECK_FALSE(done(*store, postpone_mail{"1-confirmed", 7000, "down", false})->repeated);
  reopen();
  auto due = store->read(due_mails{6999});
  CHECK(due->list.empty());
  CHECK(due->next_at == 7000);
  due = store->read(due_mails{7000});
  REQUIRE(due->list.size() == 1);
  CHECK(due->list[0].attempts == 1);
  done(*store, delivery("1-confirmed", 7000));
  CHECK(done(*store, postpone_mail{"1-confirmed", 8000, "late", false})->repeated);
  due = store->read(due_mails{9999});
  CHECK(due->list.empty());
  CHECK(due->next_at == 0);
}

TEST_CASE_FIXTURE(store_fixture, "due mails come oldest first and never more than asked for") {
  for (std::uint32_t i = 1; i <= 3; ++i) confirmed("t" + std::to_string(i), i);
  done(*store, postpone_mail{"1-confirmed", 1500, "", false});
  const auto due = store->read(due_mails{2000, 2});
  REQUIRE(due->list.size() == 2);
  CHECK(due->list[0].message_id == "2-confirmed");
  CHECK(due->list[1].message_id == "3-confirmed");
  CHECK(due->next_at == 2000);
}

TEST_CASE_FIXTURE(store_fixture, "the mailbox is listed by recipient, page by page") {
  for (std::uint32_t i = 1; i <= 6; ++i)
    confirmed("t" + std::to_string(i), i, i % 2 == 0 ? "eva@example.com" : "ana@example.com");
  for (int i = 1; i <= 5; ++i) deliver(std::to_string(i) + "-confirmed", 2000);
  CHECK(store->read(list_mailbox{})->list.size() == 5);
  const auto eva = store->read(list_mailbox{"eva@example.com", 10, ""});
  REQUIRE(eva->list.size() == 2);  // 6 is not delivered yet
  CHECK(eva->list[1].message_id == "4-confirmed");
  CHECK(eva->next.empty());
  auto page = store->read(list_mailbox{"ana@example.com", 2, ""});
  REQUIRE(page->list.size() == 2);
  REQUIRE_FALSE(page->next.empty());
  page = store->read(list_mailbox{"ana@example.com", 2, page->next});
  REQUIRE(page->list.size() == 1);
  CHECK(page->list[0].message_id == "5-confirmed");
  CHECK(page->next.empty());
  CHECK(store->read(list_mailbox{"nobody@example.com", 2, ""})->list.empty());
  CHECK(refusal(store->read(list_mailbox{"", 2, "x"})) == errc::invalid_field);
}

TEST_CASE_FIXTURE(store_fixture, "both mails of a reservation are found by its buyer") {
  cancelled("t1", 1);
  deliver("1-confirmed", 2000);
  deliver("1-cancelled", 2001);
  const auto first = store->read(list_mailbox{"ana@example.com", 1, ""});
  REQUIRE(first->list.size() == 1);
  CHECK(first->list[0].message_id == "1-confirmed");
  const auto second = store->read(list_mailbox{"ana@example.com", 1, first->next});
  REQUIRE(second->list.size() == 1);
  CHECK(second->list[0].message_id == "1-cancelled");
  CHECK(second->next.empty());
}

TEST_CASE_FIXTURE(store_fixture, "the outbox is listed page by page") {
  for (std::uint32_t i = 1; i <= 3; ++i) confirmed("t" + std::to_string(i), i);
  auto page = store->read(list_outbox{2, ""});
  CHECK(page->list.size() == 2);
  page = store->read(list_outbox{2, page->next});
  REQUIRE(page->list.size() == 1);
  CHECK(page->list[0].message_id == "3-confirmed");
  CHECK(page->next.empty());
  CHECK(refusal(store->read(list_outbox{2, "-1"})) == errc::invalid_field);
}

TEST_CASE_FIXTURE(store_fixture,
                  "a mail says which reservation, event, seat and amount it is about") {
  pending("t1", 1);
  auto order = purchase("t2", 12);
  order.order.event = "EVT-007";
  order.order.seat = {"B", 12};
  order.order.email = "eva@example.com";
  order.order.amount = {12'345};
  const auto id = done(*store, order)->id;
  done(*store, record_charge{id, {12'345}, 1'000});
  done(*store, confirm_purchase{id, 1'020, {}});
  done(*store, cancel_purchase{id, 1'030});
  const auto waiting = store->read(list_outbox{});
  REQUIRE(waiting->list.size() == 2);
  done(*store, delivery("2-confirmed", 1'100));
  done(*store, delivery("2-cancelled", 1'100));
  for (const auto& box : {list_mailbox{}, list_mailbox{"eva@example.com", 100, ""}}) {
    auto all = waiting->list;
    const auto delivered = store->read(box);
    all.insert(all.end(), delivered->list.begin(), delivered->list.end());
    REQUIRE(all.size() == 4);
    for (const auto& mail : all) {
      const bool confirmed = mail.message_id == "2-confirmed";
      CHECK(mail.about.kind == (confirmed ? mail_kind::confirmed : mail_kind::cancelled));
      CHECK(mail.to == "eva@example.com");
      CHECK(mail.about.id == id);
      CHECK(mail.about.event == "EVT-007");
      CHECK(to_string(mail.about.seat) == "B12");
      CHECK(mail.about.amount.cents == 12'345);
    }
  }
}
