// Goal: what is owed to a buyer stays owed until it is acknowledged, across a restart.
// Method: fail and cancel purchases, settle them with and without success, reopen in between.
#include "store_fixture.hpp"

using namespace taquilla;
using namespace taquilla::testing;

TEST_CASE_FIXTURE(store_fixture, "a settlement that is done is no longer owed") {
  const auto id = failed("t1", 1);
  CHECK(done(*store, settle{id, settlement_kind::void_charge, true, 0, ""}));
  CHECK(store->read(due_settlements{9999})->due.empty());
  CHECK(done(*store, settle{id, settlement_kind::void_charge, true, 0, ""}));
  CHECK(done(*store, fail_purchase{id, "again", 1, {}}));
  CHECK(store->read(due_settlements{9999})->due.empty());
}

TEST_CASE_FIXTURE(store_fixture,
                  "a settlement put off is due again later, and survives a restart") {
  const auto id = failed("t1", 1);
  CHECK(done(*store, settle{id, settlement_kind::void_charge, false, 5000, "no answer"}));
  reopen();
  auto owed = store->read(due_settlements{4999});
  CHECK(owed->due.empty());
  CHECK(owed->next_at == 5000);
  owed = store->read(due_settlements{5000});
  REQUIRE(owed->due.size() == 1);
  CHECK(owed->due[0].attempts == 1);
  CHECK(owed->next_at == 0);
}

TEST_CASE_FIXTURE(store_fixture, "settling one kind leaves the other alone") {
  const auto id = cancelled("t1", 1);
  CHECK(done(*store, settle{id, settlement_kind::void_charge, true, 0, ""}));
  CHECK(store->read(due_settlements{9999})->due.size() == 1);
}

TEST_CASE_FIXTURE(store_fixture,
                  "due settlements come oldest first and never more than asked for") {
  const auto a = failed("t1", 1), b = failed("t2", 2), c = failed("t3", 3);
  done(*store, settle{a, settlement_kind::void_charge, false, 2000, ""});
  done(*store, settle{b, settlement_kind::void_charge, false, 1500, ""});
  const auto page = store->read(due_settlements{3000, 2});
  REQUIRE(page->due.size() == 2);
  CHECK(page->due[0].id == c);
  CHECK(page->due[1].id == b);
  CHECK(page->next_at == 3000);  // more are due now
}
