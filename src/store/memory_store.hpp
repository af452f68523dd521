// A store in memory that is used again and again: for the simulator, whose runs are shorter than it
// takes SQLite to open a database and to prepare the statements.
//
// `open` gives the store as a process finds it that starts now: what was committed is there, an
// open transaction is not, and nothing is left of what only the last process's memory held. `clear`
// empties it, for the next run. All that a file adds (WAL, syncs, checks at the opening) it does
// not have: runs with trouble on the disk use the real thing (simulation/disk). One at a time is
// open; one thread.
#pragma once

#include "store/database.hpp"

#include <memory>

namespace taquilla {

class memory_store {
 public:
  /// Throws std::runtime_error when there is no memory for it.
  memory_store();
  ~memory_store();

  void clear();
  /// Does not own: what it gives out must be gone before the memory_store is.
  std::shared_ptr<database> open();

 private:
  struct contents;
  std::unique_ptr<contents> contents_;
};

}  // namespace taquilla
