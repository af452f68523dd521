// The outbox and the mailbox. A mail is posted by the transaction that made it due (sales.cpp and
// purchases.cpp); it moves from the outbox to the mailbox in one transaction, so it is in exactly
// one of the two. What it says and to whom is the reservation's to know.
//
// WHAT IS DUE   A confirmation that was not tried yet stands in no index (schema.sql). They are
//               posted about in the order of their numbers, so all of them have numbers from
//               `session::fresh_from` on: a post lowers it, a look raises it to the first that it
//               found. It is a hint: too low costs a longer look, and a new process begins with
//               0. All other mails that wait are found by the index.
#include "store/due_items.hpp"
#include "store/mail_number.hpp"
#include "store/page_scan.hpp"
#include "store/sqlite_database.hpp"

#include <algorithm>
#include <limits>

namespace taquilla::store {

namespace {

constexpr std::int64_t untried = 0;  ///< not_before of a confirmation that is new
constexpr std::int64_t at_once = 1;  ///< and of another mail that is due whatever the clock says
constexpr auto none_is_fresh = std::numeric_limits<std::int64_t>::max();

// Every mail begins with what it is about, which its reservation knows.
const std::string about_mail = " number, event, seat_row, seat_number, cents, email,";
// CROSS JOIN: the mails in their order, and to each its reservation.
const std::string its_reservation = " CROSS JOIN reservations AS r ON r.id = number / 2";
const std::string waiting_mails = "SELECT" + about_mail +
                                  " mail.created_at, not_before, attempts, dead, last_error"
                                  " FROM outbox AS mail" +
                                  its_reservation;

}  // namespace

mail_statements::mail_statements(preparation db)
    : post(db,
           "INSERT INTO outbox (number, created_at, not_before, attempts, dead, last_error)"
           " VALUES (?1, ?2, ?3, 0, 0, '') ON CONFLICT DO NOTHING"),
      // Three plain statements cost less than one that copies from table to table, for which SQLite
      // keeps a journal of its own.
      posted(db, "SELECT created_at, attempts FROM outbox WHERE number = ?1"),
      file(db,
           "INSERT INTO mailbox (number, created_at, attempts, delivered_at)"
           " VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING"),
      take_off(db, "DELETE FROM outbox WHERE number = ?1"),
      was_delivered(db, "SELECT 1 FROM mailbox WHERE number = ?1"),
      postpone(
          db,
          "UPDATE outbox SET attempts = attempts + 1, not_before = max(?2, 1), last_error = ?3,"
          " dead = ?4 WHERE number = ?1"),
      revive(db,
             "UPDATE outbox SET dead = 0, attempts = 0, not_before = 1 WHERE number IN"
             " (SELECT number FROM outbox AS mail WHERE dead = 1 AND not_before > 0 AND NOT "
             "(number % 2 = 0 AND"
             " (EXISTS (SELECT 1 FROM outbox WHERE number = mail.number + 1)"
             " OR EXISTS (SELECT 1 FROM mailbox WHERE number = mail.number + 1))) LIMIT ?1)"),
      fresh(db, waiting_mails + " WHERE number >= ?1 AND not_before = 0 ORDER BY number LIMIT ?2"),
      // A cancellation waits for its confirmation unless that one is dead; odd numbers are
      // cancellations, and the number before is the confirmation of the same reservation.
      due(db, waiting_mails +
                  " WHERE dead = 0 AND not_before > 0 AND not_before BETWEEN ?1 AND ?2 AND NOT"
                  " (number % 2 = 1 AND EXISTS (SELECT 1 FROM outbox AS first"
                  " WHERE first.number = mail.number - 1 AND first.dead = 0))"
                  " ORDER BY not_before, mail.created_at, number LIMIT ?3"),
      next_at(db,
              "SELECT min(not_before) FROM outbox"
              " WHERE dead = 0 AND not_before > 0 AND not_before > ?1"),
      outbox_page(db, waiting_mails + " WHERE number > ?1 ORDER BY number LIMIT ?2"),
      mailbox_page(db, "SELECT" + about_mail +
                           " mail.created_at, delivered_at, attempts FROM mailbox AS mail" +
                           its_reservation + " WHERE number > ?1 ORDER BY number"),
      // The outer loop is in order of id and so are the numbers, so nothing is sorted. A
      // reservation without a delivered mail gives one row of nulls, which lets the reader bound
      // what he looks at.
      mailbox_of(db, "SELECT" + about_mail +
                         " mail.created_at, delivered_at, attempts, r.id"
                         " FROM reservations AS r INDEXED BY buyer LEFT JOIN mailbox AS mail"
                         " ON number BETWEEN 2 * r.id AND 2 * r.id + 1 AND number > ?1"
                         " WHERE email = ?2 AND r.id >= ?1 / 2 ORDER BY r.id, number"),
      waiting_of(db,
                 "SELECT number, created_at, attempts, dead, last_error FROM outbox"
                 " WHERE number BETWEEN 2 * ?1 AND 2 * ?1 + 1"),
      delivered_of(db,
                   "SELECT number, delivered_at, attempts FROM mailbox"
                   " WHERE number BETWEEN 2 * ?1 AND 2 * ?1 + 1") {}

namespace {

const error no_such_mail{errc::unknown_reservation, "there is no such mail", 0};
const error bad_cursor{errc::invalid_field, "after: not a cursor of this listing", 0};

/// What outbox and mailbox have in common.
mail letter_from(const statement::rows& row) {
  mail out;
  const auto number = row.integer(0);
  out.message_id = message_id_of(number);
  out.about = {kind_of(number),
               reservation_of(number),
               row.text(1),
               {row.text(2), row.as<std::uint32_t>(3)},
               {row.integer(4)}};
  out.to = row.text(5);
  out.created_at = row.integer(6);
  return out;
}

mail waiting_from(const statement::rows& row) {
  auto out = letter_from(row);
  out.not_before = row.integer(7) == at_once ? untried : row.integer(7);
  out.attempts = row.as<std::uint32_t>(8);
  out.dead = row.integer(9) != 0;
  out.last_error = row.text(10);
  return out;
}

mail delivered_from(const statement::rows& row) {
  auto out = letter_from(row);
  out.delivered_at = row.integer(7);
  out.attempts = row.as<std::uint32_t>(8);
  return out;
}

std::uint32_t bounded(std::uint32_t limit) { return std::clamp(limit, 1U, page_limit_max); }

/// An empty cursor is the beginning.
std::optional<std::int64_t> position(const std::string& after) {
  return after.empty() ? std::optional<std::int64_t>{0} : parse_cursor(after);
}

}  // namespace

result<mail_filed> sqlite_database::not_in_outbox(std::int64_t number,
                                                  const std::string& message_id) {
  auto row = mail_.was_delivered.query(number);
  if (!row.next()) return no_such_mail;
  return mail_filed{message_id, true};
}

bool sqlite_database::mail_is_written(const std::string& message_id) {
  const auto number = parse_message_id(message_id);
  const bool held = number && held_.find(reservation_of(*number)) != nullptr;
  return !held || write_held();
}

result<mail_filed> sqlite_database::apply(const deliver_mail& command) {
  if (!mail_is_written(command.message_id)) return now_.lost;
  return step<mail_filed>([&]() -> result<mail_filed> {
    const auto& message_id = command.message_id;
    const auto number = parse_message_id(message_id);
    if (!number) return no_such_mail;
    int filed = 0;
    {
      auto row = mail_.posted.query(*number);
      if (!row.next()) return not_in_outbox(*number, message_id);
      filed = mail_.file.run(*number, row.integer(0), row.integer(1), command.at);
    }
    mail_.take_off.run(*number);
    return mail_filed{message_id, filed == 0};
  });
}

result<mail_filed> sqlite_database::apply(const postpone_mail& command) {
  if (!mail_is_written(command.message_id)) return now_.lost;
  return step<mail_filed>([&]() -> result<mail_filed> {
    const auto number = parse_message_id(command.message_id);
    if (!number) return no_such_mail;
    const int found =
        mail_.postpone.run(*number, command.not_before, command.last_error, command.dead);
    if (found == 0) return not_in_outbox(*number, command.message_id);
    return mail_filed{command.message_id, false};
  });
}

result<mails_revived> sqlite_database::apply(const revive_mails& command) {
  return write<mails_revived>([&]() -> result<mails_revived> {
    return mails_revived{static_cast<std::uint32_t>(mail_.revive.run(bounded(command.limit)))};
  });
}

void sqlite_database::post_mail(reservation_id id, mail_kind kind, wall_ms at) {
  const auto number = mail_number(id, kind);
  const bool fresh = kind == mail_kind::confirmed;
  mail_.post.run(number, at, fresh ? untried : at_once);
  if (fresh) mail_is_posted(number);
}

void sqlite_database::mail_is_posted(std::int64_t number) {
  now_.fresh_from = std::min(now_.fresh_from, number);
}

bool sqlite_database::take_fresh_mails(std::uint32_t limit, std::vector<mail>& into) {
  auto row = mail_.fresh.query(now_.fresh_from, limit + 1);
  auto first = none_is_fresh;
  bool more = false;
  while (!more && row.next()) {
    first = std::min(first, row.integer(0));
    more = into.size() == limit;
    if (!more) into.push_back(waiting_from(row));
  }
  now_.fresh_from = first;  // only now: a look that failed has not seen all
  return !more;
}

result<mails> sqlite_database::read(const due_mails& query) {
  return look<mails>([&]() -> result<mails> {
    mails out;
    if (!take_fresh_mails(bounded(query.limit), out.list)) {
      out.next_at = query.now;
      return out;
    }
    out.next_at = take_due(query, mail_.due, mail_.next_at, out.list, waiting_from);
    return out;
  });
}

result<mails> sqlite_database::read(const list_outbox& query) {
  return look<mails>([&]() -> result<mails> {
    const auto after = position(query.after);
    if (!after) return bad_cursor;
    mails out;
    const auto limit = bounded(query.limit);
    auto row = mail_.outbox_page.query(*after, limit + 1);
    std::int64_t last = 0;
    while (row.next()) {
      if (out.list.size() == limit) {
        out.next = std::to_string(last);
        break;
      }
      last = row.integer(0);
      out.list.push_back(waiting_from(row));
    }
    return out;
  });
}

result<mails> sqlite_database::read(const list_mailbox& query) {
  return look<mails>([&]() -> result<mails> {
    const auto after = position(query.after);
    if (!after) return bad_cursor;
    mails out;
    page_scan scan{query.limit};
    const bool everybody = query.to.empty();
    auto row =
        everybody ? mail_.mailbox_page.query(*after) : mail_.mailbox_of.query(*after, query.to);
    while (row.next()) {
      const bool there = !row.is_null(0);
      const auto number = there ? row.as<std::uint64_t>(0) : 2 * row.as<std::uint64_t>(9) + 1;
      const auto verdict = scan.see(number, there);
      if (verdict == page_scan::verdict::stop) break;
      if (verdict == page_scan::verdict::take) out.list.push_back(delivered_from(row));
    }
    if (scan.next() != 0) out.next = std::to_string(scan.next());
    return out;
  });
}

}  // namespace taquilla::store
