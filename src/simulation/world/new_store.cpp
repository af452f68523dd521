#include "simulation/world/new_store.hpp"

#include "simulation/disk/sim_vfs.hpp"
#include "store/database.hpp"

#include <stdexcept>

namespace taquilla::simulation {

namespace {

/// Opens a store on the disk, which creates it, and closes it in order.
void create_on(sim_disk& disk) {
  disk_environment calm;
  sim_vfs vfs("taquilla-new-store", disk, calm);
  sqlite_options o;
  o.path = store_file;
  o.vfs = vfs.name();
  o.exclusive = true;
  auto created = open_sqlite(o);
  if (!created) throw std::runtime_error(created.failure().detail);
}

}  // namespace

const sim_disk& disk_of_new_store() {
  static const sim_disk disk = [] {
    expect_one_thread();
    sim_disk created;
    create_on(created);
    return created;
  }();
  return disk;
}

memory_store& new_store_in_memory() {
  expect_one_thread();
  static memory_store store;
  store.clear();
  return store;
}

}  // namespace taquilla::simulation
