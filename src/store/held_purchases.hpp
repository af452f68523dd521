// The purchases of the open batch that are not rows yet. A purchase that succeeds is recorded,
// charged and confirmed within a few milliseconds, and nearly always in one transaction
// (docs/adr/0011). Written step by step that is three rows in three tables, their places in the
// indexes, and one row once more; held back until its end, a whole batch of purchases is written by
// one statement a table, which reads them from here as a table of its own (docs/adr/0019).
//
// Holding is no promise of its own: whatever is held when the transaction commits, or when a
// command comes that is not the next step of a sale, is written before that, as it stands then. So
// nobody can tell a held purchase from a written one, and none outlives its batch. What is held
// keeps its seat and its key against the others of the batch. One thread, the connection's.
#pragma once

#include "store/commands.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace taquilla::store {

struct held_purchase {
  reservation_id id = 0;
  reservation_state state = reservation_state::pending;  ///< or confirmed
  purchase_order order;
  std::uint64_t identity = 0;
  std::string token;
  wall_ms created_at = 0, updated_at = 0;
  std::string timeline;  ///< as it is stored
  std::optional<record_charge> charge;

  bool can_be_confirmed() const {
    return state == reservation_state::pending && charge && charge->amount == order.amount;
  }
};

class held_purchases {
 public:
  using map = std::map<reservation_id, held_purchase>;

  /// Nobody else holds its seat or its key.
  void hold(held_purchase one);
  void clear();

  bool empty() const { return by_id_.empty(); }
  bool have_keys() const { return !by_key_.empty(); }
  const map& by_id() const { return by_id_; }

  /// These answer null when there is none.
  held_purchase* find(reservation_id id);
  const held_purchase* on_seat(const purchase_order& order) const;
  const held_purchase* under_key(std::string_view key) const;

 private:
  /// The views are of what `by_id_` holds, which does not move.
  using place = std::tuple<std::uint32_t, std::string_view, std::string_view>;
  static place place_of(const purchase_order& order) {
    return {order.seat.number, order.seat.row, order.event};
  }

  map by_id_;
  std::map<place, const held_purchase*> by_seat_;
  std::map<std::string_view, const held_purchase*> by_key_;
};

}  // namespace taquilla::store
