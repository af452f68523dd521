// Goal: the audit names what is wrong with seats, keys, rows and the file itself.
// Method: one breakage by hand a test; before it the store is clean (audited_store.hpp).
#include "audited_store.hpp"
#include "store/embedded_sql.hpp"

#include <fstream>

using namespace taquilla;
using namespace taquilla::testing;

TEST_CASE_FIXTURE(audited_store, "the audit sees a seat with two live owners") {
  CHECK(caught("DROP INDEX live_seat; UPDATE reservations SET seat_number = 1 WHERE id = 5",
               "a seat has at most one live owner"));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a seat that is pending for a second buyer") {
  CHECK(caught("DROP INDEX live_seat; UPDATE reservations SET seat_number = 2 WHERE id = 5",
               "a seat has at most one live owner"));
}

TEST_CASE_FIXTURE(audited_store, "an ended purchase's seat may have another owner") {
  CHECK_FALSE(caught("UPDATE reservations SET seat_number = 3 WHERE id = 5",
                     "a seat has at most one live owner"));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a key that is nobody's, and one that is none") {
  CHECK(caught("INSERT INTO keys VALUES ('k', 99)", "rows refer to rows that exist"));
  CHECK(caught("INSERT INTO keys VALUES ('', 1)", "every value is one that the schema allows"));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a live mark that contradicts the state") {
  CHECK(caught("UPDATE reservations SET live = 0 WHERE id = 1", "live says what state says"));
  CHECK(caught("UPDATE reservations SET live = 1 WHERE id = 3", "live says what state says"));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a failure without a name and a name without one") {
  CHECK(caught("UPDATE reservations SET failure = '' WHERE id = 3",
               "a failure is named exactly where there is one"));
  CHECK(caught("UPDATE reservations SET failure = 'x' WHERE id = 1",
               "a failure is named exactly where there is one"));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a row that refers to nothing") {
  CHECK(caught("INSERT INTO charges VALUES (99, 100, 1, 0)", "rows refer to rows that exist"));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a value that the schema forbids") {
  const std::string allowed = "every value is one that the schema allows";
  for (const char* sql :
       {"UPDATE reservations SET cents = 0 WHERE id = 3",
        "UPDATE reservations SET seat_number = 0 WHERE id = 3",
        "UPDATE reservations SET id = 0 WHERE id = 3",
        "UPDATE reservations SET state = 4 WHERE id = 3", "UPDATE charges SET cents = -1",
        "UPDATE charges SET state = 3", "UPDATE settlements SET kind = 2 WHERE id = 6",
        "UPDATE outbox SET dead = 2"}) {
    CAPTURE(sql);
    CHECK(caught(sql, allowed));
  }
}

TEST_CASE_FIXTURE(audited_store, "the audit sees an index that lost a row") {
  CHECK(caught("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'buyer'",
               "the file is sound"));
}

TEST_CASE_FIXTURE(audited_store, "the audit sees a purchase that is open when all should be over") {
  CHECK(caught("", "no purchase is open", audit_mode::final));
}

TEST_CASE_FIXTURE(audited_store, "ids may have gaps") {
  by_hand(folder.file(),
          "UPDATE reservations SET id = 50 WHERE id = 2;"
          "UPDATE charges SET id = 50 WHERE id = 2");
  CHECK(run_audit(folder.file()).clean());
}

TEST_CASE_FIXTURE(audited_store, "the audit works beside a running store and when it has stopped") {
  REQUIRE(store->begin());
  CHECK(store->apply(purchase("t8", 8)));
  CHECK(run_audit(folder.file()).clean());
  CHECK(store->commit() == commit_outcome::committed);
  CHECK(run_audit(*store, audit_mode::running).clean());
  store.reset();
  const auto report = run_audit(folder.file());
  CHECK(report.clean());
  CHECK(report.checked == 21);
}

TEST_CASE_FIXTURE(audited_store, "the audit changes nothing") {
  store.reset();
  const auto before = look(folder.file(), "SELECT sum(length(hex(timeline))) FROM reservations");
  std::ifstream file{folder.file(), std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  run_audit(folder.file(), audit_mode::final);
  std::ifstream again{folder.file(), std::ios::binary};
  CHECK(bytes == std::string{std::istreambuf_iterator<char>{again}, {}});
  CHECK(before == look(folder.file(), "SELECT sum(length(hex(timeline))) FROM reservations"));
}

TEST_CASE("what is no store is not judged, and told as an opening would tell it") {
  scratch_folder folder;
  const auto refusal = [&] {
    const auto report = run_audit(folder.file());
    CHECK_FALSE(report.clean());
    CHECK(report.broken.empty());
    CHECK(report.checked == 0);
    REQUIRE(report.unreadable);
    CHECK(report.first_wrong() == report.unreadable->detail);
    CHECK(report.unreadable->detail.rfind("the store " + folder.file() + " cannot be opened: ",
                                          0) == 0);
    return report.unreadable->detail;
  };
  CHECK(refusal().find("unable to open") != std::string::npos);
  by_hand(folder.file(), "CREATE TABLE theirs (x)");
  CHECK(refusal().find("no store of taquilla; name") != std::string::npos);
  std::ofstream{folder.file()} << std::string(8192, 'x');
  CHECK(refusal().find("; the file is damaged or no store at all") != std::string::npos);
  std::filesystem::remove(folder.file());
  std::filesystem::create_directory(folder.file());
  CHECK(refusal().find("; " + folder.file() + " is a folder: move it away") != std::string::npos);
}

TEST_CASE_FIXTURE(audited_store, "a newer store is not judged") {
  by_hand(folder.file(), "PRAGMA user_version = 6");
  const auto report = run_audit(folder.file());
  CHECK(report.broken.empty());
  CHECK(report.first_wrong().find("schema version 6, this program knows 5; audit it with") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(audited_store, "a store that breaks on the way breaks an invariant") {
  store.reset();
  const auto page = std::stol(
      look(folder.file(), "SELECT rootpage FROM sqlite_schema WHERE name = 'reservations'"));
  std::fstream out{folder.file(), std::ios::binary | std::ios::in | std::ios::out};
  out.seekp((page - 1) * 4096);
  out << std::string(600, '\x5a');
  out.close();
  const auto report = run_audit(folder.file());
  CHECK_FALSE(report.unreadable);
  CHECK(report.checked > 0);
  CHECK(names(report, "the store can be read"));
}

TEST_CASE_FIXTURE(audited_store, "the audit tells at most a hundred rows of one invariant") {
  by_hand(folder.file(),
          "WITH RECURSIVE n(i) AS (VALUES (100) UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
          " INSERT INTO settlements SELECT i, 0, 0, 0, '' FROM n");
  std::size_t told = 0;
  for (const auto& row : run_audit(folder.file()).broken)
    if (row.invariant == "what is owed belongs to a reservation that ended so") ++told;
  CHECK(told == audit_rows_max);
}
