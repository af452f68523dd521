#include "store/statement.hpp"

namespace taquilla::store {

sqlite_failure::sqlite_failure(int extended_code)
    : std::runtime_error(std::string{sqlite3_errstr(extended_code)} + " (SQLite " +
                         std::to_string(extended_code) + ")"),
      code(extended_code) {}

void statement::prepare() {
  check(sqlite3_prepare_v3(db_, sql_.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr));
}

void statement::check(int code) const {
  if (code != SQLITE_OK) throw sqlite_failure{sqlite3_extended_errcode(db_)};
}

bool statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const sqlite_failure failure{sqlite3_extended_errcode(db_)};
  sqlite3_reset(handle_);
  throw failure;
}

int statement::finish() {
  while (step()) {
  }
  sqlite3_reset(handle_);
  return sqlite3_changes(db_);
}

bool statement::rows::is_null(int column) const {
  return sqlite3_column_type(of_.handle_, column) == SQLITE_NULL;
}

std::string_view statement::rows::view(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(of_.handle_, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(of_.handle_, column))};
}

}  // namespace taquilla::store
