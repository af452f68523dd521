#include "store/warm_store.hpp"

#include "store/sqlite_database.hpp"

#include <stdexcept>

namespace taquilla {

struct warm_store::moment {
  store::sqlite_database::session all;
};

warm_store::warm_store(const sqlite_options& options)
    : path_(options.path), store_(std::make_unique<store::sqlite_database>(options, true)) {
  store_->let_go();
}

warm_store::~warm_store() = default;

void warm_store::set_limits(const sqlite_options& from) { store_->set_limits(from); }

result<database*> warm_store::open() {
  try {
    store_->take_over();
  } catch (const std::runtime_error&) {
    return store::why_not_opened(path_);
  }
  return store_.get();
}

void warm_store::close() { store_->close(); }

std::shared_ptr<const warm_store::moment> warm_store::now() const {
  return std::make_shared<moment>(moment{store_->now()});
}

void warm_store::be(const moment& then) { store_->be(then.all); }

}  // namespace taquilla
