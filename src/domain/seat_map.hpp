// Who holds and who owns the seats of every event: INVENTORY's memory. It never oversells: a seat
// is refused to everybody but its owner or, while it has none, its holder. It refuses to know time
// other than as an argument, and it is not the truth after a crash: the store is, and `place`
// rebuilds the map from it.
//
// A seat has an owner (a purchase that is pending or sold in the store) or none, and beside that a
// hold or none. Each ends by its own name only, an owner by the reservation's id, a hold by its
// token: words come late and in any order, and one purchase's must not end what is another's.
//
//                  hold     release    sell, place of    sell, place   vacate, place
//                           of token   the hold's own    of another    of nobody
//   free           held     -          -                 owned         -
//   held           held*    free       owned             owned, held   -
//   owned          yours*   -          -                 owned         free
//   owned, held    yours*   owned      owned             owned, held   held
//
// * for the same identity; everybody else is told that the seat is taken, and so is a hold that is
//   older than the one which is there.
//
// "owned, held" is mostly one buyer's doing: he asked for his seat again before the word of his
// first purchase came in, and that one has been cancelled. The owner answers for the seat while he
// is there; when he goes, the hold is its purchase's as before. A hold gives way only to a newer
// one of the same identity, for a purchase that died cannot end its own; a request that comes in
// after its purchase has died must not push out the one that followed it.
//
// 16 bytes a seat, allocated a row at a time when somebody first touches the row; what only a hold
// needs (who, until when) lives in a table beside it, because few seats are held at any moment.
// One thread at a time.
#pragma once

#include "domain/error.hpp"
#include "domain/reservation.hpp"
#include "domain/seat.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

namespace taquilla {

/// One event of the venue file: its rows in order, each with seats 1..seats_per_row.
struct venue_event {
  std::string id, name;
  std::vector<std::string> rows;
  std::uint32_t seats_per_row = 0;
};
using venue = std::vector<venue_event>;

class seat_map {
 public:
  explicit seat_map(const venue& plan);

  struct held {};
  struct yours {
    reservation_id id = 0;
  };
  using hold_answer = std::variant<held, yours, error>;
  /// A purchase that the store knows.
  struct owner {
    std::uint64_t identity = 0;
    reservation_id id = 0;
    std::uint64_t token = 0;  ///< of the hold that it began with; 0 ends no hold
  };

  /// Takes a seat that nobody owns for `identity` until `until_ms`. A hold that the same identity
  /// left behind is taken over. Tokens grow: the smaller one is the older.
  /// Errors: unknown_event, unknown_seat, seat_taken.
  hold_answer hold(const std::string& event, const seat_id& seat, std::uint64_t identity,
                   std::uint64_t token, std::int64_t until_ms);
  /// Ends the hold if it is `token`'s. False: it was somebody else's, or none. An owner stays.
  bool release(const std::string& event, const seat_id& seat, std::uint64_t token);
  /// `token`'s hold became a sale. Overwrites whatever the map believed of the owner, unless it is
  /// a later one: the store has decided.
  void sell(const std::string& event, const seat_id& seat, const owner& who);
  /// A sale or a pending purchase ended: the seat has no owner any more if it was `id`'s.
  void vacate(const std::string& event, const seat_id& seat, reservation_id id);
  /// What the store says of a seat. `id` 0: nobody lives there, so an owner is forgotten; a hold
  /// stays.
  void place(const std::string& event, const seat_id& seat, const owner& who, bool confirmed);

  /// One line of a whole comparison with the store, seat by seat: as `place`, but a seat that is
  /// only held stays as it is, because its hold ends by itself.
  void vouch(const std::string& event, const seat_id& seat, const owner& who, bool confirmed);
  /// Somebody knows something of this seat that the comparison under way cannot know.
  void spare(const std::string& event, const seat_id& seat);
  /// Ends a comparison: forgets the owner of every seat that was neither vouched for, nor spared,
  /// nor changed since the last one ended. Returns how many.
  std::size_t free_unvouched();

  struct overdue_hold {
    std::string event;
    seat_id seat;
    std::uint64_t token = 0;
  };
  /// Holds whose time is over, at most `limit`, oldest first. They stay held until decided.
  std::vector<overdue_hold> overdue(std::int64_t now_ms, std::size_t limit) const;

  struct seat_line {
    seat_id seat;
    seat_state state = seat_state::free;
    std::int64_t held_until_ms = 0;
  };
  /// A page of an event in the venue's order, after seat `after` (nullptr: from the beginning).
  result<std::vector<seat_line>> list(const std::string& event, const seat_id* after,
                                      std::size_t limit) const;
  struct event_line {
    std::string id, name;
    std::uint64_t seats = 0, held = 0, sold = 0;
  };
  std::vector<event_line> events() const;
  std::size_t holds() const { return holds_.size(); }

 private:
  /// state 0 free, 1 held, 2 pending in the store, 3 sold. `identity` is the owner's if there is
  /// one, else the holder's.
  struct slot {
    std::uint64_t identity = 0;
    std::uint64_t id : 56;
    std::uint64_t state : 7;
    std::uint64_t vouched : 1;  ///< somebody spoke of it since the last comparison ended
    slot() : id(0), state(0), vouched(0) {}
  };
  struct house {
    std::string id, name;
    std::vector<std::string> row_names;
    std::unordered_map<std::string, std::uint32_t> rows;  ///< name -> index
    std::vector<std::vector<slot>> slots;                 ///< a row is empty until first touched
    std::uint32_t seats_per_row = 0;
    std::uint64_t held = 0, sold = 0;
  };
  struct place_key {
    std::uint32_t event = 0, row = 0, number = 0;
    friend bool operator<(const place_key& a, const place_key& b) {
      return std::tie(a.event, a.row, a.number) < std::tie(b.event, b.row, b.number);
    }
  };
  struct hold_entry {
    std::uint64_t token = 0;
    std::uint64_t identity = 0;
    std::int64_t until_ms = 0;
  };

  errc locate(const std::string& event, const seat_id& seat, place_key& where) const;
  slot& at(const place_key& where);
  const slot* peek(const place_key& where) const;
  void set(const place_key& where, std::uint8_t state, std::uint64_t identity, reservation_id id);
  void own(const place_key& where, std::uint8_t state, const owner& who);
  void disown(const place_key& where);
  bool is_held_by(const place_key& where, std::uint64_t token) const;
  bool is_held_by_later(const place_key& where, std::uint64_t token) const;
  void drop_hold(const place_key& where);

  std::vector<house> houses_;
  std::unordered_map<std::string, std::uint32_t> events_;
  std::map<place_key, hold_entry> holds_;
  std::map<std::pair<std::int64_t, place_key>, std::uint64_t> by_time_;
};

}  // namespace taquilla
