// Planted bugs: one switch per rule of the house that can be broken on purpose.
//
// `taquilla simulate --teeth` breaks one rule at a time and demands that the oracle in charge says
// so: that is how we know that the oracles can bite. Production code asks `planted::is(bug::x)` at
// the one place where the rule lives. Outside --teeth nothing is ever planted: the table is a single
// relaxed load of a word that stays zero, and only the simulator (and tests) may write it.
// The registry that says which oracle must catch which bug is src/simulation/teeth.cpp.
#pragma once

#include <atomic>
#include <cstdint>

namespace taquilla::planted {

enum class bug : std::uint8_t {
  none = 0,
  ack_before_commit,         ///< STORE answers a purchase before its COMMIT returned
  sync_normal,               ///< the database runs with synchronous=NORMAL
  seat_check_skipped,        ///< STORE writes a purchase down without looking at the seat
  hold_overwritten,          ///< INVENTORY gives a held seat to a second buyer
  hold_not_released,         ///< a failed purchase keeps its seat
  rebuild_forgets_sold,      ///< a restarted INVENTORY starts with an empty hall
  charge_key_per_attempt,    ///< every payment attempt uses a key of its own
  dedupe_off,                ///< PAYMENT charges again for a key that it knows
  no_tombstone,              ///< a void of an unknown key is forgotten: a late charge succeeds
  void_not_repeated,         ///< a void that was not acknowledged is never sent again
  void_not_durable,          ///< the void is not written down before it is sent
  refund_skipped,            ///< a cancelled reservation keeps the money
  wrong_amount,              ///< the charge is one cent too high
  outbox_outside,            ///< the mail row is written outside the confirming transaction
  outbox_ack_before_send,    ///< a mail is ticked off before it was delivered
  mail_dedupe_off,           ///< the mailbox accepts one message id twice
  mail_on_failure,           ///< a failed purchase is confirmed by mail
  replay_charges_again,      ///< a repeated request is treated as a new purchase
  breaker_ignored,           ///< calls pass while the breaker is open
  half_open_floods,          ///< half-open admits every call instead of one probe
  late_result_closes,        ///< an answer of an earlier era moves the breaker
  restart_without_limit,     ///< the supervisor restarts for ever
  deadline_ignored,          ///< a purchase is answered only when everything has ended
  stale_incarnation_answers, ///< what an earlier incarnation says still counts
  limiter_double_burst,      ///< the limiter lets twice the burst pass
  recovery_skipped,          ///< purchases that were open at a crash stay open
  cancel_keeps_seat,         ///< a cancelled reservation does not free its seat
  idempotency_key_ignored,   ///< the same Idempotency-Key buys twice
  count_of_bugs
};

/// Which bug is planted in this process; bug::none in production.
inline std::atomic<bug> active{bug::none};

inline bool is(bug asked) { return active.load(std::memory_order_relaxed) == asked; }

}  // namespace taquilla::planted
