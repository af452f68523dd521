// Goal: a power cut within the upgrade of an old store costs nothing: the next start finds the old
// store or the new one, and upgrades the old. Method: the power goes before each change of the disk
// that the opening makes, with eight choices of what the cut leaves.
#include "simulation/disk/sim_vfs.hpp"
#include "store/audit.hpp"
#include "support/old_stores.hpp"

#include <doctest/doctest.h>

using namespace taquilla;
using namespace taquilla::simulation;

namespace {

struct outage : disk_environment {
  explicit outage(sim_disk& d) : disk(d) {}
  sim_disk& disk;
  int before_change = 0;  ///< the so-many-th from now on; 0: none

  disk_fault before(disk_operation what, const char*) override {
    using op = disk_operation;
    const bool changes = what == op::write || what == op::truncate || what == op::sync;
    if (!changes || before_change == 0 || --before_change > 0) return disk_fault::none;
    disk.unplug();
    return disk_fault::power;
  }
};

/// A disk with its file system, as SQLite knows it.
struct box {
  sim_disk disk;
  outage power{disk};
  sim_vfs vfs{"upgrade", disk, power};

  result<std::unique_ptr<database>> open() {
    sqlite_options options;
    options.path = "old.db";
    options.vfs = vfs.name();
    options.exclusive = true;
    return open_sqlite(options);
  }
};

void sell(database& store, std::uint32_t seat) {
  record_purchase command;
  command.token = "t" + std::to_string(seat);
  command.order = {"EVT-001", {"A", seat}, "ana@example.com", {5000}, {}, {}};
  command.at = 1000;
  REQUIRE(store.begin());
  const auto row = store.apply(command);
  REQUIRE(row);
  REQUIRE(store.apply(record_charge{row->id, {5000}, 1001}));
  REQUIRE(store.apply(confirm_purchase{row->id, 1002, {}}));
  REQUIRE(store.commit() == commit_outcome::committed);
}

/// With two sales: the mail of the first was delivered, that of the second waits.
void write_old_store(sim_disk& into, const std::string& as_version) {
  box made;
  {
    auto store = std::move(*made.open());
    sell(*store, 1);
    sell(*store, 2);
    REQUIRE(store->begin());
    REQUIRE(store->apply(deliver_mail{"1-confirmed", 2000}));
    REQUIRE(store->commit() == commit_outcome::committed);
  }
  sqlite3* by_hand = nullptr;
  REQUIRE(sqlite3_open_v2("old.db", &by_hand, SQLITE_OPEN_READWRITE, made.vfs.name().c_str()) ==
          SQLITE_OK);
  const auto script = "PRAGMA locking_mode = EXCLUSIVE;" + as_version;
  CHECK(sqlite3_exec(by_hand, script.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(by_hand);
  into.become(made.disk);
}

void check_whole(database& store) {
  CHECK(store.read(list_reservations{})->list.size() == 2);
  const auto delivered = store.read(list_mailbox{});
  REQUIRE(delivered->list.size() == 1);
  CHECK(delivered->list[0].message_id == "1-confirmed");
  const auto waiting = store.read(list_outbox{});
  REQUIRE(waiting->list.size() == 1);
  CHECK(waiting->list[0].to == "ana@example.com");
  const auto found = run_audit(store, audit_mode::running);
  CHECK_MESSAGE(found.clean(), found.first_wrong());
}

/// Whether the opening came to that change at all.
bool cut_within_opening(const sim_disk& old, int change, std::uint64_t salt) {
  box now;
  now.disk.become(old);
  now.power.before_change = change;
  auto first = now.open();
  const bool cut = now.power.before_change == 0;
  now.disk.unplug();
  first = errc::none;
  now.disk.power_cut(salt);
  now.power.before_change = 0;
  now.disk.plug_in();
  auto next = now.open();
  REQUIRE_MESSAGE(next, (next ? "" : next.failure().detail));
  check_whole(**next);
  return cut;
}

}  // namespace

TEST_CASE("a store whose upgrade a power cut ended is whole, and upgraded by the next start") {
  for (const auto& version :
       {testing::as_version_2, testing::as_version_3, testing::as_version_4}) {
    sim_disk old;
    write_old_store(old, version);
    int changes = 0;
    for (bool cut = true; cut; ++changes)
      for (std::uint64_t salt = 1; salt <= 8; ++salt) {
        CAPTURE(changes);
        CAPTURE(salt);
        cut = cut_within_opening(old, changes + 1, salt);
      }
    CHECK(changes > 3);
    MESSAGE(changes, " changes of the disk");
  }
}
