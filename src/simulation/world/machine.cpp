#include "simulation/world/machine.hpp"

#include "simulation/disk/sqlite_memory.hpp"
#include "store/warm_store.hpp"

#include <optional>
#include <stdexcept>
#include <utility>

namespace taquilla::simulation {

namespace {

constexpr const char* store_file = "taquilla.db";
constexpr const char* vfs_name = "taquilla-simulated";

sqlite_options options_with(bool synchronous_full) {
  sqlite_options o;
  o.path = store_file;
  o.vfs = vfs_name;
  o.exclusive = true;
  o.synchronous_full = synchronous_full;
  return o;
}

/// SQLite and all who believe to know what it does, at one moment.
struct moment {
  sqlite_memory::copy memory;
  sim_vfs::open_files files;
  std::shared_ptr<const warm_store::moment> store;
};

// Both are made once for all machines of this program, each with a piece of memory of its own, and
// put back again and again.

class stores_on_disk {
 public:
  static stores_on_disk& the_one() {
    static stores_on_disk made;
    return made;
  }

  ~stores_on_disk() {
    disk_.become(new_store_);
    put_back(unread_, disk_, calm_);
  }

  /// False if the disk denies to open a file.
  bool put_back(const moment& then, sim_disk& disk, disk_environment& environment) {
    sqlite_memory::put_back(then.memory);
    store_->be(*then.store);
    return vfs_->attach(disk, environment, then.files);
  }

  warm_store& store() { return *store_; }
  sim_vfs& vfs() { return *vfs_; }
  const moment& unread() const { return unread_; }
  const moment& opened() const { return opened_; }
  database& opened_store() const { return *first_; }
  const sim_disk& new_store() const { return new_store_; }
  const sim_disk& opened_disk() const { return opened_disk_; }

 private:
  stores_on_disk() {
    sqlite_memory::begin_piece();
    vfs_.emplace(vfs_name, disk_, calm_);
    create();
    new_store_.become(disk_);
    store_.emplace(options_with(true));
    unread_ = now();
    disk_.become(new_store_);
    vfs_->attach(disk_, calm_, unread_.files);
    auto first = store_->open();
    if (!first) throw std::runtime_error(first.failure().detail);
    first_ = *first;
    opened_ = now();
    opened_disk_.become(disk_);
  }

  /// Opens a store on an empty disk, which creates it, and closes it in order.
  static void create() {
    auto created = open_sqlite(options_with(true));
    if (!created) throw std::runtime_error(created.failure().detail);
  }

  moment now() const { return {sqlite_memory::remember(), vfs_->remember(), store_->now()}; }

  disk_environment calm_;
  sim_disk disk_, new_store_, opened_disk_;
  std::optional<sim_vfs> vfs_;
  std::optional<warm_store> store_;
  database* first_ = nullptr;
  moment unread_, opened_;
};

class store_in_memory {
 public:
  static store_in_memory& the_one() {
    static store_in_memory made;
    return made;
  }
  ~store_in_memory() { become_new({}); }

  void become_new(const sqlite_options& limits) {
    sqlite_memory::put_back(new_.memory);
    store_->be(*new_.store);
    store_->set_limits(limits);
  }
  result<database*> open() { return store_->open(); }

 private:
  store_in_memory() {
    sqlite_memory::begin_piece();
    store_.emplace(sqlite_options{});
    new_ = {sqlite_memory::remember(), {}, store_->now()};
  }

  std::optional<warm_store> store_;
  moment new_;
};

}  // namespace

machine::machine(disk_environment& environment, bool perfect_disk, const sqlite_options& limits)
    : environment_(environment), perfect_(perfect_disk), limits_(limits) {
  if (perfect_) return;
  const auto& made = stores_on_disk::the_one();
  disk_.become(usual_batches() ? made.opened_disk() : made.new_store());
}

result<std::shared_ptr<database>> machine::open_store(bool synchronous_full) {
  const bool first = std::exchange(new_, false);
  if (perfect_) return open_in_memory(first);
  return synchronous_full ? open_warm(first) : open_cold(first);
}

/// Nothing is closed: what was committed is there, and an open transaction ends with the opening.
result<std::shared_ptr<database>> machine::open_in_memory(bool first) {
  auto& made = store_in_memory::the_one();
  if (first) made.become_new(limits_);
  const auto opened = made.open();
  if (!opened) return opened.failure();
  return std::shared_ptr<database>{std::shared_ptr<void>{}, *opened};
}

result<std::shared_ptr<database>> machine::open_warm(bool first) {
  auto& made = stores_on_disk::the_one();
  made.store().set_limits(limits_);
  if (first && usual_batches()) {
    made.put_back(made.opened(), disk_, environment_);
    return lend(&made.opened_store());
  }
  if (!made.put_back(made.unread(), disk_, environment_))
    return error{errc::store_unavailable, "the disk does not open the store", 0};
  const auto opened = made.store().open();
  if (!opened) return opened.failure();
  return lend(*opened);
}

std::shared_ptr<database> machine::lend(database* store) {
  return {store, [this](database*) {
            if (disk_.plugged()) stores_on_disk::the_one().store().close();
          }};
}

/// For a store with other settings, which therefore is not warm.
result<std::shared_ptr<database>> machine::open_cold(bool first) {
  auto& made = stores_on_disk::the_one();
  made.put_back(made.unread(), disk_, environment_);
  made.vfs().attach(disk_, environment_, {});
  if (first) disk_.become(made.new_store());
  auto options = options_with(false);
  options.checkpoint_pages = limits_.checkpoint_pages;
  options.batch_max = limits_.batch_max;
  auto opened = open_sqlite(options);
  if (!opened) return opened.failure();
  return std::shared_ptr<database>{std::move(*opened)};
}

}  // namespace taquilla::simulation
