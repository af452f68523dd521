// Goal: a reservation id that was given out never comes to mean another purchase, whatever became
// of its row; and a store that is closed in order leaves no gap.
// Method: batches that are lost, and copies of the file as a crash leaves it.
#include "store_fixture.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace taquilla;
using namespace taquilla::testing;

namespace {

struct numbered_store : store_fixture {
  /// Takes a number in a batch that is then given up.
  reservation_id lost(const std::string& token, std::uint32_t seat) {
    REQUIRE(store->begin());
    const auto row = store->apply(purchase(token, seat));
    store->undo();
    return row ? row->id : 0;
  }

  /// What a process finds that starts after this one was killed.
  std::unique_ptr<database> after_a_kill() {
    std::filesystem::copy_file(folder.file(), copy.file(),
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::copy_file(folder.file() + "-wal", copy.file() + "-wal",
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::remove(copy.file() + "-shm");
    sqlite_options options;
    options.path = copy.file();
    auto opened = open_sqlite(options);
    REQUIRE(opened);
    return std::move(*opened);
  }

  static reservation_id next_of(database& other) {
    REQUIRE(other.begin());
    const auto row = other.apply(purchase("next", 100'000));
    REQUIRE(row);
    REQUIRE(other.commit() == commit_outcome::committed);
    return row->id;
  }

  scratch_folder copy;
};

}  // namespace

TEST_CASE_FIXTURE(numbered_store, "a store that was closed in order goes on with the next number") {
  const auto last = confirmed("t1", 1);
  store.reset();
  open();
  CHECK(pending("t2", 2) == last + 1);
}

TEST_CASE_FIXTURE(numbered_store, "the number of a batch that was lost is not given out again") {
  const auto first = lost("t1", 1);
  CHECK(pending("t2", 1) == first + 1);
  const auto second = lost("t3", 3);
  store.reset();
  open();
  CHECK(pending("t4", 3) == second + 1);
}

TEST_CASE_FIXTURE(numbered_store, "after a kill numbers begin above all that may have been told") {
  confirmed("t1", 1);
  reservation_id told = 0;
  for (std::uint32_t i = 0; i < 300; ++i) told = lost("t" + std::to_string(i), 2);
  auto next = after_a_kill();
  const auto number = next_of(*next);
  CHECK(number > told);
  CHECK(number <= told + 2 * sqlite_options{}.batch_max);
}

TEST_CASE_FIXTURE(numbered_store,
                  "a reservation of numbers that was lost with its batch is made anew") {
  std::uint32_t seat = 1;
  reservation_id told = confirmed("first", seat);
  const auto lose = [&](int many) {
    for (int i = 0; i < many; ++i) {
      ++seat;
      told = lost("t" + std::to_string(seat), seat);
    }
  };
  lose(700);
  ++seat;
  confirmed("between", seat);
  lose(600);
  auto next = after_a_kill();
  CHECK(next_of(*next) > told);
}

TEST_CASE_FIXTURE(numbered_store,
                  "the file is always ahead of the numbers, however many are taken") {
  constexpr std::uint32_t in_a_batch = 512;
  std::uint32_t seat = 0;
  reservation_id last = 0;
  for (int batch = 0; batch < 8; ++batch) {
    REQUIRE(store->begin());
    for (std::uint32_t i = 0; i < in_a_batch; ++i) {
      ++seat;
      const auto row = store->apply(purchase("t" + std::to_string(seat), seat));
      REQUIRE(row);
      CHECK(row->id == last + 1);
      last = row->id;
    }
    REQUIRE(store->commit() == commit_outcome::committed);
    auto next = after_a_kill();
    CHECK(next->read(count_everything{})->reservations == last);
    CHECK(next_of(*next) > last);
  }
}

TEST_CASE_FIXTURE(numbered_store,
                  "when all that was reserved is lost, nothing is sold until a commit") {
  reservation_id told = 0;
  while (const auto id = lost("lost", 1)) told = id;
  CHECK(told == static_cast<reservation_id>(2 * sqlite_options{}.batch_max));
  auto killed = after_a_kill();
  CHECK(next_of(*killed) == told + 1);
  REQUIRE(store->begin());
  const auto refused = store->apply(purchase("t1", 1));
  REQUIRE_FALSE(refused);
  CHECK(refused.failure().code == errc::store_unavailable);
  REQUIRE(store->commit() == commit_outcome::committed);
  CHECK(pending("t1", 1) == told + 1);
}

TEST_CASE_FIXTURE(numbered_store, "a gap does not count among the reservations") {
  confirmed("t1", 1);
  lost("t2", 2);
  confirmed("t3", 3);
  CHECK(store->read(count_everything{})->reservations == 2);
  auto next = after_a_kill();
  CHECK(next->read(count_everything{})->reservations == 2);
}
