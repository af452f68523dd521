// The held purchases as a table that SQL can read: `held`, of this connection alone, one row a
// purchase in order of its id, with the columns that held_table.cpp names. It is one of SQLite's
// virtual tables: SQLite asks it for each value, nothing is copied or bound.
#pragma once

#include "store/held_purchases.hpp"

#include <sqlite3.h>

namespace taquilla::store {

/// Makes `held` known to the connection. What it shows must stay where it is, live as long as the
/// connection's statements, and not change while one of them reads it.
struct held_table {
  /// Throws sqlite_failure.
  held_table(sqlite3* db, const held_purchases& what);
};

}  // namespace taquilla::store
