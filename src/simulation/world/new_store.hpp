// The disk as a new store leaves it that was created and closed in order: what a world begins with.
//
// Creating the tables costs an eighth of a run and is the same in each, so it is done once per
// process, by the real store on a disk that obeys, and copied. The creation itself is tested in
// tests/store; the first opening of a world has never had disk faults.
#pragma once

#include "simulation/disk/sim_disk.hpp"
#include "store/memory_store.hpp"

namespace taquilla::simulation {

inline constexpr const char* store_file = "taquilla.db";  ///< on every simulated disk

/// Made by the first call. Throws std::runtime_error if the store cannot be created. One thread at
/// a time.
const sim_disk& disk_of_new_store();

/// The one store in memory of this process, emptied: what a world begins with whose disk is
/// perfect.
memory_store& new_store_in_memory();

}  // namespace taquilla::simulation
