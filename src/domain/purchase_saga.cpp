#include "domain/purchase_saga.hpp"

#include "domain/planted.hpp"

#include <utility>

namespace taquilla::saga {

namespace {

error unknown_outcome() { return {errc::outcome_unknown, "ask again with the same request", 1000}; }
error too_late() { return {errc::deadline_expired, {}, 0}; }
/// Not "taken": nobody else has the seat, and it is free as soon as INVENTORY has looked.
error just_ended() {
  return {errc::key_in_flight, "an earlier purchase of this seat has just ended", 1000};
}
error voided() { return {errc::charge_voided, {}, 0}; }

/// After the last attempt nobody knows whether the money moved. The buyer is told what the attempt
/// met: a service that answers, but not well, is down; one that says nothing was too late.
error payment_failed(const error& last) {
  const auto kind = kind_of(last.code);
  if (kind == error_kind::unavailable) return {errc::payment_unavailable, last.detail, 1000};
  if (kind == error_kind::declined) return last;
  return {errc::payment_timeout, last.detail, 0};
}

/// The row was announced and then rolled back with its batch (actors/store.hpp).
error kept(const error& why) {
  if (why.code != errc::unknown_reservation) return why;
  return {errc::not_kept, "nothing of this purchase was kept", 1000};
}

/// Whether it is written off is not known. Most likely it is: then money is owed and its seat is
/// free, which nobody else would say; INVENTORY asks the store. If not, the desk's sweep ends the
/// purchase, perhaps with a sale.
transition written_off_or_not() {
  return {closed{},
          {release_seat{}, recheck_seat{}, announce_settlement{}, decline{unknown_outcome()}}};
}

/// A silent store is asked again `tries_max` times; then the desk's sweep takes over.
template <class Stage>
transition again_or_unknown(Stage now, effect repeat) {
  if (now.tries >= tries_max) return {closed{}, {decline{unknown_outcome()}}};
  ++now.tries;
  return {now, {std::move(repeat)}};
}

transition on_yours(const settings& how, reservation_id id) {
  if (how.has_key) return {checking_key{id}, {bind_key{}}};
  return {replaying{id}, {read_answer{id}}};
}

/// INVENTORY did not know of it: it was told nothing when the first answer was lost.
transition on_found(const settings& how, reservation_id id) {
  auto t = on_yours(how, id);
  t.effects.insert(t.effects.begin(), {release_seat{}, recheck_seat{}});
  return t;
}

transition on_taken(const settings& how, const refused& e) {
  const bool maybe_reused = how.has_key && e.why.code == errc::seat_taken;
  if (maybe_reused) return {checking_key{0}, {look_up_key{}}};
  return {closed{}, {decline{e.why}}};
}

transition fail(reservation_id id, const error& why) {
  if (planted::is(planted::bug::told_no_too_early))
    return {closed{}, {release_seat{id}, decline{why}}};
  return {failing{id, why}, {fail_purchase{id, why}}};
}

transition on_key_free(const checking_key& s) {
  if (s.yours == 0) return {closed{}, {decline{{errc::seat_taken, {}, 0}}}};
  return {replaying{s.yours}, {read_answer{s.yours}}};
}

transition fail_again(const failing& s) {
  if (s.tries >= tries_max) return written_off_or_not();
  return again_or_unknown(s, fail_purchase{s.id, s.why});
}

/// Where there is no row, there is no charge and nothing to undo: the reason itself is the answer.
transition on_unfailable(const failing& s, const refused& e) {
  if (e.why.code == errc::unknown_reservation)
    return {closed{}, {release_seat{s.id}, decline{s.why}}};
  return {closed{}, {decline{unknown_outcome()}}};
}

using S = const settings&;

// clang-format off
// -- INVENTORY is asked first, even for a purchase that was made before -------------------------
transition on(S,     const holding&, const seat_held&)        { return {recording{}, {record_purchase{}}}; }
transition on(S how, const holding&, const seat_yours& e)     { return on_yours(how, e.id); }
transition on(S how, const holding&, const refused& e)        { return on_taken(how, e); }
transition on(S,     const holding&, const unheard& e)        { return {closed{}, {release_seat{}, decline{e.why}}}; }
transition on(S,     const holding&, const deadline_passed&)  { return {closed{}, {release_seat{}, decline{too_late()}}}; }

// -- the same purchase again ------------------------------------------------------------------
transition on(S, const checking_key& s, const key_free&)      { return on_key_free(s); }
transition on(S, const checking_key&, const key_taken&)       { return {closed{}, {decline{{errc::key_reused, {}, 0}}}}; }
transition on(S, const checking_key&, const refused& e)       { return {closed{}, {decline{e.why}}}; }
transition on(S, const checking_key&, const unheard& e)       { return {closed{}, {decline{e.why}}}; }
transition on(S, const checking_key&, const deadline_passed&) { return {closed{}, {decline{too_late()}}}; }
transition on(S, const replaying& s, const answer_found&)     { return {closed{}, {accept{s.id, true}}}; }
transition on(S, const replaying&, const answer_pending&)     { return {closed{}, {decline{{errc::key_in_flight, {}, 1000}}}}; }
transition on(S, const replaying&, const answer_stale&)       { return {closed{}, {recheck_seat{}, decline{just_ended()}}}; }
transition on(S, const replaying&, const refused& e)          { return {closed{}, {decline{e.why}}}; }
transition on(S, const replaying&, const unheard& e)          { return {closed{}, {decline{e.why}}}; }
transition on(S, const replaying&, const deadline_passed&)    { return {closed{}, {decline{too_late()}}}; }

// -- written down before anybody is charged ------------------------------------------------------
transition on(S,     const recording&, const recorded& e)     { return {charging{e.id, 1}, {charge_card{e.id, 1}}}; }
transition on(S how, const recording&, const seat_yours& e)   { return on_found(how, e.id); }
transition on(S,     const recording&, const refused& e)      { return {closed{}, {release_seat{}, recheck_seat{}, decline{e.why}}}; }
transition on(S,     const recording& s, const unheard&)      { return again_or_unknown(s, record_purchase{}); }
transition on(S,     const recording&, const deadline_passed&){ return {closed{}, {decline{unknown_outcome()}}}; }

// -- charged at most once, whatever is retried, lost, repeated or late ---------------------------
transition on(S, const charging& s, const charged&)           { return {confirming{s.id}, {confirm_purchase{s.id}}}; }
transition on(S, const charging& s, const refused& e)         { return fail(s.id, kept(e.why)); }
transition on(S, const charging& s, const unheard& e)         { return {deciding{s.id, s.attempt, e.why}, {ask_for_retry{s.attempt, e.why}}}; }
transition on(S, const charging& s, const deadline_passed&)   { return fail(s.id, {errc::payment_timeout, {}, 0}); }
transition on(S, const deciding& s, const retry_granted& e)   { return {waiting{s.id, s.attempt}, {wait{e.after_ms}}}; }
transition on(S, const deciding& s, const retry_denied&)      { return fail(s.id, payment_failed(s.last)); }
transition on(S, const deciding& s, const refused&)           { return fail(s.id, payment_failed(s.last)); }
transition on(S, const deciding& s, const unheard&)           { return fail(s.id, payment_failed(s.last)); }
transition on(S, const deciding& s, const deadline_passed&)   { return fail(s.id, payment_failed(s.last)); }
transition on(S, const waiting& s, const wait_over&)          { return {charging{s.id, s.attempt + 1}, {charge_card{s.id, s.attempt + 1}}}; }
transition on(S, const waiting& s, const deadline_passed&)    { return fail(s.id, {errc::payment_timeout, {}, 0}); }

// -- after a restart: the ledger knows ------------------------------------------------------------
transition on(S, const reconciling& s, const charged&)        { return {confirming{s.id}, {confirm_purchase{s.id}}}; }
transition on(S, const reconciling& s, const not_charged&)    { return fail(s.id, {errc::payment_timeout, {}, 0}); }
transition on(S, const reconciling& s, const refused& e)      { return fail(s.id, e.why); }
transition on(S, const reconciling& s, const unheard&)        { return again_or_unknown(s, find_charge{s.id}); }
transition on(S, const reconciling&, const deadline_passed&)  { return {closed{}, {decline{unknown_outcome()}}}; }

// -- the commit decides: after it the answer is yes even if it comes late -------------------------
transition on(S, const confirming& s, const confirmed&)       { return {closed{}, {sell_seat{s.id}, announce_mail{}, accept{s.id, false}}}; }
transition on(S, const confirming& s, const refused& e)       { return fail(s.id, e.why.code == errc::none ? voided() : kept(e.why)); }
transition on(S, const confirming& s, const unheard&)         { return again_or_unknown(s, confirm_purchase{s.id}); }
transition on(S, const confirming&, const deadline_passed&)   { return {closed{}, {decline{unknown_outcome()}}}; }

// -- compensated before the buyer is told no ------------------------------------------------------
transition on(S, const failing& s, const failed&)             { return {closed{}, {release_seat{s.id}, announce_settlement{}, decline{s.why}}}; }
transition on(S, const failing& s, const confirmed&)          { return {closed{}, {sell_seat{s.id}, announce_mail{}, accept{s.id, false}}}; }
transition on(S, const failing& s, const refused& e)          { return on_unfailable(s, e); }
transition on(S, const failing& s, const unheard&)            { return fail_again(s); }
transition on(S, const failing&, const deadline_passed&)      { return written_off_or_not(); }
// clang-format on

/// Late or repeated: nothing changes.
template <class Stage, class Event>
transition on(S, const Stage& stage, const Event&) {
  return {stage, {}};
}

}  // namespace

transition begin() { return {holding{}, {hold_seat{}}}; }

transition resume(reservation_id id) { return {reconciling{id}, {find_charge{id}}}; }

transition step(const settings& how, const stage& now, const event& what) {
  return std::visit([&](const auto& s, const auto& e) { return on(how, s, e); }, now, what);
}

const char* name_of(const stage& which) {
  static constexpr const char* names[] = {"holding",    "checking_key", "replaying", "recording",
                                          "charging",   "deciding",     "waiting",   "reconciling",
                                          "confirming", "failing",      "closed"};
  return names[which.index()];
}

const char* name_of(const event& which) {
  static constexpr const char* names[] = {
      "seat_held",      "seat_yours",   "refused",        "unheard",      "recorded",
      "charged",        "not_charged",  "retry_granted",  "retry_denied", "wait_over",
      "confirmed",      "failed",       "key_free",       "key_taken",    "answer_found",
      "answer_pending", "answer_stale", "deadline_passed"};
  return names[which.index()];
}

const char* name_of(const effect& which) {
  static constexpr const char* names[] = {
      "hold_seat",        "release_seat",  "sell_seat",     "recheck_seat",
      "look_up_key",      "bind_key",      "read_answer",   "record_purchase",
      "charge_card",      "ask_for_retry", "wait",          "find_charge",
      "confirm_purchase", "fail_purchase", "announce_mail", "announce_settlement",
      "accept",           "decline"};
  return names[which.index()];
}

}  // namespace taquilla::saga
