#include "domain/seat_map.hpp"

#include "domain/planted.hpp"

#include <utility>

namespace taquilla {

namespace {

constexpr std::uint8_t is_free = 0, is_held = 1, is_pending = 2, is_sold = 3;

bool is_owned(std::uint64_t state) { return state == is_sold || state == is_pending; }

seat_state shown(std::uint64_t state) {
  if (state == is_sold) return seat_state::sold;
  return state == is_free ? seat_state::free : seat_state::held;
}

}  // namespace

seat_map::seat_map(const venue& plan) {
  for (const auto& event : plan) {
    events_.emplace(event.id, static_cast<std::uint32_t>(houses_.size()));
    house h;
    h.id = event.id;
    h.name = event.name;
    h.row_names = event.rows;
    h.seats_per_row = event.seats_per_row;
    h.slots.resize(event.rows.size());
    for (std::uint32_t i = 0; i < event.rows.size(); ++i) h.rows.emplace(event.rows[i], i);
    houses_.push_back(std::move(h));
  }
}

errc seat_map::locate(const std::string& event, const seat_id& seat, place_key& where) const {
  const auto e = events_.find(event);
  if (e == events_.end()) return errc::unknown_event;
  const auto& h = houses_[e->second];
  const auto row = h.rows.find(seat.row);
  if (row == h.rows.end() || seat.number == 0 || seat.number > h.seats_per_row)
    return errc::unknown_seat;
  where = {e->second, row->second, seat.number};
  return errc::none;
}

seat_map::slot& seat_map::at(const place_key& where) {
  auto& row = houses_[where.event].slots[where.row];
  if (row.empty()) row.resize(houses_[where.event].seats_per_row);
  return row[where.number - 1];
}

const seat_map::slot* seat_map::peek(const place_key& where) const {
  const auto& row = houses_[where.event].slots[where.row];
  return row.empty() ? nullptr : &row[where.number - 1];
}

/// The one place where a seat changes, so that the counters cannot drift from the seats.
void seat_map::set(const place_key& where, std::uint8_t state, std::uint64_t identity,
                   reservation_id id) {
  auto& s = at(where);
  auto& h = houses_[where.event];
  const auto count = [&h](std::uint64_t which, std::int64_t by) {
    if (which == is_sold) h.sold += static_cast<std::uint64_t>(by);
    if (which == is_held || which == is_pending) h.held += static_cast<std::uint64_t>(by);
  };
  count(s.state, -1);
  count(state, +1);
  s.state = state;
  s.identity = identity;
  s.id = id;
  s.vouched = 1;
}

void seat_map::drop_hold(const place_key& where) {
  const auto i = holds_.find(where);
  if (i == holds_.end()) return;
  by_time_.erase({i->second.until_ms, where});
  holds_.erase(i);
}

bool seat_map::is_held_by(const place_key& where, std::uint64_t token) const {
  const auto hold = holds_.find(where);
  return hold != holds_.end() && hold->second.token == token;
}

bool seat_map::is_held_by_later(const place_key& where, std::uint64_t token) const {
  const auto hold = holds_.find(where);
  return hold != holds_.end() && hold->second.token > token;
}

/// The hold of another purchase stays underneath.
void seat_map::own(const place_key& where, std::uint8_t state, const owner& who) {
  if (is_held_by(where, who.token)) drop_hold(where);
  set(where, state, who.identity, who.id);
}

/// What is left when there is no owner: a hold, or nothing.
void seat_map::disown(const place_key& where) {
  const auto hold = holds_.find(where);
  if (hold == holds_.end())
    set(where, is_free, 0, 0);
  else
    set(where, is_held, hold->second.identity, 0);
}

seat_map::hold_answer seat_map::hold(const std::string& event, const seat_id& seat,
                                     std::uint64_t identity, std::uint64_t token,
                                     std::int64_t until_ms) {
  place_key where;
  if (const auto bad = locate(event, seat, where); bad != errc::none) return error{bad, {}, 0};
  const auto& s = at(where);
  const bool ours = s.identity == identity;
  if (is_owned(s.state) && ours) return yours{s.id};
  const bool overwrite = planted::is(planted::bug::hold_overwritten);
  if (is_owned(s.state) || (s.state == is_held && !ours && !overwrite) ||
      is_held_by_later(where, token))
    return error{errc::seat_taken, to_string(seat), 0};
  drop_hold(where);
  set(where, is_held, identity, 0);
  holds_[where] = {token, identity, until_ms};
  by_time_[{until_ms, where}] = token;
  return held{};
}

bool seat_map::release(const std::string& event, const seat_id& seat, std::uint64_t token) {
  place_key where;
  if (locate(event, seat, where) != errc::none) return false;
  if (!is_held_by(where, token)) return false;
  if (planted::is(planted::bug::hold_not_released)) return true;
  drop_hold(where);
  if (at(where).state == is_held) disown(where);
  return true;
}

void seat_map::sell(const std::string& event, const seat_id& seat, const owner& who) {
  place_key where;
  if (locate(event, seat, where) != errc::none) return;
  // A sale that was cancelled and sold anew must not be overwritten by the older sale's late
  // message.
  if (const auto& s = at(where); is_owned(s.state) && s.id > who.id)
    release(event, seat, who.token);
  else
    own(where, is_sold, who);
}

void seat_map::vacate(const std::string& event, const seat_id& seat, reservation_id id) {
  place_key where;
  if (locate(event, seat, where) != errc::none) return;
  if (is_owned(at(where).state) && at(where).id == id) disown(where);
}

void seat_map::place(const std::string& event, const seat_id& seat, const owner& who,
                     bool confirmed) {
  place_key where;
  if (locate(event, seat, where) != errc::none)
    return;  // the venue shrank: the seat is not for sale
  if (who.id != 0)
    own(where, confirmed ? is_sold : is_pending, who);
  else if (is_owned(at(where).state))
    disown(where);
}

void seat_map::vouch(const std::string& event, const seat_id& seat, const owner& who,
                     bool confirmed) {
  place_key where;
  if (locate(event, seat, where) != errc::none || at(where).state == is_held) return;
  own(where, confirmed ? is_sold : is_pending, who);
}

void seat_map::spare(const std::string& event, const seat_id& seat) {
  place_key where;
  if (locate(event, seat, where) == errc::none) at(where).vouched = 1;
}

std::size_t seat_map::free_unvouched() {
  std::size_t freed = 0;
  for (std::uint32_t event = 0; event < houses_.size(); ++event)
    for (std::uint32_t row = 0; row < houses_[event].slots.size(); ++row)
      for (std::uint32_t i = 0; i < houses_[event].slots[row].size(); ++i) {
        auto& s = houses_[event].slots[row][i];
        if (is_owned(s.state) && s.vouched == 0) {
          disown({event, row, i + 1});
          ++freed;
        }
        s.vouched = 0;
      }
  return freed;
}

std::vector<seat_map::overdue_hold> seat_map::overdue(std::int64_t now_ms,
                                                      std::size_t limit) const {
  std::vector<overdue_hold> out;
  for (const auto& [when, token] : by_time_) {
    if (when.first > now_ms || out.size() >= limit) break;
    const auto& h = houses_[when.second.event];
    out.push_back({h.id, {h.row_names[when.second.row], when.second.number}, token});
  }
  return out;
}

result<std::vector<seat_map::seat_line>> seat_map::list(const std::string& event,
                                                        const seat_id* after,
                                                        std::size_t limit) const {
  const auto e = events_.find(event);
  if (e == events_.end()) return error{errc::unknown_event, event, 0};
  const auto& h = houses_[e->second];
  place_key where{e->second, 0, 0};
  if (after != nullptr)
    if (const auto bad = locate(event, *after, where); bad != errc::none) return error{bad, {}, 0};
  std::vector<seat_line> out;
  for (++where.number; where.row < h.row_names.size(); ++where.row, where.number = 1)
    for (; where.number <= h.seats_per_row; ++where.number) {
      if (out.size() >= limit) return out;
      const auto* s = peek(where);
      const auto state = s ? std::uint64_t{s->state} : is_free;
      out.push_back({{h.row_names[where.row], where.number},
                     shown(state),
                     state == is_held ? holds_.at(where).until_ms : 0});
    }
  return out;
}

std::vector<seat_map::event_line> seat_map::events() const {
  std::vector<event_line> out;
  for (const auto& h : houses_)
    out.push_back(
        {h.id, h.name, std::uint64_t{h.row_names.size()} * h.seats_per_row, h.held, h.sold});
  return out;
}

}  // namespace taquilla
