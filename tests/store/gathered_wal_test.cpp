// Goal: the log is written in one piece, and nobody who asks for the file, its sync or its end
// finds less in it than SQLite has written. Method: a VFS below that keeps a list of its writes and
// fails when told to; the layer's file used by hand, and under a store.
#include "store/gathered_wal.hpp"

#include "store_fixture.hpp"

#include <cstring>

using namespace taquilla;
using namespace taquilla::testing;

namespace {

struct written {
  sqlite3_int64 at;
  std::string bytes;
};
std::vector<std::string> calls;  ///< of the log below
std::vector<written> writes;
int next_write = SQLITE_OK;
int next_truncate = SQLITE_OK;
sqlite3_int64 cut_at = -1;

/// A log that answers from its list of calls.
sqlite3_io_methods below_methods() {
  sqlite3_io_methods m{};
  m.iVersion = 1;
  m.xClose = [](sqlite3_file*) { return calls.push_back("close"), SQLITE_OK; };
  m.xRead = [](sqlite3_file*, void*, int, sqlite3_int64) {
    return calls.push_back("read"), SQLITE_OK;
  };
  m.xWrite = [](sqlite3_file*, const void* bytes, int count, sqlite3_int64 at) {
    calls.push_back("write");
    writes.push_back({at, {static_cast<const char*>(bytes), static_cast<std::size_t>(count)}});
    return std::exchange(next_write, SQLITE_OK);
  };
  m.xTruncate = [](sqlite3_file*, sqlite3_int64 size) {
    calls.push_back("truncate");
    cut_at = size;
    return std::exchange(next_truncate, SQLITE_OK);
  };
  m.xSync = [](sqlite3_file*, int) { return calls.push_back("sync"), SQLITE_OK; };
  m.xFileSize = [](sqlite3_file*, sqlite3_int64*) { return calls.push_back("size"), SQLITE_OK; };
  return m;
}
const sqlite3_io_methods below = below_methods();

int open_below(sqlite3_vfs*, const char*, sqlite3_file* file, int, int*) {
  file->pMethods = &below;
  return SQLITE_OK;
}

/// A log that was opened through the layer.
struct open_log {
  open_log() {
    calls.clear();
    writes.clear();
    next_write = next_truncate = SQLITE_OK;
    under = *sqlite3_vfs_find(nullptr);
    under.zName = "noting";
    under.pNext = nullptr;
    under.xOpen = open_below;
    REQUIRE(sqlite3_vfs_register(&under, 0) == SQLITE_OK);
    layer.emplace("noting");
    auto* vfs = sqlite3_vfs_find(layer->name().c_str());
    REQUIRE(vfs != nullptr);
    memory.resize(static_cast<std::size_t>(vfs->szOsFile) / sizeof(void*) + 1);
    log = reinterpret_cast<sqlite3_file*>(memory.data());
    REQUIRE(vfs->xOpen(vfs, "x-wal", log, SQLITE_OPEN_WAL, nullptr) == SQLITE_OK);
  }
  ~open_log() {
    layer.reset();
    sqlite3_vfs_unregister(&under);
  }
  int write(const std::string& bytes, sqlite3_int64 at) {
    return log->pMethods->xWrite(log, bytes.data(), static_cast<int>(bytes.size()), at);
  }
  int sync() { return log->pMethods->xSync(log, SQLITE_SYNC_NORMAL); }

  sqlite3_vfs under{};
  std::optional<store::gathered_wal> layer;
  std::vector<void*> memory;
  sqlite3_file* log = nullptr;
};

using names = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(open_log, "what follows each other is written at once, before the sync") {
  CHECK(write("head", 32) == SQLITE_OK);
  CHECK(write("page", 36) == SQLITE_OK);
  CHECK(calls.empty());
  CHECK(sync() == SQLITE_OK);
  CHECK(calls == names{"write", "sync"});
  CHECK(writes[0].at == 32);
  CHECK(writes[0].bytes == "headpage");
  CHECK(sync() == SQLITE_OK);
  CHECK(calls == names{"write", "sync", "sync"});
}

TEST_CASE_FIXTURE(open_log, "whoever looks at the log finds in it what was written before") {
  char into[4];
  sqlite3_int64 size = 0;
  const auto& io = *log->pMethods;
  write("a", 0);
  CHECK(io.xRead(log, into, 4, 0) == SQLITE_OK);
  write("b", 1);
  CHECK(io.xFileSize(log, &size) == SQLITE_OK);
  write("c", 2);
  CHECK(io.xTruncate(log, 2) == SQLITE_OK);
  write("d", 2);
  CHECK(io.xClose(log) == SQLITE_OK);
  CHECK(calls == names{"write", "read", "write", "size", "write", "truncate", "write", "close"});
}

TEST_CASE_FIXTURE(open_log, "what belongs elsewhere in the file is written by itself") {
  write("aa", 10);
  write("bb", 12);
  write("cc", 0);  // the log begins anew
  write("dd", 3);  // a gap
  write("ee", 3);  // and the same place again
  sync();
  REQUIRE(writes.size() == 4);
  CHECK(writes[0].bytes == "aabb");
  CHECK(writes[1].at == 0);
  CHECK(writes[2].bytes == "dd");
  CHECK(writes[3].bytes == "ee");
}

TEST_CASE_FIXTURE(open_log, "no write is as long as the system's VFS cannot do") {
  constexpr std::size_t too_long = 128 * 1024;
  std::string all;
  for (std::size_t i = 0; i < 100; ++i) {
    const std::string page(4096, static_cast<char>('a' + i % 26));
    write(page, static_cast<sqlite3_int64>(all.size()));
    all += page;
  }
  sync();
  std::string found;
  for (const auto& one : writes) {
    CHECK(one.bytes.size() < too_long);
    CHECK(one.at == static_cast<sqlite3_int64>(found.size()));
    found += one.bytes;
  }
  CHECK(found == all);
  CHECK(writes.size() < 5);
}

TEST_CASE_FIXTURE(open_log, "a write that fails is told by whoever had it done, and once") {
  write("b", 0);
  next_write = SQLITE_IOERR_WRITE;
  CHECK(write("c", 7) == SQLITE_IOERR_WRITE);
  CHECK(calls == names{"write"});
  CHECK(sync() == SQLITE_OK);
  CHECK(writes.size() == 1);
}

TEST_CASE_FIXTURE(open_log,
                  "what the disk had no room for is cut off, for some of it may be there") {
  write("0000", 0);
  next_write = SQLITE_FULL;
  CHECK(sync() == SQLITE_FULL);
  CHECK(calls == names{"write"});  // a log that was found, and is no commit's
  calls.clear();
  layer->expect_commits(true);
  write("aaaa", 100);
  next_write = SQLITE_FULL;
  CHECK(sync() == SQLITE_FULL);
  CHECK(calls == names{"write", "truncate", "sync"});
  CHECK(cut_at == 100);
  write("bbbb", 100);
  next_write = SQLITE_FULL;
  next_truncate = SQLITE_IOERR_TRUNCATE;
  CHECK(sync() == SQLITE_IOERR_WRITE);  // nobody knows what the next process finds
}

TEST_CASE_FIXTURE(open_log, "what SQLite has forgotten is not written") {
  write("a", 0);
  layer->forget();
  CHECK(sync() == SQLITE_OK);
  CHECK(calls == names{"sync"});
}

TEST_CASE("there is no layer over a VFS that is not there") {
  CHECK_THROWS_AS(store::gathered_wal{"nobody's"}, store::sqlite_failure);
}
