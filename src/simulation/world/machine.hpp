// The machine that a simulated theatre runs on: its disk, and the store as each process opens it.
//
// Parsing the schema and preparing the same statements for every process of every run was the half
// of a run. So it is done once per program, by the real store, and SQLite's memory is put back to
// that moment whenever a process opens the store (disk/sqlite_memory.hpp, store/warm_store.hpp):
// from there on SQLite meets the disk as it is, locks it, recovers the WAL, checks it. The first
// opening of a world, on the disk of a new store and without faults, is the same in every run of
// the same batches: with those of production it is put back whole, with the disk as it leaves it. A
// process that dies leaves its connection as it is. One that ends in order closes it for good, on a
// disk that listens.
//
// A disk that is perfect in this run is no disk at all: the store lies in SQLite's memory and
// outlives its process there. One machine at a time in a program; single-threaded.
#pragma once

#include "simulation/disk/sim_vfs.hpp"
#include "store/database.hpp"

#include <memory>

namespace taquilla::simulation {

class machine {
 public:
  /// Switched on, with a new store. Throws std::runtime_error if there is none to be had.
  /// @param limits of these: `batch_max` and `checkpoint_pages`.
  machine(disk_environment& environment, bool perfect_disk, const sqlite_options& limits = {});
  machine(const machine&) = delete;
  machine& operator=(const machine&) = delete;

  sim_disk& disk() { return disk_; }

  /// A process opens the store. Whoever lets go of it last closes it, unless the disk is unplugged:
  /// then the process has died. Precondition: the process before is over.
  /// @param synchronous_full false is a planted bug.
  result<std::shared_ptr<database>> open_store(bool synchronous_full);

 private:
  result<std::shared_ptr<database>> open_in_memory(bool first);
  result<std::shared_ptr<database>> open_warm(bool first);
  result<std::shared_ptr<database>> open_cold(bool first);
  bool usual_batches() const { return limits_.batch_max == sqlite_options{}.batch_max; }
  std::shared_ptr<database> lend(database* store);

  disk_environment& environment_;
  sim_disk disk_;
  const bool perfect_;
  const sqlite_options limits_;
  bool new_ = true;
};

}  // namespace taquilla::simulation
