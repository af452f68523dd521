// How a reservation is read from its table: the columns and their order, in one place. The timeline
// is not among them, for a listing must not read it.
#pragma once

#include "store/commands.hpp"
#include "store/statement.hpp"

#include <string>

namespace taquilla::store {

/// "SELECT ... FROM reservations", to be followed by a WHERE.
inline const std::string select_reservations =
    "SELECT id, event, seat_row, seat_number, email, cents, state, created_at, updated_at,"
    " failure, token FROM reservations";

inline reservation reservation_from(const statement::rows& row) {
  reservation out;
  out.id = row.as<reservation_id>(0);
  out.event = row.text(1);
  out.seat = {row.text(2), row.as<std::uint32_t>(3)};
  out.email = row.text(4);
  out.amount = {row.integer(5)};
  out.state = row.as<reservation_state>(6);
  out.created_at = row.integer(7);
  out.updated_at = row.integer(8);
  out.failure = row.text(9);
  out.token = row.as<std::uint64_t>(10);  // 0 where a token is no number
  return out;
}

}  // namespace taquilla::store
