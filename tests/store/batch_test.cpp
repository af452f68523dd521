// Goal: a batch is kept whole or not at all, and a refusal inside it undoes that command alone.
// Method: batches with refusals in the middle, batches that run out of room, and misuse of the
// protocol.
#include "store_fixture.hpp"

using namespace taquilla;
using namespace taquilla::testing;

namespace {

/// Lets the file grow by no more than `pages` from now on.
void limit_growth(store::sqlite_database& store, int pages) {
  store::statement count{store.handle(), "PRAGMA page_count"};
  int now = 0;
  {
    auto row = count.query();
    row.next();
    now = row.as<int>(0);
  }
  store::statement{store.handle(), "PRAGMA max_page_count = " + std::to_string(now + pages)}.run();
}

record_purchase bulky(int number) {
  auto command = purchase("b" + std::to_string(number), static_cast<std::uint32_t>(number + 1));
  command.timeline.push_back({1, 1, "bulk", std::string(5000, 'x'), ""});
  return command;
}

}  // namespace

TEST_CASE_FIXTURE(store_fixture, "a refusal in the middle of a batch undoes that command alone") {
  REQUIRE(store->begin());
  const auto first = store->apply(purchase("t1", 1));
  const auto taken = store->apply(purchase("t2", 1, "eva@example.com"));
  const auto unknown = store->apply(confirm_purchase{77, 1, {}});
  const auto orphan = store->apply(record_charge{77, {5000}, 1});
  auto worthless = purchase("t3", 3);
  worthless.order.amount = {0};
  const auto invalid = store->apply(worthless);
  const auto second = store->apply(purchase("t4", 2));
  CHECK(store->commit() == commit_outcome::committed);
  CHECK(refusal(taken) == errc::seat_taken);
  CHECK(refusal(unknown) == errc::unknown_reservation);
  CHECK(refusal(orphan) == errc::unknown_reservation);
  CHECK(refusal(invalid) == errc::invalid_field);
  REQUIRE(first);
  REQUIRE(second);
  reopen();
  CHECK(state_of(first->id) == reservation_state::pending);
  CHECK(state_of(second->id) == reservation_state::pending);
  CHECK(store->read(list_reservations{})->list.size() == 2);
}

TEST_CASE_FIXTURE(store_fixture, "a refused command burns no id") {
  CHECK(pending("t1", 1) == 1);
  CHECK(refusal(done(*store, purchase("t2", 1, "eva@example.com"))) == errc::seat_taken);
  CHECK(done(*store, purchase("t3", 1))->already_yours);
  CHECK(pending("t4", 2) == 2);
}

TEST_CASE_FIXTURE(store_fixture, "commands of one batch see each other") {
  REQUIRE(store->begin());
  const auto id = store->apply(purchase("t1", 1))->id;
  CHECK(store->apply(purchase("t2", 1))->already_yours);
  CHECK(store->apply(record_charge{id, {5000}, 2}));
  CHECK(store->apply(confirm_purchase{id, 3, {}}));
  CHECK(store->apply(cancel_purchase{id, 4})->changed);
  CHECK(store->apply(purchase("t3", 1, "eva@example.com"))->id == id + 1);
  CHECK(store->commit() == commit_outcome::committed);
  CHECK(run_audit(folder.file()).clean());
}

TEST_CASE_FIXTURE(store_fixture, "a batch that runs out of room is undone as a whole") {
  const auto before = pending("before", 9000);
  limit_growth(inside(), 20);
  REQUIRE(store->begin());
  int written = 0;
  errc trouble = errc::none;
  for (int i = 0; i < 200 && trouble == errc::none; ++i) {
    const auto row = store->apply(bulky(i));
    REQUIRE(row);
    ++written;
    trouble = refusal(store->apply(append_timeline{row->id, {}}));  // whose row must be there
  }
  CHECK(written > 0);
  CHECK(trouble == errc::storage_full);
  CHECK(refusal(store->apply(purchase("late", 5000))) == errc::storage_full);
  CHECK(store->commit() == commit_outcome::no_space);
  CHECK(store->read(list_reservations{})->list.size() == 1);
  CHECK(store->read(find_reservation{before}));

  limit_growth(inside(), 100'000);  // room again: the same process goes on
  // The ids that the lost batch gave out are never given again: somebody may have been told them.
  CHECK(pending("after", 5000) == before + static_cast<reservation_id>(written) + 1);
  CHECK(run_audit(folder.file()).clean());
}

TEST_CASE_FIXTURE(store_fixture, "a sale that finds no room is told so by the commit") {
  limit_growth(inside(), 20);
  REQUIRE(store->begin());
  for (int i = 0; i < 100; ++i) {
    const auto id = store->apply(bulky(i))->id;
    REQUIRE(store->apply(record_charge{id, {5000}, 2}));
    REQUIRE(store->apply(confirm_purchase{id, 3, {}}));
  }
  CHECK(store->commit() == commit_outcome::no_space);
  CHECK(store->read(list_reservations{})->list.empty());
  CHECK(store->read(due_mails{10})->list.empty());
  limit_growth(inside(), 100'000);
  confirmed("t", 1);
  CHECK(store->read(due_mails{2'000})->list.size() == 1);
  CHECK(run_audit(folder.file()).clean());
}

TEST_CASE_FIXTURE(store_fixture, "every committed batch is there after a reopen") {
  for (std::uint32_t i = 1; i <= 5; ++i) {
    const auto id = confirmed("t" + std::to_string(i), i);
    reopen();
    CHECK(state_of(id) == reservation_state::confirmed);
    CHECK(store->read(count_everything{})->reservations == i);
  }
}

TEST_CASE_FIXTURE(store_fixture, "a batch that is never committed leaves nothing") {
  REQUIRE(store->begin());
  CHECK(store->apply(purchase("t1", 1)));
  store.reset();
  CHECK(look(folder.file(), "SELECT clean FROM shutdown") == "1");  // given up, and in order
  open();
  CHECK(store->read(list_reservations{})->list.empty());
  CHECK(pending("t2", 1) == 2);  // somebody may have been told of a 1
}

TEST_CASE_FIXTURE(store_fixture, "writes outside a batch and reads inside one are refused") {
  CHECK(refusal(store->apply(purchase("t1", 1))) == errc::internal_error);
  CHECK(store->commit() == commit_outcome::rolled_back);
  REQUIRE(store->begin());
  CHECK_FALSE(store->begin());
  CHECK(refusal(store->read(find_charge{1})) == errc::internal_error);
  CHECK(store->commit() == commit_outcome::committed);
}

TEST_CASE_FIXTURE(store_fixture,
                  "while another process writes no batch begins, and afterwards one does") {
  auto* other = store::open_handle(folder.file(), SQLITE_OPEN_READWRITE, "");
  REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_busy_timeout(inside().handle(), 0);
  CHECK_FALSE(store->begin());
  CHECK(store->commit() == commit_outcome::rolled_back);
  sqlite3_close(other);
  CHECK(pending("t1", 1) == 1);
}

TEST_CASE_FIXTURE(store_fixture, "commits and commands are counted") {
  REQUIRE(store->begin());
  store->apply(purchase("t1", 1));
  store->apply(purchase("t2", 2));
  REQUIRE(store->commit() == commit_outcome::committed);
  const auto counts = store->read(count_everything{});
  CHECK(counts->commits == 1);
  CHECK(counts->commands == 2);
}
