// Goal: a store that was prepared beforehand is as safe as one that is opened, and sees the file as
// it is when it opens, not as it was. Method: let others write between the two.
#include "store/warm_store.hpp"

#include "store_fixture.hpp"

using namespace taquilla;
using namespace taquilla::testing;

namespace {

struct warm_fixture {
  scratch_folder folder;
  sqlite_options options;
  warm_fixture() { options.path = folder.file(); }

  database& open(warm_store& warm) {
    auto opened = warm.open();
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.failure().detail));
    return **opened;
  }
};

}  // namespace

TEST_CASE_FIXTURE(warm_fixture, "a warm store holds no file, and finds what others did to it") {
  auto warm = std::make_unique<warm_store>(options);
  reservation_id id = 0;
  {
    auto other = open_sqlite(options);
    REQUIRE(other);
    auto answer = done(**other, purchase("t1", 1));
    REQUIRE(answer);
    id = answer->id;
  }
  auto& store = open(*warm);
  const auto found = store.read(find_reservation{id});
  REQUIRE(found);
  CHECK(found->seat.number == 1);
  const auto next = done(store, purchase("t2", 2));
  REQUIRE(next);
  CHECK(next->id == id + 1);
  warm.reset();
  CHECK(look(folder.file(), "SELECT clean FROM shutdown") == "1");
}

TEST_CASE_FIXTURE(warm_fixture, "the settings that make a store safe are in force in a warm one") {
  warm_store warm{options};
  auto& inside = dynamic_cast<store::sqlite_database&>(open(warm));
  const auto setting = [&](const char* pragma) {
    store::statement question{inside.handle(), std::string{"PRAGMA "} + pragma};
    auto row = question.query();
    return row.next() ? row.text(0) : "";
  };
  CHECK(setting("journal_mode") == "wal");
  CHECK(setting("synchronous") == "2");
  CHECK(setting("foreign_keys") == "1");
  CHECK(setting("wal_autocheckpoint") == "0");
}

TEST_CASE_FIXTURE(warm_fixture, "a warm store refuses a file that has become another program's") {
  warm_store warm{options};
  {
    store::connection other{options};
    sqlite3_exec(other.get(), "PRAGMA application_id = 7", nullptr, nullptr, nullptr);
  }
  const auto opened = warm.open();
  REQUIRE_FALSE(opened);
  CHECK(opened.failure().detail.find("another program") != std::string::npos);
}
