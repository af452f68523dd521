// Goal: a full disk is survived, and a disk that fails at COMMIT or at a checkpoint stops the
// store. Method: a VFS that hands everything on to the system's own and fails writes or syncs when
// told to.
#include "store_fixture.hpp"

#include <cstring>

using namespace taquilla;
using namespace taquilla::testing;

namespace {

/// What the next write or sync of a kind of file answers; SQLITE_OK: what the system says.
struct trouble {
  int on_wal_write = SQLITE_OK, on_wal_sync = SQLITE_OK, on_database_write = SQLITE_OK;
};
trouble now;

bool is_wal(sqlite3_file* file);

/// The system's methods with ours in three places. One table a kind of file; both are alike.
struct methods_table {
  sqlite3_io_methods ours{};
  const sqlite3_io_methods* systems = nullptr;
};
methods_table wal_methods, database_methods;

const sqlite3_io_methods* systems(sqlite3_file* file) {
  return is_wal(file) ? wal_methods.systems : database_methods.systems;
}
bool is_wal(sqlite3_file* file) { return file->pMethods == &wal_methods.ours; }

int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  const int code = is_wal(file) ? now.on_wal_write : now.on_database_write;
  return code != SQLITE_OK ? code : systems(file)->xWrite(file, bytes, count, offset);
}
int sync(sqlite3_file* file, int flags) {
  const int code = is_wal(file) ? now.on_wal_sync : SQLITE_OK;
  return code != SQLITE_OK ? code : systems(file)->xSync(file, flags);
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* real = sqlite3_vfs_find(nullptr);
  const int code = real->xOpen(real, name, file, flags, out_flags);
  if (code != SQLITE_OK || (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_DB)) == 0) return code;
  auto& table = (flags & SQLITE_OPEN_WAL) != 0 ? wal_methods : database_methods;
  table.systems = file->pMethods;
  table.ours = *file->pMethods;
  table.ours.xWrite = write;
  table.ours.xSync = sync;
  file->pMethods = &table.ours;
  return SQLITE_OK;
}

struct failing_disk_fixture {
  scratch_folder folder;
  std::unique_ptr<database> store;
  sqlite3_vfs vfs{};

  failing_disk_fixture() {
    now = {};
    vfs = *sqlite3_vfs_find(nullptr);
    vfs.zName = "failing";
    vfs.pNext = nullptr;
    vfs.xOpen = open;
    REQUIRE(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
    sqlite_options options;
    options.path = folder.file();
    options.vfs = "failing";
    auto opened = open_sqlite(options);
    REQUIRE(opened);
    store = std::move(*opened);
  }
  ~failing_disk_fixture() {
    now = {};
    store.reset();
    sqlite3_vfs_unregister(&vfs);
  }
  commit_outcome commit_one(const record_purchase& command) {
    REQUIRE(store->begin());
    CHECK(store->apply(command));
    return store->commit();
  }
  void reopen() {
    store.reset();
    now = {};
    sqlite_options options;
    options.path = folder.file();
    auto opened = open_sqlite(options);
    REQUIRE(opened);
    store = std::move(*opened);
  }
};

}  // namespace

TEST_CASE_FIXTURE(failing_disk_fixture, "a disk that is full at COMMIT undoes the batch, no more") {
  CHECK(commit_one(purchase("t1", 1)) == commit_outcome::committed);
  now.on_wal_write = SQLITE_FULL;
  CHECK(commit_one(purchase("t2", 2)) == commit_outcome::no_space);
  CHECK(store->read(list_reservations{})->list.size() == 1);
  now = {};
  CHECK(commit_one(purchase("t3", 3)) == commit_outcome::committed);
  reopen();
  CHECK(store->read(list_reservations{})->list.size() == 2);
  CHECK(run_audit(folder.file()).clean());
}

TEST_CASE_FIXTURE(failing_disk_fixture, "a sync that fails at COMMIT breaks the store for good") {
  CHECK(commit_one(purchase("t1", 1)) == commit_outcome::committed);
  now.on_wal_sync = SQLITE_IOERR_FSYNC;
  CHECK(commit_one(purchase("t2", 2)) == commit_outcome::broken);
  now = {};
  CHECK_FALSE(store->begin());
  CHECK(store->commit() == commit_outcome::broken);
  CHECK(refusal(store->read(find_reservation{1})) == errc::store_unavailable);
  CHECK(refusal(store->apply(purchase("t3", 3))) == errc::store_unavailable);
  store.reset();
  CHECK(look(folder.file(), "SELECT clean FROM shutdown") == "0");
  reopen();  // the second purchase may be there or not; the first must
  CHECK(store->read(find_reservation{1}));
  CHECK(run_audit(folder.file()).clean());
}

TEST_CASE_FIXTURE(failing_disk_fixture, "a write that fails at COMMIT breaks the store for good") {
  now.on_wal_write = SQLITE_IOERR_WRITE;
  CHECK(commit_one(purchase("t1", 1)) == commit_outcome::broken);
  CHECK_FALSE(store->begin());
}

TEST_CASE_FIXTURE(failing_disk_fixture,
                  "a checkpoint that cannot write stops the store, loses nothing") {
  now.on_database_write = SQLITE_IOERR_WRITE;
  auto outcome = commit_outcome::committed;
  std::uint64_t kept = 0;
  for (std::uint32_t i = 1; i < 2000 && outcome == commit_outcome::committed; ++i) {
    auto command = purchase("t" + std::to_string(i), i);
    command.timeline.push_back({1, 1, "bulk", std::string(20'000, 'x'), ""});
    outcome = commit_one(command);
    kept = i;
  }
  CHECK(outcome == commit_outcome::broken);
  CHECK(kept > 10);
  now = {};
  store.reset();
  CHECK(look(folder.file(), "SELECT clean FROM shutdown") == "0");
  reopen();
  CHECK(store->read(count_everything{})->reservations == kept);
  CHECK(run_audit(folder.file()).clean());
}

TEST_CASE_FIXTURE(store_fixture,
                  "the log is begun anew however often it has been, and stays small") {
  constexpr std::uint32_t batches = 60, batch = 50;
  std::uintmax_t largest = 0;
  for (std::uint32_t i = 0; i < batches; ++i) {
    REQUIRE(store->begin());
    for (std::uint32_t j = 1; j <= batch; ++j) {
      auto command = purchase("t" + std::to_string(i * batch + j), i * batch + j);
      command.timeline.push_back({1, 1, "bulk", std::string(20'000, 'x'), ""});
      REQUIRE(store->apply(command));
    }
    REQUIRE(store->commit() == commit_outcome::committed);
    largest = std::max(largest, std::filesystem::file_size(folder.file() + "-wal"));
  }
  // Sixty MiB were written; a checkpoint is due every four.
  CHECK(std::filesystem::file_size(folder.file()) > 50U << 20);
  CHECK(largest < 8U << 20);
}

TEST_CASE_FIXTURE(failing_disk_fixture,
                  "a checkpoint without room is put off and the store goes on") {
  now.on_database_write = SQLITE_FULL;
  for (std::uint32_t i = 1; i <= 300; ++i) {
    auto command = purchase("t" + std::to_string(i), i);
    command.timeline.push_back({1, 1, "bulk", std::string(20'000, 'x'), ""});
    REQUIRE(commit_one(command) == commit_outcome::committed);
  }
}
