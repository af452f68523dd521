// Goal: the simulated disk is honest: what was synced survives every power cut, what was not may
// not. Method: the real SQLite on it writes rows, the power goes at a drawn moment, the database is
// opened again and compared with what was acknowledged. FULL must lose nothing in 300 cuts; NORMAL
// must be seen to lose.
#include "simulation/disk/sim_vfs.hpp"
#include "simulation/engine/keyed_random.hpp"

#include <doctest/doctest.h>

using namespace taquilla::simulation;

namespace {

/// Cuts the power just before the n-th operation that changes the disk.
class doom : public disk_environment {
 public:
  doom(sim_disk& disk, std::uint64_t seed, std::uint64_t after)
      : disk_(disk), seed_(seed), left_(after) {}
  disk_fault before(disk_operation what, const char*) override {
    using op = disk_operation;
    if (what == op::open || what == op::read || what == op::lock) return disk_fault::none;
    if (left_ == 0 || --left_ > 0) return disk_fault::none;
    disk_.unplug();
    return disk_fault::power;
  }
  std::uint64_t entropy() override { return keyed(seed_, 1, 2, ++drawn_); }

 private:
  sim_disk& disk_;
  std::uint64_t seed_;
  std::uint64_t left_;
  std::uint64_t drawn_ = 0;
};

struct handle {
  sqlite3* db = nullptr;
  handle(const sim_vfs& vfs, const char* synchronous) {
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    REQUIRE(sqlite3_open_v2("store.db", &db, flags, vfs.name().c_str()) == SQLITE_OK);
    run("PRAGMA locking_mode=EXCLUSIVE");
    run("PRAGMA journal_mode=WAL");
    run(synchronous);
    run("PRAGMA wal_autocheckpoint=6");
  }
  ~handle() { sqlite3_close(db); }
  bool run(const std::string& sql) {
    return sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  }
  std::string ask(const char* sql) {
    sqlite3_stmt* s = nullptr;
    if (sqlite3_prepare_v2(db, sql, -1, &s, nullptr) != SQLITE_OK) return "error";
    std::string text = "none";
    if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_text(s, 0))
      text = reinterpret_cast<const char*>(sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
    return text;
  }
};

struct verdict {
  int acknowledged = 0;
  int found = 0;
  bool corrupt = false;
};

verdict cut_power(std::uint64_t seed, const char* synchronous, bool lying = false) {
  sim_disk disk;
  verdict v;
  doom hour(disk, seed, 1 + below(scramble(seed), 120));
  {
    sim_vfs vfs("cut", disk, hour);
    handle h(vfs, synchronous);
    if (h.run("CREATE TABLE IF NOT EXISTS t(x INTEGER PRIMARY KEY, y TEXT)")) {
      disk.lie(lying);
      for (int i = 1; i <= 60; ++i) {
        auto row =
            "INSERT INTO t VALUES(" + std::to_string(i) + ",'" + std::string(300, 'x') + "')";
        if (!h.run(row)) break;
        v.acknowledged = i;
      }
    }
    disk.unplug();
  }
  disk.lie(false);
  disk.power_cut(scramble(seed));
  disk_environment calm;
  sim_vfs vfs("cut", disk, calm);
  handle h(vfs, "PRAGMA synchronous=FULL");
  v.corrupt = h.ask("PRAGMA quick_check(1)") != "ok";
  auto rows = h.ask("SELECT count(*) FROM t");
  v.found = rows == "error" ? 0 : std::atoi(rows.c_str());
  return v;
}

}  // namespace

TEST_CASE("synchronous=FULL loses no acknowledged row in 300 power cuts") {
  int cut_short = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    auto v = cut_power(seed, "PRAGMA synchronous=FULL");
    CHECK_FALSE(v.corrupt);
    CHECK(v.found >= v.acknowledged);
    CHECK(v.found <= v.acknowledged + 1);
    cut_short += v.acknowledged < 60;
  }
  CHECK(cut_short > 100);
}

TEST_CASE("synchronous=NORMAL is seen to lose acknowledged rows") {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    auto v = cut_power(seed, "PRAGMA synchronous=NORMAL");
    CHECK_FALSE(v.corrupt);
    lost += v.found < v.acknowledged;
  }
  CHECK(lost > 100);
}

TEST_CASE("a disk that lies about syncing is found out") {
  int damaged = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    auto v = cut_power(seed, "PRAGMA synchronous=FULL", true);
    damaged += v.corrupt || v.found < v.acknowledged;
  }
  CHECK(damaged > 50);
}

TEST_CASE("a killed process loses nothing that it wrote") {
  sim_disk disk;
  auto file = disk.create("a");
  file->write(0, "unsynced", 8);
  disk.unplug();
  disk.plug_in();
  CHECK(file->size() == 8);
}

TEST_CASE("a disk that becomes another holds what that one showed, and all of it is safe") {
  sim_disk model;
  model.create("a")->write(5000, "unsynced", 8);
  for (std::uint64_t salt = 0; salt < 20; ++salt) {
    sim_disk disk;
    disk.create("old");
    disk.become(model);
    disk.find("a")->write(0, "mine", 4);
    disk.power_cut(salt);
    char text[8] = {};
    REQUIRE(static_cast<bool>(disk.find("a")));
    CHECK(disk.find("a")->read(5000, text, 8) == 8);
    CHECK(std::string(text, 8) == "unsynced");
    CHECK_FALSE(static_cast<bool>(disk.find("old")));
  }
  char first = 1;
  model.find("a")->read(0, &first, 1);
  CHECK(first == 0);  // nothing is shared
}

TEST_CASE("a new file may lose its name until the folder is synced") {
  int kept = 0;
  for (std::uint64_t salt = 0; salt < 100; ++salt) {
    sim_disk disk;
    disk.create("a")->sync();
    disk.power_cut(salt);
    kept += disk.find("a") != nullptr;
    sim_disk careful;
    careful.create("a")->sync();
    careful.sync_folder();
    careful.power_cut(salt);
    CHECK(static_cast<bool>(careful.find("a")));
  }
  CHECK(kept > 20);
  CHECK(kept < 80);
}

TEST_CASE("what a failed sync left behind is lost even after a sync that succeeds") {
  sim_file file("a");
  file.write(0, "first", 5);
  file.sync();
  file.write(0, "other", 5);
  file.fail_sync();
  file.sync();
  file.power_cut(7);
  char text[6] = {};
  file.read(0, text, 5);
  CHECK(std::string(text) == "first");
}
