// The SQL files of this folder as text inside the executable; CMake writes the .cpp from them
// (embedded_sql.cpp.in). Constant data: any thread may read it.
#pragma once

namespace taquilla::store {

extern const char* const schema_sql;  ///< schema.sql: creates every table and index
extern const char* const audit_sql;   ///< audit.sql: one SELECT per invariant

}  // namespace taquilla::store
