// Goal: INVENTORY can rebuild a large house from the store, page by page, each live seat once.
// Method: a million rows put in by hand; pages are walked to the end and counted. The speed is
// printed, not judged: it belongs to the machine.
#include "store_fixture.hpp"

#include <chrono>

using namespace taquilla;
using namespace taquilla::testing;

TEST_CASE_FIXTURE(store_fixture, "live seats come page by page in order of id, ended ones never") {
  const auto a = pending("t1", 1);
  failed("t2", 2);
  const auto b = confirmed("t3", 3);
  cancelled("t4", 4);
  const auto c = pending("t5", 5);
  auto page = store->read(live_seats{0, 2});
  REQUIRE(page->seats.size() == 2);
  CHECK(page->seats[0].id == a);
  CHECK(page->seats[0].seat == seat_id{"A", 1});
  CHECK(page->seats[0].identity == purchase("t1", 1).identity);
  CHECK_FALSE(page->seats[0].confirmed);
  CHECK(page->seats[1].id == b);
  CHECK(page->seats[1].confirmed);
  CHECK(page->next == b);
  page = store->read(live_seats{page->next, 2});
  REQUIRE(page->seats.size() == 1);
  CHECK(page->seats[0].id == c);
  CHECK(page->next == 0);
}

TEST_CASE_FIXTURE(store_fixture, "no page looks at more than so many rows, whoever lives in them") {
  store::statement{
      dynamic_cast<store::sqlite_database&>(*store).handle(),
      "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 45001)"
      " INSERT INTO reservations SELECT i, 2 - (i = 45000), i = 45000, 'EVT-001', 'A', i, 'a@b.c',"
      " 100, i, 0, 0, '', '', '' FROM n"}
      .run();
  std::string walk;
  live_seats query;
  do {
    const auto page = store->read(query);
    REQUIRE(page);
    walk += std::to_string(page->seats.size()) + " then " + std::to_string(page->next) + ", ";
    query.after = page->next;
  } while (query.after != 0);
  CHECK(walk == "0 then 20000, 0 then 40000, 1 then 0, ");
}

TEST_CASE("a million live seats are read once each") {
  auto opened = open_sqlite({});
  REQUIRE(opened);
  auto& base = dynamic_cast<store::sqlite_database&>(**opened);
  store::statement{
      base.handle(),
      "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)"
      " INSERT INTO reservations SELECT i, 1, 1, 'EVT-001', 'A', i, 'a@b.c', 100, i, 0, 0,"
      " '', '', '0\t0\tseat_held\t\t\n' FROM n"}
      .run();
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t seats = 0, sum = 0, pages = 0;
  live_seats query;
  do {
    const auto page = base.read(query);
    REQUIRE(page);
    for (const auto& seat : page->seats) sum += seat.id;
    seats += page->seats.size();
    query.after = page->next;
    ++pages;
  } while (query.after != 0);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  CHECK(seats == 1'000'000);
  CHECK(sum == 1'000'000ULL * 1'000'001 / 2);
  CHECK(pages == 50);
  MESSAGE("a million live seats in " << took.count() << " s");
}
