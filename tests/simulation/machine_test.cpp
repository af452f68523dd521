// Goal: a simulated machine opens its store as a real one does, though SQLite's memory is put back
// instead of built anew. Method: die and end in every way between two openings, and look at what
// the next process finds.
#include "simulation/world/machine.hpp"

#include "simulation/disk/sqlite_memory.hpp"
#include "store/audit.hpp"

#include <doctest/doctest.h>

using namespace taquilla;
using namespace taquilla::simulation;

namespace {

record_purchase purchase(std::uint32_t seat) {
  record_purchase command;
  command.token = "t" + std::to_string(seat);
  command.order.event = "EVT-001";
  command.order.seat = {"A", seat};
  command.order.email = "ana@test.example";
  command.order.amount = {5000};
  command.at = 1000;
  return command;
}

struct powered : disk_environment {
  explicit powered(bool perfect_disk = false) : box(*this, perfect_disk) {}
  machine box;
  std::shared_ptr<database> store;
  int denied = 0;
  int asked = 0;
  bool syncs_fail = false;
  int read_fails = 0;         ///< the so-many-th from now on; 0: none
  int power_goes_before = 0;  ///< the so-many-th change of the disk from now on; 0: none

  disk_fault before(disk_operation what, const char*) override {
    using op = disk_operation;
    if (syncs_fail && what == op::sync) return disk_fault::io_error;
    if (what == op::read && read_fails > 0 && --read_fails == 0) return disk_fault::io_error;
    const bool changes = what == op::write || what == op::truncate || what == op::sync;
    if (changes && power_goes_before > 0 && --power_goes_before == 0) {
      box.disk().unplug();
      return disk_fault::power;
    }
    asked += what == disk_operation::open;
    return what == disk_operation::open && denied > 0 && denied-- > 0 ? disk_fault::io_error
                                                                      : disk_fault::none;
  }
  void open() {
    box.disk().plug_in();
    auto opened = box.open_store(true);
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.failure().detail));
    store = std::move(*opened);
  }
  void die() {
    box.disk().unplug();
    store = nullptr;
  }
  bool has_log() { return box.disk().find("taquilla.db-wal") != nullptr; }
  void sell(std::uint32_t seat) {
    REQUIRE(store->begin());
    REQUIRE(store->apply(purchase(seat)));
    REQUIRE(store->commit() == commit_outcome::committed);
  }
  std::size_t sold() {
    auto rows = store->read(list_reservations{});
    REQUIRE(rows);
    return rows->list.size();
  }
};

}  // namespace

TEST_CASE("what was committed outlives the process, what was not does not") {
  for (const bool perfect_disk : {true, false}) {
    powered on{perfect_disk};
    on.open();
    on.sell(1);
    REQUIRE(on.store->begin());
    REQUIRE(on.store->apply(purchase(2)));
    on.die();
    on.open();
    CHECK(on.sold() == 1);
    on.sell(2);
    CHECK(on.sold() == 2);
    on.die();
  }
}

TEST_CASE("who ends in order leaves no log behind, and who dies does") {
  powered on;
  on.open();
  on.sell(1);
  on.store = nullptr;
  CHECK_FALSE(on.has_log());
  on.open();
  CHECK(on.sold() == 1);
  on.die();
  CHECK(on.has_log());
}

TEST_CASE("a power cut takes no sale that was committed") {
  for (std::uint64_t salt = 1; salt <= 30; ++salt) {
    powered on;
    on.open();
    on.sell(1);
    on.sell(2);
    REQUIRE(on.store->begin());
    REQUIRE(on.store->apply(purchase(3)));
    on.die();
    on.box.disk().power_cut(salt);
    on.open();
    CHECK(on.sold() == 2);
    on.die();
  }
}

TEST_CASE("a sale whose sync failed is there whole or not at all, whenever the power goes then") {
  bool cut = true;
  for (int change = 1; cut; ++change) {
    for (std::uint64_t salt = 1; salt <= 8; ++salt) {
      CAPTURE(change);
      CAPTURE(salt);
      powered on;
      on.open();
      on.sell(1);
      REQUIRE(on.store->begin());
      REQUIRE(on.store->apply(record_charge{1, {5000}, 1001}));
      // More than is written back at once lies in the log before what is in doubt.
      const timeline_entry long_story{1001, 0, "bulk", std::string(100'000, 'x'), ""};
      REQUIRE(on.store->apply(append_timeline{1, {long_story}}));
      REQUIRE(on.store->commit() == commit_outcome::committed);
      // Another page than the sale's has its mail: half of this would be seen.
      REQUIRE(on.store->begin());
      REQUIRE(on.store->apply(confirm_purchase{1, 1002, {}}));
      on.syncs_fail = true;
      REQUIRE(on.store->commit() == commit_outcome::broken);
      on.die();
      on.syncs_fail = false;
      on.power_goes_before = change;
      on.box.disk().plug_in();
      auto next = on.box.open_store(true);
      cut = on.power_goes_before == 0;
      on.box.disk().unplug();
      next = errc::none;
      on.box.disk().power_cut(salt);
      on.power_goes_before = 0;
      on.open();
      CHECK(on.sold() == 1);
      const auto found = run_audit(*on.store, audit_mode::running);
      CHECK_MESSAGE(found.clean(), found.first_wrong());
      on.die();
    }
  }
}

TEST_CASE("each machine begins with a new store, whatever became of the one before") {
  for (const bool in_order : {true, false}) {
    for (const bool perfect_disk : {true, false, true}) {
      powered on{perfect_disk};
      on.open();
      CHECK(on.sold() == 0);
      on.sell(1);
      if (!in_order) on.die();
      on.store = nullptr;
    }
  }
}

TEST_CASE("a disk that denies the file is asked, and the next attempt succeeds") {
  powered on;
  on.open();
  on.sell(1);
  on.die();
  on.box.disk().plug_in();
  on.denied = 1;
  CHECK_FALSE(on.box.open_store(true));
  CHECK(on.asked > 0);
  on.open();
  CHECK(on.sold() == 1);
  on.die();
}

TEST_CASE("a page that cannot be read at the start is the disk's trouble, and not called damage") {
  powered on;
  on.open();
  on.sell(1);
  on.die();
  int refused = 0;
  for (int read = 1; read < 200; ++read) {
    on.box.disk().plug_in();
    on.read_fails = read;
    auto opened = on.box.open_store(true);
    if (opened && on.read_fails > 0) break;  // it had read all there is
    if (!opened) {
      ++refused;
      CHECK(opened.failure().detail.find("damaged") == std::string::npos);
    }
    if (opened) on.store = std::move(*opened);
    on.die();
  }
  CHECK(refused > 5);
  on.read_fails = 0;
  on.open();
  CHECK(on.sold() == 1);
  on.die();
}

TEST_CASE("a store with another setting works on the same machine") {
  powered on;
  auto opened = on.box.open_store(false);
  REQUIRE(opened);
  on.store = std::move(*opened);
  on.sell(1);
  on.die();
  on.open();
  CHECK(on.sold() == 1);
  on.die();
}
