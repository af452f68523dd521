// Goal: listings find what their filters ask for, in pages that never exceed their limit.
// Method: a small store with every state in it, filters alone and together, cursors to the end.
#include "store_fixture.hpp"

#include <vector>

using namespace taquilla;
using namespace taquilla::testing;

namespace {

struct listing_fixture : store_fixture {
  listing_fixture() {
    confirmed("t1", 1);
    pending("t2", 2);
    failed("t3", 3);
    cancelled("t4", 4);
    confirmed("t5", 5, "eva@example.com");
    auto elsewhere = purchase("t6", 6, "eva@example.com");
    elsewhere.order.event = "EVT-002";
    REQUIRE(done(*store, elsewhere));
  }
  std::string ids(const list_reservations& query) {
    std::string out;
    const auto page = store->read(query);
    REQUIRE(page);
    for (const auto& one : page->list) out += std::to_string(one.id) + " ";
    return out;
  }
};

/// What SQLite means to do for one statement, a line a step.
std::vector<std::string> plan_of(store::sqlite_database& store, const std::string& sql) {
  store::statement question{store.handle(), "EXPLAIN QUERY PLAN " + sql};
  std::vector<std::string> out;
  auto row = question.query();
  while (row.next()) out.push_back(row.text(3));
  return out;
}

/// Every command and question once, since a statement exists from its first use on.
void use_everything(database& store) {
  const auto ask = [&store](const auto&... query) { (static_cast<void>(store.read(query)), ...); };
  const auto tell = [&store](const auto&... what) { (static_cast<void>(done(store, what)), ...); };
  const deliver_mail letter{"7-confirmed", 6};
  list_mailbox of_ana;
  of_ana.to = "ana@example.com";
  auto with_key = purchase("t7", 7);
  with_key.order.idempotency_key = "key";
  tell(with_key, bind_key{with_key.order}, append_timeline{7, {}}, record_charge{7, {5000}, 1},
       confirm_purchase{7, 2, {}}, cancel_purchase{7, 3}, refund_charge{7, 4}, void_charge{8, 4},
       fail_purchase{7, "", 5, {}});
  tell(settle{7, settlement_kind::refund, false, 9, ""},
       settle{7, settlement_kind::refund, true, 0, ""}, postpone_mail{"7-confirmed", 9, "", false},
       letter, letter);
  ask(list_reservations{}, list_reservations{"ana@example.com", "", ""},
      list_reservations{"", "", "pending"}, find_reservation{1}, open_purchases{}, live_seats{},
      find_seat_owner{"EVT-001", {"A", 1}}, find_key{"key"}, count_everything{});
  ask(find_charge{1}, list_charges{}, due_settlements{}, due_mails{}, list_outbox{}, list_mailbox{},
      of_ana);
}

}  // namespace

TEST_CASE_FIXTURE(listing_fixture, "reservations are found by e-mail, event and state") {
  CHECK(ids({}) == "1 2 3 4 5 6 ");
  CHECK(ids({"ana@example.com", "", ""}) == "1 2 3 4 ");
  CHECK(ids({"", "EVT-002", ""}) == "6 ");
  CHECK(ids({"", "", "pending"}) == "2 6 ");
  CHECK(ids({"", "", "confirmed"}) == "1 5 ");
  CHECK(ids({"", "", "cancelled"}) == "4 ");
  CHECK(ids({"", "", "failed"}) == "3 ");
  CHECK(ids({"eva@example.com", "EVT-001", "confirmed"}) == "5 ");
  CHECK(ids({"eva@example.com", "EVT-002", "confirmed"}).empty());
  CHECK(ids({"nobody@example.com", "", ""}).empty());
  CHECK(refusal(store->read(list_reservations{"", "", "sold"})) == errc::invalid_field);
}

TEST_CASE_FIXTURE(listing_fixture, "pages follow their cursor to the end") {
  list_reservations query{"", "", "", 4, 0};
  auto page = store->read(query);
  REQUIRE(page->list.size() == 4);
  CHECK(page->next == 4);
  CHECK(page->list[0].timeline.empty());
  query.after = page->next;
  page = store->read(query);
  CHECK(page->list.size() == 2);
  CHECK(page->next == 0);
  query.after = 6;
  CHECK(store->read(query)->list.empty());
  CHECK(store->read(list_reservations{"", "", "", 6, 0})->next == 0);
  // The last that is wanted need not be the last there is.
  const auto only = store->read(list_reservations{"", "", "cancelled", 1, 0});
  REQUIRE(only->list.size() == 1);
  CHECK(only->list[0].id < 6);
  CHECK(only->next == 0);
  CHECK(store->read(list_reservations{"", "", "", 0, 0})->list.size() == 1);
}

TEST_CASE_FIXTURE(store_fixture, "a filter with few matches gives short pages that go on") {
  by_hand(folder.file(),
          "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 45000)"
          " INSERT INTO reservations SELECT i, 3 - (i = 44000), 0, 'EVT-001', 'A', i, 'a@b.c', 100,"
          " 0, 0, 0, '', 'x', '' FROM n");
  list_reservations query{"", "", "cancelled", 10, 0};
  std::size_t pages = 0, found = 0;
  do {
    const auto page = store->read(query);
    REQUIRE(page);
    found += page->list.size();
    query.after = page->next;
    ++pages;
  } while (query.after != 0);
  CHECK(found == 1);
  CHECK(pages == 3);  // 20,000 rows looked at, and 20,000, and the rest
}

TEST_CASE_FIXTURE(listing_fixture, "open purchases come oldest first") {
  auto late = purchase("t7", 7), early = purchase("t8", 8);
  late.at = 5000;
  early.at = 500;  // the clock was set back
  REQUIRE(done(*store, late));
  REQUIRE(done(*store, early));
  const auto opened_after = [this](wall_ms at, reservation_id id, std::uint32_t limit) {
    std::string out;
    const auto page = store->read(open_purchases{at, id, limit});
    REQUIRE(page);
    for (const auto& one : page->list) out += std::to_string(one.id) + " ";
    return out;
  };
  CHECK(opened_after(0, 0, 10) == "8 2 6 7 ");
  CHECK(opened_after(0, 0, 1) == "8 ");
  CHECK(opened_after(500, 8, 2) == "2 6 ");
  CHECK(opened_after(5000, 6, 10) == "7 ");
  CHECK(opened_after(5000, 7, 10) == "");
}

TEST_CASE_FIXTURE(listing_fixture, "a seat's owner is found while he lives there") {
  CHECK(store->read(find_seat_owner{"EVT-001", {"A", 1}})->id == 1);
  CHECK(store->read(find_seat_owner{"EVT-001", {"A", 1}})->confirmed);
  const auto held = store->read(find_seat_owner{"EVT-001", {"A", 2}});
  CHECK(held->id == 2);
  CHECK_FALSE(held->confirmed);
  CHECK(held->identity == purchase("t2", 2).identity);
  CHECK(store->read(find_seat_owner{"EVT-001", {"A", 3}})->id == 0);
  CHECK(store->read(find_seat_owner{"EVT-001", {"A", 4}})->id == 0);
  CHECK(store->read(find_seat_owner{"EVT-002", {"A", 1}})->id == 0);
}

TEST_CASE_FIXTURE(listing_fixture, "what is open, owed, due and dead is counted") {
  const auto counts = store->read(count_everything{2000});
  CHECK(counts->reservations == 6);
  CHECK(counts->pending == 2);
  CHECK(counts->settlements_due == 2);
  CHECK(counts->outbox_due == 4);  // confirmations of 1, 4, 5 and the cancellation of 4
  CHECK(counts->outbox_dead == 0);
  CHECK(counts->oldest_mail_at == 1020);
  done(*store, postpone_mail{"1-confirmed", 9000, "", false});
  done(*store, postpone_mail{"5-confirmed", 0, "", true});
  const auto later = store->read(count_everything{2000});
  CHECK(later->outbox_due == 2);
  CHECK(later->outbox_dead == 1);
  done(*store, settle{4, settlement_kind::refund, false, 9000, "down"});
  for (const auto& [now, owed, due] : {std::tuple{8999, 1U, 2U}, std::tuple{9000, 2U, 3U}}) {
    const auto at = store->read(count_everything{now});
    CHECK(at->settlements_due == owed);
    CHECK(at->outbox_due == due);
  }
}

TEST_CASE_FIXTURE(store_fixture, "no statement of the store walks through a table or sorts one") {
  use_everything(*store);
  std::vector<std::string> statements;
  for (auto* one = sqlite3_next_stmt(inside().handle(), nullptr); one != nullptr;
       one = sqlite3_next_stmt(inside().handle(), one))
    statements.emplace_back(sqlite3_sql(one));
  CHECK(statements.size() > 40);
  for (const auto& sql : statements)
    for (const auto& step : plan_of(inside(), sql)) {
      CAPTURE(sql);
      CAPTURE(step);
      // A partial index holds what is open or due: few rows. Those may be counted, and sorted by
      // id.
      // What is held is one batch at most, and written whole. Nobody looks for the keys of a new
      // reservation unless a reference is broken.
      const bool few = step.find("COVERING INDEX o") != std::string::npos ||
                       sql.find("INDEXED BY open_since") != std::string::npos ||
                       step.find("SCAN held ") == 0 ||
                       (step == "SCAN keys" && sql.find("INTO reservations") != std::string::npos);
      CHECK((step.find("SCAN") == std::string::npos || few));
      // The right part: rows that are due in the same millisecond.
      const bool sorts = step.find("TEMP B-TREE") != std::string::npos &&
                         step.find("RIGHT PART") == std::string::npos;
      CHECK((!sorts || sql.find("INDEXED BY open_since") != std::string::npos));
    }
}

TEST_CASE_FIXTURE(store_fixture, "an unknown reservation is unknown") {
  CHECK(refusal(store->read(find_reservation{1})) == errc::unknown_reservation);
}
