// What every test of the store needs: a folder that goes away, a real SQLite store in it, and
// orders to apply. `done` runs one command as a batch of its own and demands that it is committed,
// whatever the answer; `rows` looks into the file with a second connection, as the sqlite3 shell
// would.
#pragma once

#include "store/audit.hpp"
#include "store/database.hpp"
#include "store/sqlite_database.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string>
#include <unistd.h>

namespace taquilla::testing {

class scratch_folder {
 public:
  scratch_folder() {
    static int count = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("taquilla-store-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
    std::filesystem::create_directories(path_);
  }
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  std::string path() const { return path_.string(); }
  std::string file() const { return (path_ / "taquilla.db").string(); }

 private:
  std::filesystem::path path_;
};

/// The seats A1, A2, ...; every buyer pays 50.00.
inline record_purchase purchase(const std::string& token, std::uint32_t seat,
                                const std::string& email = "ana@example.com") {
  record_purchase command;
  command.token = token;
  command.order.event = "EVT-001";
  command.order.seat = {"A", seat};
  command.order.email = email;
  command.order.amount = {5000};
  command.identity = identity_of(command.order);
  command.at = 1000;
  command.timeline = {{1000, 2, "seat_held", "closed", ""}};
  return command;
}

/// Applies one command in its own batch; the batch must be committed.
template <class Command>
auto done(database& store, const Command& command) {
  REQUIRE(store.begin());
  auto answer = store.apply(command);
  REQUIRE(store.commit() == commit_outcome::committed);
  return answer;
}

/// The code of a refusal; none when there was an answer.
template <class T>
errc refusal(const result<T>& answer) {
  return answer ? errc::none : answer.failure().code;
}

struct store_fixture {
  scratch_folder folder;
  std::unique_ptr<database> store;

  store_fixture() { open(); }

  void open() {
    sqlite_options options;
    options.path = folder.file();
    auto opened = open_sqlite(options);
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.failure().detail));
    store = std::move(*opened);
  }
  void reopen() {
    store.reset();
    open();
  }
  store::sqlite_database& inside() { return dynamic_cast<store::sqlite_database&>(*store); }

  reservation_id pending(const std::string& token, std::uint32_t seat,
                         const std::string& email = "ana@example.com") {
    auto answer = done(*store, purchase(token, seat, email));
    REQUIRE(answer);
    return answer->id;
  }
  reservation_id confirmed(const std::string& token, std::uint32_t seat,
                           const std::string& email = "ana@example.com") {
    const auto id = pending(token, seat, email);
    REQUIRE(done(*store, record_charge{id, {5000}, 1010}));
    REQUIRE(done(*store, confirm_purchase{id, 1020, {{1020, 0, "confirmed", "", ""}}}));
    return id;
  }
  reservation_id failed(const std::string& token, std::uint32_t seat) {
    const auto id = pending(token, seat);
    REQUIRE(done(*store, fail_purchase{id, "payment_timeout", 1030, {}}));
    return id;
  }
  reservation_id cancelled(const std::string& token, std::uint32_t seat) {
    const auto id = confirmed(token, seat);
    REQUIRE(done(*store, cancel_purchase{id, 1040}));
    return id;
  }
  void deliver(const std::string& message_id, wall_ms at) {
    REQUIRE(done(*store, deliver_mail{message_id, at}));
  }
  /// The steps of its timeline, in order, parted by blanks.
  std::string steps_of(reservation_id id) {
    std::string out;
    const auto found = store->read(find_reservation{id});
    REQUIRE(found);
    for (const auto& entry : found->timeline) out += (out.empty() ? "" : " ") + entry.step;
    return out;
  }
  reservation_state state_of(reservation_id id) {
    auto found = store->read(find_reservation{id});
    REQUIRE(found);
    return found->state;
  }
};

/// Runs SQL on the file by hand, past every rule of the schema that SQLite lets one switch off.
inline void by_hand(const std::string& file, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  const auto script = "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;" + sql;
  char* trouble = nullptr;
  const int code = sqlite3_exec(db, script.c_str(), nullptr, nullptr, &trouble);
  CHECK_MESSAGE(code == SQLITE_OK, (trouble != nullptr ? trouble : ""));
  sqlite3_free(trouble);
  sqlite3_close(db);
}

/// The first column of the first row, read by a second connection; empty when there is none.
inline std::string look(const std::string& file, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  std::string found;
  const auto keep = [](void* into, int, char** values, char**) {
    if (values[0] != nullptr) *static_cast<std::string*>(into) = values[0];
    return 1;
  };
  sqlite3_exec(db, sql.c_str(), keep, &found, nullptr);
  sqlite3_close(db);
  return found;
}

/// True when the report names this invariant; prints the report when not.
inline bool names(const audit_report& report, const std::string& invariant) {
  for (const auto& row : report.broken)
    if (row.invariant == invariant) return true;
  for (const auto& row : report.broken) MESSAGE(row.invariant << ": " << row.detail);
  return false;
}

}  // namespace taquilla::testing
