// Looking: reservations, who lives where, and how much there is of everything. Each answer is
// bounded.
#include "store/page_scan.hpp"
#include "store/reservation_row.hpp"
#include "store/sqlite_database.hpp"
#include "store/timeline_text.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace taquilla::store {

query_statements::query_statements(preparation db)
    : find(db,
           "SELECT id, event, seat_row, seat_number, email, cents, state, created_at, updated_at,"
           " failure, token, timeline FROM reservations WHERE id = ?1"),
      page(db, select_reservations + " WHERE id > ?1 ORDER BY id"),
      page_of_buyer(db, select_reservations + " WHERE id > ?1 AND email = ?2 ORDER BY id"),
      page_of_open(db, select_reservations +
                           " INDEXED BY open_since"
                           " WHERE id > ?1 AND state = 0 ORDER BY id"),
      open_after(db, select_reservations +
                         " WHERE state = 0 AND (created_at, id) > (?1, ?2)"
                         " ORDER BY created_at, id LIMIT ?3"),
      live_page(db,
                "SELECT id, event, seat_row, seat_number, identity, state, token, live"
                " FROM reservations WHERE id > ?1 ORDER BY id"),
      owner(db,
            "SELECT id, event, seat_row, seat_number, identity, state, token FROM reservations"
            " WHERE event = ?1 AND seat_row = ?2 AND seat_number = ?3 AND live = 1"),
      key_owner(db,
                "SELECT r.id, r.identity FROM keys k JOIN reservations r ON r.id = k.reservation"
                " WHERE k.idempotency_key = ?1 AND r.live = 1"),
      count_open(db, "SELECT count(*) FROM reservations WHERE state = 0"),
      count_owed(db, "SELECT count(*) FROM settlements WHERE not_before <= ?1"),
      count_fresh(db,
                  "SELECT count(*), min(created_at) FROM outbox"
                  " WHERE number >= ?1 AND not_before = 0"),
      count_due(db,
                "SELECT count(*) FILTER (WHERE not_before <= ?1), min(created_at) FROM outbox"
                " WHERE dead = 0 AND not_before > 0"),
      count_dead(db, "SELECT count(*) FROM outbox WHERE dead = 1 AND not_before > 0") {}

namespace {

constexpr std::uint32_t live_page_usual = 1'000;

live_seat live_seat_from(const statement::rows& row) {
  live_seat out;
  out.id = row.as<reservation_id>(0);
  out.event = row.text(1);
  out.seat = {row.text(2), row.as<std::uint32_t>(3)};
  out.identity = row.as<std::uint64_t>(4);
  out.confirmed = row.as<reservation_state>(5) == reservation_state::confirmed;
  out.token = row.as<std::uint64_t>(6);
  return out;
}

/// A purchase ends its own timeline when its buyer is answered; what comes after is put where its
/// time says. Entries of the purchase stay in the order in which they were written, even if the
/// clock was turned back meanwhile.
std::vector<timeline_entry> with_aftermath(std::vector<timeline_entry> timeline,
                                           std::vector<timeline_entry> later) {
  for (auto& entry : later) {
    auto place = timeline.end();
    while (place != timeline.begin() && std::prev(place)->at > entry.at) --place;
    timeline.insert(place, std::move(entry));
  }
  return timeline;
}

/// Adds a row of how many mails are due and when the oldest of them and of those that wait was
/// posted.
void add_mails(store_counts& to, statement::rows row) {
  if (!row.next()) return;
  to.outbox_due += row.as<std::uint64_t>(0);
  if (row.is_null(1)) return;
  const auto oldest = row.integer(1);
  to.oldest_mail_at = to.oldest_mail_at == 0 ? oldest : std::min(to.oldest_mail_at, oldest);
}

/// nullopt: no such state.
std::optional<reservation_state> parse_state(const std::string& text) {
  for (auto state : {reservation_state::pending, reservation_state::confirmed,
                     reservation_state::cancelled, reservation_state::failed})
    if (text == to_string(state)) return state;
  return std::nullopt;
}

}  // namespace

result<reservation> sqlite_database::read(const find_reservation& query) {
  return look<reservation>([&]() -> result<reservation> {
    auto row = queries_.find.query(query.id);
    if (!row.next()) return errc::unknown_reservation;
    auto out = reservation_from(row);
    out.timeline = with_aftermath(decode_timeline(row.view(11)), aftermath_of(out));
    return out;
  });
}

result<reservations> sqlite_database::read(const list_reservations& query) {
  return look<reservations>([&]() -> result<reservations> {
    const auto state = parse_state(query.state);
    if (!query.state.empty() && !state)
      return error{errc::invalid_field, "state: pending, confirmed, cancelled or failed", 0};
    // The most selective way in: a buyer has few reservations, and few are open at a time.
    auto row = !query.email.empty() ? queries_.page_of_buyer.query(query.after, query.email)
               : state == reservation_state::pending ? queries_.page_of_open.query(query.after)
                                                     : queries_.page.query(query.after);
    reservations page;
    page_scan scan{query.limit};
    while (row.next()) {
      const bool wanted = (query.event.empty() || row.view(1) == query.event) &&
                          (!state || row.as<reservation_state>(6) == *state);
      const auto verdict = scan.see(row.as<reservation_id>(0), wanted);
      if (verdict == page_scan::verdict::stop) break;
      if (verdict == page_scan::verdict::take) page.list.push_back(reservation_from(row));
    }
    page.next = scan.next();
    return page;
  });
}

result<reservations> sqlite_database::read(const open_purchases& query) {
  return look<reservations>([&]() -> result<reservations> {
    reservations page;
    const auto limit = std::clamp(query.limit, 1U, page_limit_max);
    auto row = queries_.open_after.query(query.after_created_at, query.after_id, limit);
    while (row.next()) page.list.push_back(reservation_from(row));
    return page;
  });
}

result<live_seats_page> sqlite_database::read(const live_seats& query) {
  return look<live_seats_page>([&]() -> result<live_seats_page> {
    live_seats_page page;
    const auto limit = std::clamp(query.limit, 1U, rows_per_page_max);
    page.seats.reserve(std::min(limit, live_page_usual));
    auto row = queries_.live_page.query(query.after);
    // Purchases that ended may be many more than those that live: they count as looked at.
    for (std::uint32_t seen = 0; row.next(); ++seen) {
      if (page.seats.size() == limit || seen == rows_per_page_max) return page;
      page.next = row.as<reservation_id>(0);
      if (row.integer(7) != 0) page.seats.push_back(live_seat_from(row));
    }
    page.next = 0;
    return page;
  });
}

result<live_seat> sqlite_database::read(const find_seat_owner& query) {
  return look<live_seat>([&]() -> result<live_seat> {
    auto row = queries_.owner.query(query.event, query.seat.row, query.seat.number);
    if (row.next()) return live_seat_from(row);
    return live_seat{0, query.event, query.seat, 0, false, 0};
  });
}

result<key_owner> sqlite_database::read(const find_key& query) {
  return look<key_owner>([&]() -> result<key_owner> {
    auto row = queries_.key_owner.query(query.idempotency_key);
    if (!row.next()) return key_owner{};
    return key_owner{row.as<reservation_id>(0), row.as<std::uint64_t>(1)};
  });
}

result<store_counts> sqlite_database::read(const count_everything& query) {
  return look<store_counts>([&]() -> result<store_counts> {
    const auto count = [](statement::rows row) {
      return row.next() ? row.as<std::uint64_t>(0) : 0;
    };
    store_counts out;
    out.reservations = static_cast<std::uint64_t>(connection_.reservations());
    out.pending = count(queries_.count_open.query());
    out.settlements_due = count(queries_.count_owed.query(query.now));
    out.outbox_dead = count(queries_.count_dead.query());
    add_mails(out, queries_.count_fresh.query(now_.fresh_from));
    add_mails(out, queries_.count_due.query(query.now));
    out.commits = now_.commits;
    out.commands = now_.commands;
    return out;
  });
}

}  // namespace taquilla::store
