// The questions of audit.sql, prepared for one connection: once for an audit of a file, and once
// for a whole series of audits of a store that was prepared beforehand. Private to src/store; the
// connection's thread.
#pragma once

#include "store/audit.hpp"

#include <sqlite3.h>

#include <memory>
#include <vector>

namespace taquilla::store {

class audit_questions {
 public:
  /// Throws sqlite_failure.
  explicit audit_questions(sqlite3* db);
  /// Asks all of them; the caller has seen to one snapshot. Throws sqlite_failure.
  void ask(audit_mode mode, audit_report& report);

 private:
  struct finalizer {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using question = std::unique_ptr<sqlite3_stmt, finalizer>;

  void ask(sqlite3_stmt* question, audit_mode mode, audit_report& report);

  sqlite3* db_;
  std::vector<question> all_;
};

}  // namespace taquilla::store
