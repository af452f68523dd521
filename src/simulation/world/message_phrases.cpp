#include "simulation/world/message_phrases.hpp"

#include "actors/door.hpp"
#include "actors/errors.hpp"
#include "actors/protocol.hpp"
#include "policies/time.hpp"

#include <caf/all.hpp>

namespace taquilla::simulation {

namespace {

// -- parts ---------------------------------------------------------------------------------------

std::string place(const std::string& event, const seat_id& seat) {
  return event + " " + to_string(seat);
}

std::string sale(reservation_id id) { return "reservation " + std::to_string(id); }
std::string token(std::uint64_t number) { return "token " + std::to_string(number); }

/// " text", or nothing.
std::string unless_empty(const char* before, const std::string& text) {
  return text.empty() ? "" : before + text;
}

std::string why(const error& e) { return to_string(e.code) + unless_empty(": ", e.detail); }

std::string order(const purchase_order& o) {
  return place(o.event, o.seat) + ", " + o.email + ", " + to_string(o.amount) +
         unless_empty(", key ", o.idempotency_key);
}

/// A relay that heard of a healing asks for what is due at the end of time.
std::string which_items(wall_ms due) { return due == instant_never ? "all that waits" : "now"; }

std::string next_look(wall_ms at) { return at == 0 ? "" : "; more at " + std::to_string(at); }

/// "a; b; c", "none", and what a listing shows no more.
template <class T, class Words>
std::string all_of(const std::vector<T>& list, Words words) {
  constexpr std::size_t shown_max = 4;
  if (list.empty()) return "none";
  std::string out;
  for (std::size_t i = 0; i < std::min(list.size(), shown_max); ++i)
    out += (i > 0 ? "; " : "") + words(list[i]);
  if (list.size() > shown_max) out += "; " + std::to_string(list.size() - shown_max) + " more";
  return out;
}

// -- INVENTORY -----------------------------------------------------------------------------------

std::string words(const hold_seat& m) {
  return place(m.event, m.seat) + ", order " + std::to_string(m.identity) + ", " + token(m.token);
}
std::string words(const hold_answer& m) {
  return m.yours == 0 ? "held" : "yours already, " + sale(m.yours);
}
std::string words(const release_seat& m) {
  return place(m.event, m.seat) + (m.token == 0 ? "" : ", " + token(m.token)) +
         (m.id == 0 ? "" : ", " + sale(m.id));
}
std::string words(const sell_seat& m) {
  return place(m.event, m.seat) + ", " + sale(m.id) + ", " + token(m.token);
}
std::string words(const recheck_seat& m) { return place(m.event, m.seat); }
std::string words(const find_seat_owner& m) { return place(m.event, m.seat); }
std::string words(const live_seat& m) {
  const auto who = m.id == 0 ? "nobody" : sale(m.id) + (m.confirmed ? ", sold" : ", pending");
  return place(m.event, m.seat) + ": " + who;
}
std::string words(const inventory_heard& m) {
  const char* how = m.outcome == breaker_outcome::success   ? "well"
                    : m.outcome == breaker_outcome::failure ? "badly"
                                                            : "not asked";
  return std::string{how} + ", permit " + std::to_string(m.permit.id);
}
std::string words(const live_seats& m) {
  return m.after == 0 ? "from the first" : "behind " + sale(m.after);
}
std::string words(const live_seats_page& m) {
  return all_of(m.seats, [](const live_seat& one) { return words(one); }) +
         (m.next == 0 ? "" : "; more behind " + sale(m.next));
}

// -- a purchase ----------------------------------------------------------------------------------

std::string words(const purchase_order& m) { return order(m); }
std::string words(const purchase_accepted& m) {
  return sale(m.id) + (m.replayed ? ", as before" : "");
}
std::string words(const purchase_over& m) {
  return token(m.token) + ", " +
         (m.accepted ? "accepted: " + words(m.answer)
                     : "refused: " + why(m.why) +
                           (m.why.reservation == 0 ? "" : ", " + sale(m.why.reservation)));
}
std::string words(const record_purchase& m) { return order(m.order) + ", token " + m.token; }
std::string words(const purchase_recorded& m) {
  return sale(m.id) + (m.already_yours ? ", his already" : ", new");
}
std::string words(const bind_key& m) { return order(m.order); }
std::string words(const find_key& m) { return m.idempotency_key; }
std::string words(const key_owner& m) { return m.id == 0 ? "nobody's so far" : sale(m.id); }
std::string words(const confirm_purchase& m) { return sale(m.id); }
std::string words(const purchase_confirmed& m) { return sale(m.id); }
std::string words(const fail_purchase& m) { return sale(m.id) + ", " + m.failure; }
std::string words(const purchase_failed& m) { return sale(m.id) + " is " + to_string(m.state); }
std::string words(const retry_wanted& m) {
  return token(m.token) + ", behind attempt " + std::to_string(m.attempt) + ", " +
         std::to_string(m.remaining_ms) + " ms left";
}
std::string words(const retry_answer& m) {
  return !m.again          ? "no more"
         : m.after_ms == 0 ? "again, at once"
                           : "again, after " + std::to_string(m.after_ms) + " ms";
}
std::string words(const step_timer& m) {
  return m.deadline ? "the deadline has passed"
                    : "the pause behind attempt " + std::to_string(m.attempt) + " is over";
}
/// " 1", of "attempt 1 of 3: ..."
std::string attempt_of(const std::string& detail) {
  const std::string before = "attempt ";
  if (detail.rfind(before, 0) != 0) return {};
  return " " + detail.substr(before.size(),
                             detail.find_first_not_of("0123456789", before.size()) - before.size());
}
std::string words(const append_timeline& m) {
  std::string out = sale(m.id);
  for (const auto& e : m.entries) out += ", " + e.step + attempt_of(e.detail);
  return out;
}
std::string words(const timeline_appended& m) { return sale(m.id); }
std::string words(const cancel_reservation& m) { return sale(m.id); }
std::string words(const cancel_purchase& m) { return sale(m.id); }
std::string words(const reservation& m) {
  return sale(m.id) + ", " + place(m.event, m.seat) + ", " + m.email + ", " + to_string(m.state);
}
std::string words(const purchase_cancelled& m) {
  return sale(m.record.id) + " is " + to_string(m.record.state) + (m.changed ? "" : ", as before");
}
std::string words(const find_reservation& m) { return sale(m.id); }
std::string words(const reservations& m) {
  return all_of(m.list, [](const reservation& one) { return words(one); }) +
         (m.next == 0 ? "" : "; more behind " + sale(m.next));
}

// -- money ---------------------------------------------------------------------------------------

std::string words(const charge_card& m) {
  return sale(m.id) + ", " + to_string(m.amount) + ", attempt " + std::to_string(m.attempt);
}
std::string words(const record_charge& m) { return sale(m.id) + ", " + to_string(m.amount); }
std::string words(const charge_record& m) {
  return sale(m.id) + (m.existed
                           ? " is " + std::string{to_string(m.state)} + ", " + to_string(m.amount)
                           : ": no charge");
}
std::string words(const void_payment& m) { return sale(m.id); }
std::string words(const refund_payment& m) { return sale(m.id); }
std::string words(const find_payment& m) { return sale(m.id); }
std::string words(const void_charge& m) { return sale(m.id); }
std::string words(const refund_charge& m) { return sale(m.id); }
std::string words(const find_charge& m) { return sale(m.id); }
std::string owed(settlement_kind kind, reservation_id id) {
  return std::string{kind == settlement_kind::refund ? "refund" : "void"} + " of " + sale(id);
}
std::string words(const settlements& m) {
  return all_of(m.due, [](const settlement& one) { return owed(one.kind, one.id); }) +
         next_look(m.next_at);
}
std::string words(const settle& m) {
  return owed(m.kind, m.id) +
         (m.done ? " done"
                 : ", again at " + std::to_string(m.not_before) + unless_empty(": ", m.last_error));
}
std::string words(const due_settlements& m) { return which_items(m.now); }
std::string words(const settled& m) { return sale(m.id); }

// -- mails ---------------------------------------------------------------------------------------

std::string words(const mail& m) { return m.message_id + " to " + m.to; }
std::string words(const mails& m) {
  return all_of(m.list, [](const mail& one) { return words(one); }) + next_look(m.next_at);
}
std::string words(const due_mails& m) { return which_items(m.now); }
std::string words(const send_mail& m) { return words(m.what); }
std::string words(const deliver_mail& m) { return m.message_id; }
std::string words(const postpone_mail& m) {
  return m.message_id + (m.dead ? ", given up" : ", again at " + std::to_string(m.not_before)) +
         unless_empty(": ", m.last_error);
}
std::string words(const mail_filed& m) { return m.message_id + (m.repeated ? ", as before" : ""); }
std::string words(const mails_revived& m) { return std::to_string(m.count); }

// -- the house -----------------------------------------------------------------------------------

std::string words(const open_door&) { return "to the new one"; }
std::string words(const set_chaos& m) {
  const auto also = [](const char* what, auto value, const char* unit) {
    return value == 0 ? "" : std::string{", "} + what + std::to_string(value) + unit;
  };
  return m.service + " " + m.kind + also("delay ", m.delay_ms, " ms") +
         also("for ", m.for_ms, " ms") + also("", m.times, " times") +
         (m.rate_ppm == 1'000'000 ? "" : also("rate ", m.rate_ppm, " of a million"));
}
std::string words(const fault_touched& m) { return m.fault_id + ", " + m.kind; }
std::string words(const transport_answered& m) {
  return m.message_id + (m.why.code == errc::none ? ": taken" : ": " + why(m.why));
}
std::string words(const desk_drained& m) { return std::to_string(m.left) + " left pending"; }
std::string words(const happened& m) {
  return m.kind + unless_empty(", ", m.subject) + unless_empty(", ", m.detail);
}

std::string words(const feed_page& m) {
  return all_of(m.events, [](const feed_event& one) { return words(one.what); });
}
std::string words(const drain_desk& m) { return "within " + std::to_string(m.limit_ms) + " ms"; }

std::string words(const health_report& m) {
  std::string out = m.ready ? "ready" : "not ready";
  for (const auto& one : m.children)
    if (one.state != "up") out += "; " + one.name + " is " + one.state;
  return out;
}
std::string why_it_ended(const caf::error& reason) {
  if (reason == caf::exit_reason::kill) return "killed";
  if (reason == caf::exit_reason::user_shutdown) return "told to stop";
  return reason == caf::exit_reason::normal || !reason ? "done" : caf::to_string(reason);
}
std::string words(const caf::down_msg& m) { return why_it_ended(m.reason); }
std::string words(const caf::exit_msg& m) { return why_it_ended(m.reason); }

template <class T>
bool says(const caf::type_erased_tuple& content, std::string& out) {
  if (!content.match_elements<T>()) return false;
  out = words(content.get_as<T>(0));
  return true;
}

template <class... T>
bool one_says(const caf::type_erased_tuple& content, std::string& out) {
  return (says<T>(content, out) || ...);
}

}  // namespace

bool phrase_of(const caf::type_erased_tuple& content, std::string& out) {
  return one_says<hold_seat, hold_answer, release_seat, sell_seat, recheck_seat, find_seat_owner,
                  live_seat, live_seats, live_seats_page, inventory_heard>(content, out) ||
         one_says<purchase_order, purchase_accepted, purchase_over, record_purchase,
                  purchase_recorded, bind_key, find_key, key_owner, confirm_purchase,
                  purchase_confirmed, retry_wanted, retry_answer, step_timer, append_timeline,
                  timeline_appended, fail_purchase, purchase_failed, cancel_reservation,
                  cancel_purchase, purchase_cancelled, find_reservation, reservation, reservations>(
             content, out) ||
         one_says<charge_card, record_charge, charge_record, void_payment, refund_payment,
                  find_payment, void_charge, refund_charge, find_charge, due_settlements,
                  settlements, settle, settled>(content, out) ||
         one_says<due_mails, mails, send_mail, deliver_mail, postpone_mail, mail_filed,
                  mails_revived>(content, out) ||
         one_says<open_door, set_chaos, fault_touched, transport_answered, drain_desk, desk_drained,
                  happened, feed_page, health_report, caf::down_msg, caf::exit_msg>(content, out);
}

}  // namespace taquilla::simulation
