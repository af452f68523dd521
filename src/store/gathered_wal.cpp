#include "store/gathered_wal.hpp"

#include "store/statement.hpp"

#include <atomic>
#include <vector>

namespace taquilla::store {

namespace {

constexpr std::size_t gathered_bytes_max = std::size_t{120} * 1024;

/// The bytes that are not in the file yet, and where they belong.
struct gathering {
  std::vector<char> bytes;
  sqlite3_int64 at = 0;
  bool of_commits = false;  ///< nothing else is written

  sqlite3_int64 end() const { return at + static_cast<sqlite3_int64>(bytes.size()); }
};

/// What SQLite allocates for a log, with the other VFS's file right behind it. The first member is
/// SQLite's, by contract. It owns nothing, so SQLite's memory may be put back to what it was.
struct log_file {
  sqlite3_file base;
  sqlite3_file* under;
  gathering* gathered;
};

log_file& self(sqlite3_file* f) { return *reinterpret_cast<log_file*>(f); }

/// Calls the same method of the file below.
template <class Method, class... Args>
int below(sqlite3_file* f, Method sqlite3_io_methods::*method, Args... args) {
  auto* under = self(f).under;
  return (under->pMethods->*method)(under, args...);
}

/// Some of it may be in the file, and with what lies there from before it may be a whole commit.
int take_back(sqlite3_file* f, sqlite3_int64 from) {
  int code = below(f, &sqlite3_io_methods::xTruncate, from);
  if (code == SQLITE_OK) code = below(f, &sqlite3_io_methods::xSync, SQLITE_SYNC_NORMAL);
  return code == SQLITE_OK ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

int write_out(sqlite3_file* f) {
  auto& [bytes, at, of_commits] = *self(f).gathered;
  if (bytes.empty()) return SQLITE_OK;
  const int code =
      below(f, &sqlite3_io_methods::xWrite, bytes.data(), static_cast<int>(bytes.size()), at);
  bytes.clear();  // if it failed, SQLite rolls back and does not count on these bytes
  return code == SQLITE_FULL && of_commits ? take_back(f, at) : code;
}

/// Whoever looks at the file, or changes it otherwise, finds in it what was written before.
template <class Method, class... Args>
int written_below(sqlite3_file* f, Method sqlite3_io_methods::*method, Args... args) {
  const int code = write_out(f);
  return code != SQLITE_OK ? code : below(f, method, args...);
}

int x_write(sqlite3_file* f, const void* from, int count, sqlite3_int64 at) {
  auto& gathered = *self(f).gathered;
  const auto size = static_cast<std::size_t>(count);
  if (at != gathered.end() || gathered.bytes.size() + size > gathered_bytes_max)
    if (const int code = write_out(f); code != SQLITE_OK) return code;
  if (gathered.bytes.empty()) gathered.at = at;
  const auto* bytes = static_cast<const char*>(from);
  gathered.bytes.insert(gathered.bytes.end(), bytes, bytes + size);
  return SQLITE_OK;
}

int x_close(sqlite3_file* f) {
  const int written = write_out(f);
  const int closed = below(f, &sqlite3_io_methods::xClose);
  return written != SQLITE_OK ? written : closed;
}

sqlite3_io_methods log_methods() {
  using io = sqlite3_io_methods;
  io m{};
  m.iVersion = 1;  // a log is neither shared memory nor mapped
  m.xClose = x_close;
  m.xWrite = x_write;
  m.xRead = [](sqlite3_file* f, void* into, int count, sqlite3_int64 at) {
    return written_below(f, &io::xRead, into, count, at);
  };
  m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
    return written_below(f, &io::xTruncate, size);
  };
  m.xSync = [](sqlite3_file* f, int how) { return written_below(f, &io::xSync, how); };
  m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
    return written_below(f, &io::xFileSize, size);
  };
  m.xLock = [](sqlite3_file* f, int level) { return below(f, &io::xLock, level); };
  m.xUnlock = [](sqlite3_file* f, int level) { return below(f, &io::xUnlock, level); };
  m.xCheckReservedLock = [](sqlite3_file* f, int* taken) {
    return below(f, &io::xCheckReservedLock, taken);
  };
  m.xFileControl = [](sqlite3_file* f, int what, void* with) {
    return below(f, &io::xFileControl, what, with);
  };
  m.xSectorSize = [](sqlite3_file* f) { return below(f, &io::xSectorSize); };
  m.xDeviceCharacteristics = [](sqlite3_file* f) { return below(f, &io::xDeviceCharacteristics); };
  return m;
}

const sqlite3_io_methods methods = log_methods();

}  // namespace

struct gathered_wal::implementation {
  std::string name;
  sqlite3_vfs* under;
  gathering gathered;
  sqlite3_vfs vfs{};
};

namespace {

gathered_wal::implementation& of(sqlite3_vfs* v) {
  return *static_cast<gathered_wal::implementation*>(v->pAppData);
}

int x_open(sqlite3_vfs* v, const char* name, sqlite3_file* f, int flags, int* flags_out) {
  auto& layer = of(v);
  if ((flags & SQLITE_OPEN_WAL) == 0)
    return layer.under->xOpen(layer.under, name, f, flags, flags_out);
  auto& log = self(f);
  log = {{nullptr}, reinterpret_cast<sqlite3_file*>(&log + 1), &layer.gathered};
  const int code = layer.under->xOpen(layer.under, name, log.under, flags, flags_out);
  if (code == SQLITE_OK) log.base.pMethods = &methods;
  return code;
}

/// Everything but the opening is the other's: its methods with itself as what they are called on.
sqlite3_vfs layer_over(const sqlite3_vfs& under) {
  sqlite3_vfs v{};
  v.iVersion = 2;
  v.szOsFile = under.szOsFile + static_cast<int>(sizeof(log_file));
  v.mxPathname = under.mxPathname;
  v.xOpen = x_open;
  v.xDelete = [](sqlite3_vfs* self, const char* name, int sync_folder) {
    return of(self).under->xDelete(of(self).under, name, sync_folder);
  };
  v.xAccess = [](sqlite3_vfs* self, const char* name, int how, int* there) {
    return of(self).under->xAccess(of(self).under, name, how, there);
  };
  v.xFullPathname = [](sqlite3_vfs* self, const char* name, int room, char* out) {
    return of(self).under->xFullPathname(of(self).under, name, room, out);
  };
  v.xRandomness = [](sqlite3_vfs* self, int count, char* out) {
    return of(self).under->xRandomness(of(self).under, count, out);
  };
  v.xSleep = [](sqlite3_vfs* self, int microseconds) {
    return of(self).under->xSleep(of(self).under, microseconds);
  };
  v.xCurrentTime = [](sqlite3_vfs* self, double* now) {
    return of(self).under->xCurrentTime(of(self).under, now);
  };
  v.xGetLastError = [](sqlite3_vfs* self, int room, char* out) {
    return of(self).under->xGetLastError(of(self).under, room, out);
  };
  v.xCurrentTimeInt64 = [](sqlite3_vfs* self, sqlite3_int64* now) {
    return of(self).under->xCurrentTimeInt64(of(self).under, now);
  };
  return v;
}

std::string next_name() {
  static std::atomic<unsigned> made{0};
  return "taquilla-gathered-" + std::to_string(++made);
}

}  // namespace

gathered_wal::gathered_wal(const std::string& under) : impl_(new implementation{}) {
  auto* below = sqlite3_vfs_find(under.empty() ? nullptr : under.c_str());
  if (below == nullptr) throw sqlite_failure{SQLITE_CANTOPEN};
  impl_->name = next_name();
  impl_->under = below;
  impl_->gathered.bytes.reserve(gathered_bytes_max);
  impl_->vfs = layer_over(*below);
  impl_->vfs.zName = impl_->name.c_str();
  impl_->vfs.pAppData = impl_.get();
  const int code = sqlite3_vfs_register(&impl_->vfs, 0);
  if (code != SQLITE_OK) throw sqlite_failure{code};
}

gathered_wal::~gathered_wal() { sqlite3_vfs_unregister(&impl_->vfs); }

const std::string& gathered_wal::name() const { return impl_->name; }

void gathered_wal::expect_commits(bool alone) { impl_->gathered.of_commits = alone; }

void gathered_wal::forget() { impl_->gathered.bytes.clear(); }

}  // namespace taquilla::store
