// Which messages chaos may touch, for each service of the original: the steps of purchases, of
// settlements and of mails. Everything else (lists, readiness) always passes.
#include "actors/door.hpp"

#include <caf/all.hpp>

namespace taquilla {

namespace {

std::string reservation_key(reservation_id id) { return "reservation " + std::to_string(id); }

victim hit(std::string key, int attempt, bool purchase_step) {
  return {true, true, purchase_step, std::move(key), attempt, std::nullopt};
}

/// A card can be declined when it is charged, not when the money goes back or is asked after.
victim hit_but_not_declined(reservation_id id, bool purchase_step) {
  auto found = hit(reservation_key(id), 1, purchase_step);
  found.immune = chaos_kind::decline;
  return found;
}

}  // namespace

victim inventory_victim(const caf::message& what) {
  if (what.match_elements<hold_seat>()) {
    const auto& hold = what.get_as<hold_seat>(0);
    return hit("seat " + to_string(hold.seat) + " hold " + std::to_string(hold.token), 1, true);
  }
  // Ends of holds are only ever late, never lost, and stay behind the hold that they end.
  const bool ends_a_hold = what.match_elements<release_seat>() || what.match_elements<sell_seat>();
  return {ends_a_hold, false, false, {}, 1, std::nullopt};
}

victim payment_victim(const caf::message& what) {
  if (what.match_elements<charge_card>()) {
    const auto& charge = what.get_as<charge_card>(0);
    return hit(reservation_key(charge.id), charge.attempt, true);
  }
  if (what.match_elements<find_payment>())
    return hit_but_not_declined(what.get_as<find_payment>(0).id, true);
  if (what.match_elements<void_payment>())
    return hit_but_not_declined(what.get_as<void_payment>(0).id, false);
  if (what.match_elements<refund_payment>())
    return hit_but_not_declined(what.get_as<refund_payment>(0).id, false);
  return {};
}

victim notification_victim(const caf::message& what) {
  if (!what.match_elements<send_mail>()) return {};
  const auto& mail = what.get_as<send_mail>(0).what;
  return hit("mail " + mail.message_id, static_cast<int>(mail.attempts) + 1, false);
}

}  // namespace taquilla
