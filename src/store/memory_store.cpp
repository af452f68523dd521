#include "store/memory_store.hpp"

#include "store/sqlite_database.hpp"

#include <string>
#include <vector>

namespace taquilla {

struct memory_store::contents {
  contents() : base(sqlite_options{}) {
    // Children were created after the tables that they refer to, and are emptied before them.
    store::statement tables{base.handle(),
                            "SELECT name FROM sqlite_schema WHERE type = 'table' AND"
                            " name <> 'shutdown' ORDER BY rowid DESC"};
    auto row = tables.query();
    while (row.next())
      emptying.push_back(
          std::make_unique<store::statement>(base.handle(), "DELETE FROM " + row.text(0)));
  }

  store::sqlite_database base;
  std::vector<std::unique_ptr<store::statement>> emptying;
};

memory_store::memory_store() : contents_(std::make_unique<contents>()) {}

memory_store::~memory_store() = default;

void memory_store::clear() {
  auto& base = contents_->base;
  base.undo();
  base.begin();
  for (const auto& table : contents_->emptying) table->run();
  base.commit();
}

std::shared_ptr<database> memory_store::open() {
  contents_->base.start_over();
  return {std::shared_ptr<void>{}, &contents_->base};
}

}  // namespace taquilla
