// Goal: only a safe store is opened; what is not ours, too new or damaged is refused and left as it
// is. Method: read the settings back, then open files that somebody else has made or broken.
#include "store_fixture.hpp"
#include "support/old_stores.hpp"

#include <fstream>
#include <sstream>

using namespace taquilla;
using namespace taquilla::testing;

namespace {

result<std::unique_ptr<database>> opening(const std::string& file) {
  sqlite_options options;
  options.path = file;
  return open_sqlite(options);
}

std::string bytes_of(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void check_refused_untouched(const std::string& file, const std::string& reason) {
  const auto before = bytes_of(file);
  const auto opened = opening(file);
  REQUIRE_FALSE(opened);
  CHECK(opened.failure().code == errc::store_unavailable);
  CHECK_MESSAGE(opened.failure().detail.find(reason) != std::string::npos, opened.failure().detail);
  CHECK(opened.failure().detail.find(file) != std::string::npos);
  // What stands behind it is shown as the remedy.
  CHECK_MESSAGE(opened.failure().detail.find("; ") != std::string::npos, opened.failure().detail);
  CHECK(bytes_of(file) == before);
}

std::string setting(store::sqlite_database& store, const char* pragma) {
  store::statement question{store.handle(), std::string{"PRAGMA "} + pragma};
  auto row = question.query();
  return row.next() ? row.text(0) : "";
}

/// Overwrites the first bytes of a tree that opening the store does not read.
void damage_index(const std::string& file) {
  const auto page =
      std::stol(look(file, "SELECT rootpage FROM sqlite_schema WHERE name = 'buyer'"));
  std::fstream out{file, std::ios::binary | std::ios::in | std::ios::out};
  out.seekp((page - 1) * 4096);
  out << std::string(600, '\x5a');
}

}  // namespace

TEST_CASE_FIXTURE(store_fixture, "the settings that make the store safe are in force") {
  CHECK(setting(inside(), "journal_mode") == "wal");
  CHECK(setting(inside(), "synchronous") == "2");
  CHECK(setting(inside(), "foreign_keys") == "1");
  CHECK(setting(inside(), "trusted_schema") == "0");
  CHECK(setting(inside(), "cell_size_check") == "1");
  CHECK(setting(inside(), "mmap_size") == "0");
  CHECK(setting(inside(), "busy_timeout") == "2000");
  CHECK(setting(inside(), "user_version") == "5");
  CHECK(setting(inside(), "application_id") == std::to_string(0x54415155));
  CHECK(setting(inside(), "locking_mode") == "normal");
}

TEST_CASE_FIXTURE(store_fixture, "every table is strict") {
  CHECK(look(folder.file(),
             "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND"
             " name NOT LIKE 'sqlite%' AND strict = 0") == "0");
  CHECK(look(folder.file(), "SELECT count(*) FROM pragma_table_list WHERE strict = 1") == "7");
}

TEST_CASE("a store in memory works like one on a disk") {
  auto opened = open_sqlite({});
  REQUIRE(opened);
  auto& store = **opened;
  CHECK(done(store, purchase("t1", 1))->id == 1);
  CHECK(refusal(done(store, purchase("t2", 1, "eva@example.com"))) == errc::seat_taken);
  CHECK(run_audit(store, audit_mode::running).clean());
}

TEST_CASE("an exclusive store keeps everybody else out and needs no shared memory") {
  scratch_folder folder;
  sqlite_options options;
  options.path = folder.file();
  options.exclusive = true;
  auto opened = open_sqlite(options);
  REQUIRE(opened);
  CHECK(done(**opened, purchase("t1", 1))->id == 1);
  CHECK_FALSE(std::filesystem::exists(folder.file() + "-shm"));
  CHECK_FALSE(run_audit(folder.file()).clean());
  opened = errc::none;
  CHECK(run_audit(options, audit_mode::running).clean());
  opened = open_sqlite(options);
  REQUIRE(opened);
  CHECK((*opened)->read(find_reservation{1}));
}

TEST_CASE_FIXTURE(store_fixture, "a store of another schema is refused and left as it is") {
  confirmed("t1", 1);
  store.reset();
  for (const char* other : {"1", "6"}) {
    by_hand(folder.file(), std::string{"PRAGMA user_version = "} + other);
    check_refused_untouched(folder.file(), std::string{"schema version "} + other);
  }
}

TEST_CASE("a database of another program is refused and left as it is") {
  scratch_folder folder;
  by_hand(folder.file(), "CREATE TABLE theirs (x); PRAGMA user_version = 7");
  check_refused_untouched(folder.file(), "another program");
}

TEST_CASE("what another program left in its write-ahead log stays there") {
  scratch_folder theirs, copied;
  {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(theirs.file().c_str(), &db) == SQLITE_OK);
    sqlite3_exec(db, "PRAGMA journal_mode = WAL; CREATE TABLE theirs (x)", nullptr, nullptr,
                 nullptr);
    // As its death would leave them: closing would empty the log.
    for (const char* part : {"", "-wal"})
      std::filesystem::copy_file(theirs.file() + part, copied.file() + part);
    sqlite3_close(db);
  }
  const auto log = bytes_of(copied.file() + "-wal");
  REQUIRE_FALSE(log.empty());
  check_refused_untouched(copied.file(), "another program");
  CHECK(bytes_of(copied.file() + "-wal") == log);
}

TEST_CASE("a file that is no database is refused and left as it is") {
  scratch_folder folder;
  std::ofstream{folder.file()} << std::string(8192, 'x');
  check_refused_untouched(folder.file(), "damaged or no store at all");
}

TEST_CASE_FIXTURE(store_fixture, "a store damaged in a crash is refused and left as it is") {
  pending("t1", 1);
  store.reset();
  by_hand(folder.file(), "UPDATE shutdown SET clean = 0");
  damage_index(folder.file());
  check_refused_untouched(folder.file(), "the store is damaged");
}

TEST_CASE_FIXTURE(store_fixture, "a store closed in order is opened without being read through") {
  pending("t1", 1);
  store.reset();
  damage_index(folder.file());
  CHECK(opening(folder.file()));
}

TEST_CASE_FIXTURE(store_fixture, "a refused store keeps the log that was left beside it") {
  confirmed("t1", 1);
  by_hand(folder.file(), "PRAGMA user_version = 6");
  scratch_folder copy;  // as a crash leaves it: the database and its log
  std::filesystem::copy_file(folder.file(), copy.file());
  std::filesystem::copy_file(folder.file() + "-wal", copy.file() + "-wal");
  const auto log = bytes_of(copy.file() + "-wal");
  check_refused_untouched(copy.file(), "schema version 6");
  CHECK(bytes_of(copy.file() + "-wal") == log);
}

TEST_CASE_FIXTURE(store_fixture, "the clean mark is there after closing and not while open") {
  pending("t1", 1);
  CHECK(look(folder.file(), "SELECT clean FROM shutdown") == "0");
  store.reset();
  CHECK(look(folder.file(), "SELECT clean FROM shutdown") == "1");
  open();
  CHECK(look(folder.file(), "SELECT clean FROM shutdown") == "0");
}

TEST_CASE_FIXTURE(store_fixture, "a store without numbers of its own is given them") {
  confirmed("t1", 1);
  const auto last = confirmed("t2", 2);
  store.reset();
  by_hand(folder.file(), as_version_2);
  open();
  CHECK(pending("t3", 3) == last + 1);
  CHECK(look(folder.file(), "PRAGMA user_version") == "5");
  CHECK(store->read(count_everything{})->reservations == 3);
  store.reset();
  CHECK(look(folder.file(), "SELECT numbers FROM shutdown") == std::to_string(last + 2));
}

TEST_CASE_FIXTURE(store_fixture, "a store that kept the words of its mails keeps the mails") {
  confirmed("t1", 1);
  done(*store, deliver_mail{"1-confirmed", 2'000});
  confirmed("t2", 2);
  done(*store, postpone_mail{"2-confirmed", 9'000, "down", false});
  store.reset();
  by_hand(folder.file(), as_version_3);
  open();
  CHECK(look(folder.file(), "PRAGMA user_version") == "5");
  const auto box = store->read(list_mailbox{});
  REQUIRE(box->list.size() == 1);
  CHECK(box->list[0].message_id == "1-confirmed");
  CHECK(box->list[0].to == "ana@example.com");
  CHECK(box->list[0].delivered_at == 2'000);
  const auto waiting = store->read(list_outbox{});
  REQUIRE(waiting->list.size() == 1);
  CHECK(waiting->list[0].not_before == 9'000);
  CHECK(waiting->list[0].last_error == "down");
  CHECK(run_audit(folder.file()).clean());
}

TEST_CASE_FIXTURE(store_fixture, "closing in order leaves one file") {
  pending("t1", 1);
  store.reset();
  CHECK(std::filesystem::exists(folder.file()));
  CHECK_FALSE(std::filesystem::exists(folder.file() + "-wal"));
}

TEST_CASE("a store whose folder is missing is refused with advice") {
  scratch_folder folder;
  const auto opened = opening(folder.path() + "/missing/taquilla.db");
  REQUIRE_FALSE(opened);
  CHECK(opened.failure().detail.find("folder exists") != std::string::npos);
}

TEST_CASE("a folder in the store's place is named as such") {
  scratch_folder folder;
  std::filesystem::create_directory(folder.file());
  const auto opened = opening(folder.file());
  REQUIRE_FALSE(opened);
  CHECK(opened.failure().detail.find("; " + folder.file() + " is a folder") != std::string::npos);
}
