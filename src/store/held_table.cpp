#include "store/held_table.hpp"

#include "store/statement.hpp"

#include <new>
#include <type_traits>

namespace taquilla::store {

namespace {

constexpr const char* declaration =
    "CREATE TABLE held (id, state, event, seat_row, seat_number, email, cents, identity,"
    " created_at, updated_at, token, timeline, idempotency_key, charged, charged_at)";
enum column {  // in that order
  id,
  state,
  event,
  seat_row,
  seat_number,
  email,
  cents,
  identity,
  created_at,
  updated_at,
  token,
  timeline,
  idempotency_key,
  charged,  ///< in cents; null: not charged
  charged_at
};

struct table : sqlite3_vtab {
  const held_purchases* what = nullptr;
};

struct cursor : sqlite3_vtab_cursor {
  held_purchases::map::const_iterator at, end;
};

// In SQLite's memory like all that belongs to a connection: the simulator puts it back as a whole
// (simulation/disk/sqlite_memory.hpp).
template <class T>
T* make() {
  static_assert(std::is_trivially_destructible_v<T>);
  void* const place = sqlite3_malloc64(sizeof(T));
  return place == nullptr ? nullptr : new (place) T{};
}

cursor& of(sqlite3_vtab_cursor* base) { return *static_cast<cursor*>(base); }

int connect(sqlite3* db, void* what, int, const char* const*, sqlite3_vtab** into, char**) {
  const int code = sqlite3_declare_vtab(db, declaration);
  if (code != SQLITE_OK) return code;
  auto* made = make<table>();
  if (made == nullptr) return SQLITE_NOMEM;
  made->what = static_cast<const held_purchases*>(what);
  *into = made;
  return SQLITE_OK;
}

int disconnect(sqlite3_vtab* base) {
  sqlite3_free(static_cast<table*>(base));
  return SQLITE_OK;
}

/// There is one way to read it: all of it.
int best_index(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }

int open(sqlite3_vtab*, sqlite3_vtab_cursor** into) {
  *into = make<cursor>();
  return *into != nullptr ? SQLITE_OK : SQLITE_NOMEM;
}

int close(sqlite3_vtab_cursor* base) {
  sqlite3_free(static_cast<cursor*>(base));
  return SQLITE_OK;
}

int rewind(sqlite3_vtab_cursor* base, int, const char*, int, sqlite3_value**) {
  const auto& rows = static_cast<table*>(base->pVtab)->what->by_id();
  of(base).at = rows.begin();
  of(base).end = rows.end();
  return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* base) {
  ++of(base).at;
  return SQLITE_OK;
}

int at_end(sqlite3_vtab_cursor* base) { return of(base).at == of(base).end ? 1 : 0; }

int row_id(sqlite3_vtab_cursor* base, sqlite3_int64* into) {
  *into = static_cast<sqlite3_int64>(of(base).at->first);
  return SQLITE_OK;
}

void give(sqlite3_context* to, const std::string& text) {
  sqlite3_result_text64(to, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

template <class Number>
void give_number(sqlite3_context* to, Number number) {
  sqlite3_result_int64(to, static_cast<sqlite3_int64>(number));
}

int value(sqlite3_vtab_cursor* base, sqlite3_context* to, int which) {
  const auto& row = of(base).at->second;
  switch (which) {
    case id:
      give_number(to, row.id);
      break;
    case state:
      give_number(to, row.state);
      break;
    case event:
      give(to, row.order.event);
      break;
    case seat_row:
      give(to, row.order.seat.row);
      break;
    case seat_number:
      give_number(to, row.order.seat.number);
      break;
    case email:
      give(to, row.order.email);
      break;
    case cents:
      give_number(to, row.order.amount.cents);
      break;
    case identity:
      give_number(to, row.identity);
      break;
    case created_at:
      give_number(to, row.created_at);
      break;
    case updated_at:
      give_number(to, row.updated_at);
      break;
    case token:
      give(to, row.token);
      break;
    case timeline:
      give(to, row.timeline);
      break;
    case idempotency_key:
      give(to, row.order.idempotency_key);
      break;
    case charged:
      if (row.charge) give_number(to, row.charge->amount.cents);
      break;
    case charged_at:
      if (row.charge) give_number(to, row.charge->at);
      break;
    default:
      return SQLITE_ERROR;
  }
  return SQLITE_OK;
}

constexpr sqlite3_module module_of_held() {
  sqlite3_module out{};
  out.xConnect = connect;  // and no xCreate: it is there without being made
  out.xDisconnect = disconnect;
  out.xBestIndex = best_index;
  out.xOpen = open;
  out.xClose = close;
  out.xFilter = rewind;
  out.xNext = next;
  out.xEof = at_end;
  out.xColumn = value;
  out.xRowid = row_id;
  return out;
}

}  // namespace

held_table::held_table(sqlite3* db, const held_purchases& what) {
  static const sqlite3_module module = module_of_held();
  const int code = sqlite3_create_module(db, "held", &module, const_cast<held_purchases*>(&what));
  if (code != SQLITE_OK) throw sqlite_failure{code};
}

}  // namespace taquilla::store
