// One prepared SQL statement and the rows it yields. A statement is prepared when it is first used,
// since most processes use few of them (a warm store prepares all at once, warm_store.hpp), and
// lives as long as its connection; every use binds all its parameters and leaves it reset, so that
// no read transaction stays open and no text is kept.
// Trouble (I/O, full disk, broken constraint, damaged file) is thrown as `sqlite_failure`; it never
// leaves src/store: sqlite_database turns it into an answer. One thread at a time, the
// connection's.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace taquilla::store {

/// What SQLite could not do. The text names no SQL and no row.
struct sqlite_failure : std::runtime_error {
  explicit sqlite_failure(int extended_code);
  int code;  ///< extended result code
  int kind() const { return code & 0xff; }
};

/// Where statements are prepared, and when.
struct preparation {
  preparation(sqlite3* where, bool now = false) : db(where), at_once(now) {}
  sqlite3* db;
  bool at_once;
};

class statement {
 public:
  statement(preparation how, std::string sql) : db_(how.db), sql_(std::move(sql)) {
    if (how.at_once) prepare();
  }
  ~statement() { sqlite3_finalize(handle_); }
  statement(const statement&) = delete;
  statement& operator=(const statement&) = delete;

  /// Runs to the end and tells how many rows changed. Texts are not copied: they live in the
  /// caller's full expression, which is longer than the run.
  template <class... Args>
  int run(const Args&... args) {
    bind_all(SQLITE_STATIC, args...);
    return finish();
  }

  /// The rows, one after the other; resets the statement when it goes out of scope.
  class rows {
   public:
    explicit rows(statement& of) : of_(of) {}
    ~rows() { sqlite3_reset(of_.handle_); }
    rows(const rows&) = delete;
    rows& operator=(const rows&) = delete;

    bool next() { return of_.step(); }
    std::int64_t integer(int column) const { return sqlite3_column_int64(of_.handle_, column); }
    template <class T>
    T as(int column) const {
      return static_cast<T>(integer(column));
    }
    bool is_null(int column) const;
    std::string text(int column) const { return std::string{view(column)}; }
    /// Valid until the next row.
    std::string_view view(int column) const;

   private:
    statement& of_;
  };

  template <class... Args>
  rows query(const Args&... args) {
    bind_all(SQLITE_TRANSIENT, args...);
    return rows{*this};
  }

 private:
  template <class... Args>
  void bind_all([[maybe_unused]] sqlite3_destructor_type lifetime, const Args&... args) {
    if (handle_ == nullptr) prepare();
    [[maybe_unused]] int position = 0;
    (bind(++position, args, lifetime), ...);
  }
  template <class T>
  void bind(int position, const T& value, [[maybe_unused]] sqlite3_destructor_type lifetime) {
    if constexpr (std::is_convertible_v<T, std::string_view>) {
      const std::string_view text = value;
      const char* bytes =
          text.data() != nullptr ? text.data() : "";  // a null pointer would be NULL
      check(sqlite3_bind_text64(handle_, position, bytes, text.size(), lifetime, SQLITE_UTF8));
    } else {
      check(sqlite3_bind_int64(handle_, position, static_cast<std::int64_t>(value)));
    }
  }
  void prepare();
  void check(int code) const;
  bool step();   ///< true: a row is there
  int finish();  ///< steps to the end, resets, counts the changed rows

  sqlite3* db_;
  std::string sql_;
  sqlite3_stmt* handle_ = nullptr;
};

}  // namespace taquilla::store
