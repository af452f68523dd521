#include "simulation/disk/sim_vfs.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace taquilla::simulation {

const char* to_string(disk_operation what) {
  switch (what) {
    case disk_operation::open:
      return "open";
    case disk_operation::read:
      return "read";
    case disk_operation::write:
      return "write";
    case disk_operation::truncate:
      return "truncate";
    case disk_operation::sync:
      return "sync";
    case disk_operation::remove:
      return "remove";
    case disk_operation::lock:
      return "lock";
  }
  return "unknown";
}

const char* to_string(disk_fault what) {
  switch (what) {
    case disk_fault::none:
      return "none";
    case disk_fault::io_error:
      return "EIO";
    case disk_fault::full:
      return "ENOSPC";
    case disk_fault::busy:
      return "BUSY";
    case disk_fault::kill:
      return "kill";
    case disk_fault::power:
      return "power";
  }
  return "unknown";
}

namespace {

struct numbered_file {
  sim_disk::file_ptr file;  // none: the number is free
  const char* kind = "";
};

struct vfs_context {
  sim_disk* disk;
  disk_environment* environment;
  std::vector<numbered_file> open;  // by number
};

/// What SQLite allocates per open file, so it may be put back to what it was: it owns nothing. The
/// first member is SQLite's, by contract.
struct open_file {
  sqlite3_file base;
  vfs_context* context;
  std::size_t number;
  const char* kind;
  bool sync_folder;
  bool delete_on_close;
  int lock;
};

open_file& self(sqlite3_file* f) { return *reinterpret_cast<open_file*>(f); }
sim_file& file_of(const open_file& o) { return *o.context->open[o.number].file; }
vfs_context& context_of(sqlite3_vfs* v) { return *static_cast<vfs_context*>(v->pAppData); }

const char* kind_of(int flags) {
  if (flags & SQLITE_OPEN_MAIN_DB) return "db";
  if (flags & SQLITE_OPEN_WAL) return "wal";
  if (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) return "journal";
  return "other";
}

/// SQLITE_OK, or what the operation has to report. A dead process only ever hears of errors.
int trouble(vfs_context& c, disk_operation what, const char* file, int io_error) {
  if (!c.disk->plugged()) return io_error;
  switch (c.environment->before(what, file)) {
    case disk_fault::none:
      return SQLITE_OK;
    case disk_fault::full:
      return what == disk_operation::write ? SQLITE_FULL : SQLITE_OK;
    case disk_fault::busy:
      return what == disk_operation::lock ? SQLITE_BUSY : SQLITE_OK;
    case disk_fault::io_error:
    case disk_fault::kill:
    case disk_fault::power:
      break;
  }
  return io_error;
}

// -- files ---------------------------------------------------------------------------------------

int x_close(sqlite3_file* f) {
  auto& o = self(f);
  auto& c = *o.context;
  if (o.delete_on_close && c.disk->plugged()) c.disk->remove(file_of(o).name(), false);
  c.open[o.number] = {};
  o.base.pMethods = nullptr;
  return SQLITE_OK;
}

int x_read(sqlite3_file* f, void* into, int count, sqlite3_int64 offset) {
  auto& o = self(f);
  if (auto code = trouble(*o.context, disk_operation::read, o.kind, SQLITE_IOERR_READ)) return code;
  auto wanted = static_cast<std::size_t>(count);
  auto there = file_of(o).read(static_cast<std::size_t>(offset), into, wanted);
  if (there == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(into) + there, 0, wanted - there);
  return SQLITE_IOERR_SHORT_READ;
}

/// Piece by piece, as the system does it: before each of them the process may die, or the disk fail
/// or be full, and what came before stays written.
int x_write(sqlite3_file* f, const void* from, int count, sqlite3_int64 offset) {
  constexpr std::size_t piece_bytes = 16384;
  auto& o = self(f);
  const auto* bytes = static_cast<const std::byte*>(from);
  const auto size = static_cast<std::size_t>(count);
  for (std::size_t done = 0; done < size; done += piece_bytes) {
    if (auto code = trouble(*o.context, disk_operation::write, o.kind, SQLITE_IOERR_WRITE))
      return code;
    const auto part = std::min(piece_bytes, size - done);
    if (!file_of(o).write(static_cast<std::size_t>(offset) + done, bytes + done, part))
      return SQLITE_FULL;
  }
  return SQLITE_OK;
}

int x_truncate(sqlite3_file* f, sqlite3_int64 size) {
  auto& o = self(f);
  auto code = trouble(*o.context, disk_operation::truncate, o.kind, SQLITE_IOERR_TRUNCATE);
  if (code == SQLITE_OK) file_of(o).truncate(static_cast<std::size_t>(size));
  return code;
}

int x_sync(sqlite3_file* f, int) {
  auto& o = self(f);
  auto& disk = *o.context->disk;
  auto code = trouble(*o.context, disk_operation::sync, o.kind, SQLITE_IOERR_FSYNC);
  if (code != SQLITE_OK) {
    if (disk.plugged()) file_of(o).fail_sync();
    return code;
  }
  disk.count_sync();
  if (disk.lying()) return SQLITE_OK;
  file_of(o).sync();
  if (std::exchange(o.sync_folder, false)) disk.sync_folder();
  return SQLITE_OK;
}

int x_file_size(sqlite3_file* f, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(file_of(self(f)).size());
  return SQLITE_OK;
}

int x_lock(sqlite3_file* f, int level) {
  auto& o = self(f);
  if (auto code = trouble(*o.context, disk_operation::lock, o.kind, SQLITE_IOERR_LOCK)) return code;
  if (o.lock < level) o.lock = level;
  return SQLITE_OK;
}

int x_unlock(sqlite3_file* f, int level) {
  self(f).lock = level;
  return SQLITE_OK;
}

int x_check_reserved_lock(sqlite3_file* f, int* taken) {
  *taken = self(f).lock >= SQLITE_LOCK_RESERVED;
  return SQLITE_OK;
}

int x_file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int x_sector_size(sqlite3_file*) { return static_cast<int>(sector_bytes); }
int x_device_characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

// Version 1: no shared memory, no memory mapping.
const sqlite3_io_methods file_methods = {1,
                                         x_close,
                                         x_read,
                                         x_write,
                                         x_truncate,
                                         x_sync,
                                         x_file_size,
                                         x_lock,
                                         x_unlock,
                                         x_check_reserved_lock,
                                         x_file_control,
                                         x_sector_size,
                                         x_device_characteristics,
                                         nullptr,
                                         nullptr,
                                         nullptr,
                                         nullptr,
                                         nullptr,
                                         nullptr};

// -- the file system --------------------------------------------------------------------------

std::size_t number_for(vfs_context& c, numbered_file file) {
  const auto place = std::find_if(c.open.begin(), c.open.end(),
                                  [](const numbered_file& used) { return !used.file; });
  const auto number = static_cast<std::size_t>(place - c.open.begin());
  if (place == c.open.end()) c.open.emplace_back();
  c.open[number] = std::move(file);
  return number;
}

int x_open(sqlite3_vfs* v, const char* name, sqlite3_file* f, int flags, int* flags_out) {
  auto& c = context_of(v);
  auto& o = self(f);
  o.base.pMethods = nullptr;
  const char* kind = kind_of(flags);
  if (auto code = trouble(c, disk_operation::open, kind, SQLITE_CANTOPEN)) return code;
  // SQLite asks for temporary files without a name; they die with their handle.
  std::string path = name ? name : "temporary";
  auto file = name ? c.disk->find(path) : nullptr;
  bool created = !file;
  if (created && name && !(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
  if (created) file = name ? c.disk->create(path) : std::make_shared<sim_file>(path);
  bool journal = std::strcmp(kind, "wal") == 0 || std::strcmp(kind, "journal") == 0;
  o = {{&file_methods},
       &c,
       number_for(c, {std::move(file), kind}),
       kind,
       // Whether it was there or not: the process that made it may have died before its sync.
       journal && (flags & SQLITE_OPEN_CREATE),
       name && (flags & SQLITE_OPEN_DELETEONCLOSE),
       SQLITE_LOCK_NONE};
  if (flags_out) *flags_out = flags;
  return SQLITE_OK;
}

int x_delete(sqlite3_vfs* v, const char* name, int sync_folder) {
  auto& c = context_of(v);
  if (auto code = trouble(c, disk_operation::remove, "other", SQLITE_IOERR_DELETE)) return code;
  if (!c.disk->find(name)) return SQLITE_IOERR_DELETE_NOENT;
  c.disk->remove(name, sync_folder != 0);
  return SQLITE_OK;
}

int x_access(sqlite3_vfs* v, const char* name, int, int* there) {
  *there = context_of(v).disk->find(name) != nullptr;
  return SQLITE_OK;
}

int x_full_pathname(sqlite3_vfs*, const char* name, int room, char* out) {
  sqlite3_snprintf(room, out, "%s", name);
  return SQLITE_OK;
}

int x_randomness(sqlite3_vfs* v, int count, char* out) {
  for (int i = 0; i < count; ++i)
    out[i] = static_cast<char>(context_of(v).environment->entropy() >> 24);
  return count;
}

int x_sleep(sqlite3_vfs* v, int microseconds) {
  context_of(v).environment->pass_time_us(microseconds);
  return microseconds;
}

// SQLite counts milliseconds from noon of 24 November 4714 BC.
constexpr sqlite3_int64 julian_epoch_ms = 210866760000000;

int x_current_time_int64(sqlite3_vfs* v, sqlite3_int64* now) {
  *now = julian_epoch_ms + context_of(v).environment->wall_clock_ms();
  return SQLITE_OK;
}

int x_current_time(sqlite3_vfs* v, double* now) {
  sqlite3_int64 ms = 0;
  x_current_time_int64(v, &ms);
  *now = static_cast<double>(ms) / 86400000.0;
  return SQLITE_OK;
}

int x_get_last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

struct sim_vfs::implementation {
  vfs_context context;
  sqlite3_vfs methods{};
};

sim_vfs::sim_vfs(std::string name, sim_disk& disk, disk_environment& environment)
    : name_(std::move(name)), impl_(new implementation{{&disk, &environment, {}}, {}}) {
  auto& m = impl_->methods;
  m.iVersion = 2;
  m.szOsFile = sizeof(open_file);
  m.mxPathname = 512;
  m.zName = name_.c_str();
  m.pAppData = &impl_->context;
  m.xOpen = x_open;
  m.xDelete = x_delete;
  m.xAccess = x_access;
  m.xFullPathname = x_full_pathname;
  m.xRandomness = x_randomness;
  m.xSleep = x_sleep;
  m.xCurrentTime = x_current_time;
  m.xGetLastError = x_get_last_error;
  m.xCurrentTimeInt64 = x_current_time_int64;
  if (sqlite3_vfs_find(name_.c_str()) != nullptr || sqlite3_vfs_register(&m, 0) != SQLITE_OK)
    throw std::runtime_error("cannot register the simulated disk as " + name_);
}

sim_vfs::~sim_vfs() { sqlite3_vfs_unregister(&impl_->methods); }

sim_vfs::open_files sim_vfs::remember() const {
  open_files names;
  for (const auto& [file, kind] : impl_->context.open)
    names.push_back({file ? file->name() : "", kind});
  return names;
}

bool sim_vfs::attach(sim_disk& disk, disk_environment& environment, const open_files& open) {
  auto& c = impl_->context;
  c.disk = &disk;
  c.environment = &environment;
  c.open.assign(open.size(), {});
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (open[i].name.empty()) continue;
    if (trouble(c, disk_operation::open, open[i].kind, SQLITE_CANTOPEN) != SQLITE_OK) return false;
    c.open[i] = {disk.create(open[i].name), open[i].kind};
  }
  return true;
}

}  // namespace taquilla::simulation
