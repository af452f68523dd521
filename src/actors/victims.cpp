// Which messages chaos may touch, for each service of the original: the steps of purchases, of
// settlements and of mails. Everything else (lists, readiness) always passes.
#include "actors/door.hpp"

#include <caf/all.hpp>

namespace taquilla {

namespace {

std::string reservation_key(reservation_id id) { return "reservation " + std::to_string(id); }

victim hit(std::string key, int attempt) {
  victim found;
  found.may_be_delayed = found.may_be_hit = found.asker_listens = true;
  found.key = std::move(key);
  found.attempt = attempt;
  return found;
}

/// A card can be declined when it is charged, not when the money goes back or is asked after.
victim hit_but_not_declined(reservation_id id) {
  auto found = hit(reservation_key(id), 1);
  found.immune = chaos_kind::decline;
  return found;
}

/// SETTLEMENT asks for many: it is told whose money was touched.
victim hit_of_settlement(reservation_id id) {
  auto found = hit_but_not_declined(id);
  found.id = id;
  return found;
}

}  // namespace

victim inventory_victim(const caf::message& what) {
  if (what.match_elements<hold_seat>()) {
    const auto& hold = what.get_as<hold_seat>(0);
    return hit("seat " + to_string(hold.seat) + " hold " + std::to_string(hold.token), 1);
  }
  // Ends of holds are only ever late, never lost, and stay behind the hold that they end.
  victim found;
  found.may_be_delayed = what.match_elements<release_seat>() || what.match_elements<sell_seat>();
  return found;
}

victim payment_victim(const caf::message& what) {
  if (what.match_elements<charge_card>()) {
    const auto& charge = what.get_as<charge_card>(0);
    return hit(reservation_key(charge.id), charge.attempt);
  }
  if (what.match_elements<find_payment>())
    return hit_but_not_declined(what.get_as<find_payment>(0).id);
  if (what.match_elements<void_payment>())
    return hit_of_settlement(what.get_as<void_payment>(0).id);
  if (what.match_elements<refund_payment>())
    return hit_of_settlement(what.get_as<refund_payment>(0).id);
  return {};
}

victim notification_victim(const caf::message& what) {
  if (!what.match_elements<send_mail>()) return {};
  const auto& mail = what.get_as<send_mail>(0).what;
  auto found = hit("mail " + mail.message_id, static_cast<int>(mail.attempts) + 1);
  found.id = mail.about.id;
  return found;
}

}  // namespace taquilla
