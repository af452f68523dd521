// A VFS that puts the simulated disk under the real SQLite, and takes clock and entropy from the
// simulator too.
//
// Registered under a name of its own while it lives; a database that is opened with that name never
// touches the real disk, clock or entropy pool. Before each operation the `disk_environment` is
// asked what shall go wrong. A world may take the file system over from the one before: `attach`
// puts its disk under the files that SQLite, whose memory was put back, believes to be open. There
// is no shared memory: WAL works with locking_mode=EXCLUSIVE, which is how taquilla opens its store
// in the simulator.
//
// Syncing a folder is modelled after SQLite's own Unix VFS: the first sync of a new journal or WAL
// syncs the folder as well, and so does a delete that asks for it. Single-threaded; must outlive
// every database that was opened with it.
#pragma once

#include "simulation/disk/sim_disk.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace taquilla::simulation {

enum class disk_operation : std::uint8_t { open, read, write, truncate, sync, remove, lock };
enum class disk_fault : std::uint8_t {
  none,
  io_error,  ///< EIO
  full,      ///< ENOSPC
  busy,      ///< lock only: SQLITE_BUSY
  kill,      ///< the process dies just before the operation
  power,     ///< the power goes just before the operation
};

const char* to_string(disk_operation what);
const char* to_string(disk_fault what);

/// The world outside of the disk: decides about faults, gives time and entropy.
class disk_environment {
 public:
  virtual ~disk_environment() = default;
  /// `file` is "db", "wal", "journal" or "other". `kill` and `power` must unplug the disk
  /// themselves.
  virtual disk_fault before(disk_operation, const char* /*file*/) { return disk_fault::none; }
  /// Milliseconds since 1970.
  virtual std::int64_t wall_clock_ms() { return 0; }
  virtual void pass_time_us(std::int64_t) {}
  virtual std::uint64_t entropy() { return 0; }
};

class sim_vfs {
 public:
  /// A file that is open; its place in the list is the number by which SQLite knows it.
  struct open_name {
    std::string name;  ///< empty: the number is free
    const char* kind;
  };
  using open_files = std::vector<open_name>;

  /// `name` must be unused; throws std::runtime_error if SQLite refuses it.
  sim_vfs(std::string name, sim_disk& disk, disk_environment& environment);
  ~sim_vfs();
  sim_vfs(const sim_vfs&) = delete;
  sim_vfs& operator=(const sim_vfs&) = delete;

  const std::string& name() const { return name_; }

  open_files remember() const;
  /// From now on the files lie on `disk`, and those in `open` are opened there, without a word to
  /// SQLite. False if the disk denies one.
  bool attach(sim_disk& disk, disk_environment& environment, const open_files& open);

 private:
  struct implementation;
  std::string name_;
  std::unique_ptr<implementation> impl_;
};

}  // namespace taquilla::simulation
