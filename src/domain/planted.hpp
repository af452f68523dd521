// Planted bugs: one switch per rule of the house that can be broken on purpose.
//
// `taquilla simulate --teeth` breaks one rule at a time and demands that the oracle in charge says
// so: that is how we know that the oracles can bite. Rules that the store keeps are broken from
// outside, by a wrapper of the simulator's; for the others production code asks
// `planted::is(bug::x)` at the one place where the rule lives. Outside --teeth and --plant
// nothing is ever planted: the question is a relaxed load of one byte that stays zero, and only the
// simulator (and tests) may write it. The registry that says which oracle must catch which bug is
// src/simulation/campaign/teeth.cpp.
#pragma once

#include <atomic>
#include <cstdint>

namespace taquilla::planted {

enum class bug : std::uint8_t {
  none = 0,
  // in the store (src/simulation/world/breakable_store.cpp)
  ack_before_commit,       ///< a batch is acknowledged and committed only with the next one
  synchronous_off,         ///< commits do not wait for the disk
  seat_stolen,             ///< a second buyer of a sold seat gets it, and the first is cancelled
  key_ignored,             ///< the same Idempotency-Key buys twice
  key_not_bound,           ///< a key that comes with a repeated purchase is not written down
  confirmation_forgotten,  ///< a purchase is confirmed to the buyer and not in the store
  cancellation_forgotten,  ///< a cancellation is answered and not written down
  refund_not_owed,         ///< a cancellation owes nobody a refund
  void_not_owed,           ///< a failed purchase owes nobody a void
  void_not_repeated,       ///< a void that was not acknowledged is never sent again
  no_tombstone,            ///< a void of an unknown charge is forgotten: a late charge succeeds
  void_ignored,            ///< a void is acknowledged and the charge stays
  refund_ignored,          ///< a refund is acknowledged and the charge stays
  mail_given_up,           ///< a mail that failed once is never sent again
  mail_not_filed,          ///< a mail is acknowledged and never arrives
  failure_unnamed,         ///< why a purchase failed is not written down
  recovery_skipped,        ///< purchases that were open at a crash stay open
  rebuild_forgets_sold,    ///< a restarted INVENTORY starts with an empty hall
  page_cut_short,          ///< a later page of a buyer's mails lacks one
  // in the actors and policies
  breaker_ignored,        ///< calls pass while the breaker is open
  half_open_floods,       ///< half-open admits every call instead of one probe
  late_result_closes,     ///< an answer of an earlier era closes the breaker
  restart_without_limit,  ///< the supervisor restarts for ever, at once
  deadline_ignored,       ///< a purchase goes on after its deadline
  hold_overwritten,       ///< INVENTORY gives a held seat to a second buyer
  hold_not_released,      ///< a failed purchase keeps its hold, and nobody looks for overdue ones
  limiter_double_burst,   ///< the limiter lets twice the burst pass
  budget_judged_early,    ///< whether a retry can be afforded is judged before it is paid
  breaker_too_patient,    ///< the breaker opens at twice the failures
  told_no_too_early,      ///< a buyer hears no and his purchase is not written off
  stale_ticket,           ///< who asks again is told of a ticket that was cancelled
  death_not_told,         ///< the buyer of a purchase that died is left without an answer
  drain_cut_short,        ///< the desk says that it is drained while purchases run
  timers_multiply,        ///< every look at the holds orders two more
  breaker_not_told,       ///< the breaker hears of refusals alone
  wakeup_ignored,         ///< a relay looks when its own timer says so, not when there is work
  healing_forgotten,      ///< a relay hears that its service is healed and goes on as before
  cancelled_too_early,    ///< a cancellation is answered before INVENTORY has freed the seat
  timeline_repeats,       ///< what was written down early is written down again at the end
  mail_filed_unsent,      ///< a mail that the mail server did not take is filed as delivered
  news_skipped,           ///< after a burst the event feed leaves a line out
  ready_always,           ///< the supervisor calls the house ready, whoever is missing
  pause_forgotten,        ///< a relay asks at once again for what the store did not take
  taken_forgotten,        ///< a mail that was taken is sent whenever it is asked for
  stale_page_believed,    ///< INVENTORY believes a page that is older than what it has heard
  work_lost_too,          ///< `lossy` loses the work, not only the answer
  timer_forgotten,        ///< the store's timer for a commit is never set again
  // in the gateway
  checkpoint_forgotten,  ///< the log is never moved into the database
  place_kept,            ///< who has been answered keeps his place in a turnstile
  // in the simulator itself
  canary,  ///< an oracle that always speaks
};

/// Which bug is planted in this process; bug::none in production.
inline std::atomic<bug> active{bug::none};

inline bool is(bug asked) { return active.load(std::memory_order_relaxed) == asked; }

/// A bug is in force while this lives, in this process and in the workers that it starts.
class planting {
 public:
  explicit planting(bug b) { active.store(b); }
  ~planting() { active.store(bug::none); }
  planting(const planting&) = delete;
  planting& operator=(const planting&) = delete;
};

}  // namespace taquilla::planted
