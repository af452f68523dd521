// A sale as it nearly always goes: recorded, charged and confirmed in one batch. Its purchase is
// held until the batch ends or somebody asks for more (held_purchases.hpp); then all that is held
// is written, by one statement a table. Every answer is the one that a row would give.
#include "store/mail_number.hpp"
#include "store/sqlite_database.hpp"
#include "store/timeline_text.hpp"

#include <utility>

namespace taquilla::store {

// OR FAIL: SQLite need not be able to take one statement back, for the whole batch is.
sale_statements::sale_statements(preparation db)
    : insert(db,
             "INSERT OR FAIL INTO reservations (id, state, live, event, seat_row, seat_number,"
             " email, cents, identity, created_at, updated_at, token, failure, timeline)"
             " SELECT id, state, 1, event, seat_row, seat_number, email, cents, identity,"
             " created_at, updated_at, token, '', timeline FROM held"),
      // What stands there is of an ended purchase, or the same.
      bind(db,
           "INSERT INTO keys (idempotency_key, reservation)"
           " SELECT idempotency_key, id FROM held WHERE idempotency_key <> ''"
           " ON CONFLICT (idempotency_key) DO UPDATE SET reservation = excluded.reservation"),
      charge(db,
             "INSERT OR FAIL INTO charges (id, cents, state, at)"
             " SELECT id, charged, 0, charged_at FROM held WHERE charged IS NOT NULL"),
      post(db,
           "INSERT OR FAIL INTO outbox (number, created_at, not_before, attempts, dead, last_error)"
           " SELECT 2 * id, updated_at, 0, 0, 0, '' FROM held WHERE state = 1") {}

namespace {

/// What the schema would refuse when it is too late to tell.
bool can_be_written(const purchase_order& order) {
  return order.amount.cents > 0 && order.seat.number > 0;
}

held_purchase held_from(reservation_id id, const record_purchase& command) {
  held_purchase out;
  out.id = id;
  out.order = command.order;
  out.identity = command.identity;
  out.token = command.token;
  out.created_at = out.updated_at = command.at;
  out.timeline = encode_timeline(command.timeline);
  return out;
}

}  // namespace

bool sqlite_database::write_held() {
  if (held_.empty()) return true;
  try {
    sales_.insert.run();
    if (held_.have_keys()) sales_.bind.run();
    sales_.charge.run();
    sales_.post.run();
  } catch (const sqlite_failure& failure) {
    after_failure(failure, true);
    return false;
  }
  held_.clear();
  return true;
}

std::optional<purchase_order> sqlite_database::order_under_key(const std::string& key) {
  if (const auto* held = held_.under_key(key)) return held->order;
  auto row = purchases_.live_by_key.query(key);
  if (!row.next()) return std::nullopt;
  purchase_order out;
  out.event = row.text(0);
  out.seat = {row.text(1), row.as<std::uint32_t>(2)};
  out.email = row.text(3);
  out.amount = {row.integer(4)};
  return out;
}

std::optional<result<purchase_recorded>> sqlite_database::known_attempt(
    const record_purchase& command) {
  const auto& order = command.order;
  if (!order.idempotency_key.empty()) {
    const auto first = order_under_key(order.idempotency_key);
    if (first && !is_same_purchase(*first, order))
      return result<purchase_recorded>{errc::key_reused};
  }
  if (command.token.empty()) return std::nullopt;
  auto ended = purchases_.ended_by_token.query(command.token);
  if (!ended.next()) return std::nullopt;
  return result<purchase_recorded>{purchase_recorded{ended.as<reservation_id>(0), false}};
}

std::optional<result<purchase_recorded>> sqlite_database::owner_of_seat(
    const record_purchase& command) {
  const auto& order = command.order;
  const auto judge = [&](reservation_id id, std::string_view token, std::string_view email,
                         money amount) -> result<purchase_recorded> {
    if (!command.token.empty() && token == command.token) return purchase_recorded{id, false};
    if (email == order.email && amount == order.amount) return purchase_recorded{id, true};
    return errc::seat_taken;
  };
  if (const auto* held = held_.on_seat(order))
    return judge(held->id, held->token, held->order.email, held->order.amount);
  auto row = purchases_.live_by_seat.query(order.event, order.seat.row, order.seat.number);
  if (!row.next()) return std::nullopt;
  return judge(row.as<reservation_id>(0), row.view(1), row.view(2), money{row.integer(3)});
}

result<purchase_recorded> sqlite_database::apply(const record_purchase& command) {
  return step<purchase_recorded>([&]() -> result<purchase_recorded> {
    if (auto known = known_attempt(command)) return *known;
    if (auto owner = owner_of_seat(command)) return *owner;
    if (!can_be_written(command.order))
      return error{errc::invalid_field, "a seat's number and its price are above 0", 0};
    const auto number = connection_.next_number();
    if (!number) return error{errc::store_unavailable, "the numbers have run out", 1000};
    const auto id = static_cast<reservation_id>(*number);
    held_.hold(held_from(id, command));
    connection_.number_taken();
    return purchase_recorded{id, false};
  });
}

result<charge_record> sqlite_database::apply(const record_charge& command) {
  auto* held = held_.find(command.id);
  if (held == nullptr || command.amount.cents < 0)
    return write<charge_record>([&] { return charge_row(command); });
  return step<charge_record>([&]() -> result<charge_record> {
    if (!held->charge) held->charge = command;
    const auto& charge = *held->charge;
    if (charge.amount != command.amount) return errc::key_reused;
    return charge_record{held->id, charge.amount, charge_state::charged, charge.at, true};
  });
}

result<purchase_confirmed> sqlite_database::apply(const confirm_purchase& command) {
  auto* held = held_.find(command.id);
  if (held == nullptr || !held->can_be_confirmed())
    return write<purchase_confirmed>([&] { return confirm_row(command); });
  return step<purchase_confirmed>([&]() -> result<purchase_confirmed> {
    held->state = reservation_state::confirmed;
    held->updated_at = command.at;
    encode_onto(held->timeline, command.timeline);
    mail_is_posted(mail_number(command.id, mail_kind::confirmed));
    return purchase_confirmed{command.id};
  });
}

}  // namespace taquilla::store
