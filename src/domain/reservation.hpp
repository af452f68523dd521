// What a reservation is: who asked for which seat, what became of it, and its timeline. These are
// the facts that are stored, shown and passed between actors; the way from one state to the next is
// purchase_saga.hpp. Times are wall-clock milliseconds since 1970, UTC.
#pragma once

#include "domain/money.hpp"
#include "domain/seat.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace taquilla {

using reservation_id = std::uint64_t;  ///< 1, 2, 3, ...; 0: none yet
using wall_ms = std::int64_t;

/// One purchase as a client asked for it.
struct purchase_order {
  std::string event;
  seat_id seat;
  std::string email;
  money amount;
  std::string idempotency_key;  ///< empty: none was sent
  std::string evidence;         ///< numbers of the limiter that let it in, for the timeline
};

/// Fingerprint of (event, seat, e-mail, amount): what makes two requests the same purchase. 64
/// bits, not secret: whoever finds a match compares the stored fields before he believes it.
std::uint64_t identity_of(const purchase_order& order);

/// The same event, seat, e-mail and amount, whatever key they came with.
bool is_same_purchase(const purchase_order& a, const purchase_order& b);

/// A mailbox as it can stand in a mail's header (UTF-8, RFC 6531): one '@', a domain behind it, no
/// blanks, controls, specials or unseen characters, <= 254 bytes. What is sold to can be mailed to.
bool is_email(std::string_view text);

enum class reservation_state : std::uint8_t { pending, confirmed, cancelled, failed };
const char* to_string(reservation_state state);

/// One thing that happened to a reservation. `step` is a stable word (see docs/ARCHITECTURE.md),
/// `detail` the numbers a policy used, `fault` the id of an injected fault that touched the step.
struct timeline_entry {
  wall_ms at = 0;
  std::int64_t lasted_ms = 0;
  std::string step;
  std::string detail;
  std::string fault;
};

struct reservation {
  reservation_id id = 0;
  std::string event;
  seat_id seat;
  std::string email;
  money amount;
  reservation_state state = reservation_state::pending;
  wall_ms created_at = 0;
  wall_ms updated_at = 0;
  std::string failure;                   ///< code of the error when failed, else empty
  std::uint64_t token = 0;               ///< of the hold that it began with
  std::vector<timeline_entry> timeline;  ///< empty in listings
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, purchase_order& x) {
  return f(x.event, x.seat, x.email, x.amount, x.idempotency_key, x.evidence);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, timeline_entry& x) {
  return f(x.at, x.lasted_ms, x.step, x.detail, x.fault);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, reservation& x) {
  return f(x.id, x.event, x.seat, x.email, x.amount, x.state, x.created_at, x.updated_at, x.failure,
           x.token, x.timeline);
}

}  // namespace taquilla
