// Goal: the rows of the saga on which money and seats depend. Method: each rule as a sentence,
// checked for one row or, where the rule is about all of them, for every stage and event of the
// table.
#include "saga_text.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace taquilla {

namespace {

using namespace saga;

std::string after(const stage& now, const event& what, bool has_key = false) {
  return testing::text_of(step({has_key}, now, what));
}

error because(errc code) { return {code, {}, 0}; }

template <class Effect>
bool has(const transition& t) {
  return std::any_of(t.effects.begin(), t.effects.end(),
                     [](const effect& e) { return std::holds_alternative<Effect>(e); });
}

template <class Check>
void for_every_row(Check check) {
  for (const auto& now : testing::every_stage())
    for (const auto& what : testing::every_event())
      for (bool has_key : {false, true}) {
        CAPTURE(testing::text_of(now));
        CAPTURE(testing::text_of(what));
        check(now, what, step({has_key}, now, what));
      }
}

}  // namespace

TEST_CASE("a purchase that meets no trouble holds, records, charges, confirms and says yes") {
  CHECK(testing::text_of(begin()) == "holding: hold_seat");
  CHECK(after(holding{}, seat_held{}) == "recording try 1: record_purchase");
  CHECK(after(recording{}, recorded{7}) == "charging 7 attempt 1: charge_card 7 attempt 1");
  CHECK(after(charging{7, 1}, charged{}) == "confirming 7 try 1: confirm_purchase 7");
  CHECK(after(confirming{7, 1}, confirmed{}) == "closed: sell_seat 7, announce_mail, accept 7");
}

TEST_CASE("a silent payment is never a no: the retry policy is asked, with the same key") {
  CHECK(after(charging{7, 1}, unheard{because(errc::payment_timeout)}) ==
        "deciding 7 attempt 1 after payment_timeout: ask_for_retry attempt 1 payment_timeout");
  CHECK(after(deciding{7, 1, because(errc::payment_timeout)}, retry_granted{0}) ==
        "waiting 7 attempt 1: wait 0 ms");
  CHECK(after(waiting{7, 1}, wait_over{}) == "charging 7 attempt 2: charge_card 7 attempt 2");
}

TEST_CASE(
    "after the last silent attempt the purchase fails, which owes a void, and says what it met") {
  CHECK(after(deciding{7, 3, because(errc::payment_timeout)}, retry_denied{}) ==
        "failing 7 payment_timeout try 1: fail_purchase 7 payment_timeout");
  for (const auto met : {errc::payment_unavailable, errc::fault_injected, errc::store_unavailable})
    CHECK(after(deciding{7, 3, because(met)}, retry_denied{}) ==
          "failing 7 payment_unavailable try 1: fail_purchase 7 payment_unavailable");
  CHECK(after(failing{7, because(errc::payment_timeout), 1}, failed{}) ==
        "closed: release_seat of 7, announce_settlement, decline payment_timeout");
}

TEST_CASE(
    "money that arrives while the purchase is failing changes nothing: the void takes it back") {
  CHECK(after(failing{7, because(errc::payment_timeout), 1}, charged{}) ==
        "failing 7 payment_timeout try 1:");
  CHECK(after(deciding{7, 2, because(errc::payment_timeout)}, charged{}) ==
        "deciding 7 attempt 2 after payment_timeout:");
  CHECK(after(closed{}, charged{}) == "closed:");
}

TEST_CASE("a purchase that the store had confirmed already is not failed any more") {
  CHECK(after(failing{7, because(errc::payment_timeout), 1}, confirmed{}) ==
        "closed: sell_seat 7, announce_mail, accept 7");
}

TEST_CASE("a silent store is asked the same again, five times, and then the outcome is unknown") {
  int tries = 0;
  stage now = confirming{7, 1};
  for (; !std::holds_alternative<closed>(now); ++tries)
    now = step({}, now, unheard{because(errc::store_unavailable)}).next;
  CHECK(tries == tries_max);
  CHECK(after(confirming{7, 1}, unheard{}) == "confirming 7 try 2: confirm_purchase 7");
  CHECK(after(confirming{7, tries_max}, unheard{}) == "closed: decline outcome_unknown");
  CHECK(after(recording{tries_max}, unheard{}) == "closed: decline outcome_unknown");
  CHECK(after(failing{7, because(errc::payment_declined), tries_max}, unheard{}) ==
        "closed: release_seat, recheck_seat, announce_settlement, decline outcome_unknown");
}

TEST_CASE("at the deadline a purchase whose commit is under way is unknown, not refused") {
  CHECK(after(recording{}, deadline_passed{}) == "closed: decline outcome_unknown");
  CHECK(after(confirming{7, 1}, deadline_passed{}) == "closed: decline outcome_unknown");
  CHECK(after(failing{7, because(errc::payment_declined), 1}, deadline_passed{}) ==
        "closed: release_seat, recheck_seat, announce_settlement, decline outcome_unknown");
}

TEST_CASE("a purchase whose row was rolled back has nothing to undo and says why") {
  CHECK(after(charging{7, 1}, refused{because(errc::unknown_reservation)}) ==
        "failing 7 not_kept try 1: fail_purchase 7 not_kept");
  CHECK(after(confirming{7, 1}, refused{because(errc::unknown_reservation)}) ==
        "failing 7 not_kept try 1: fail_purchase 7 not_kept");
  CHECK(
      after(failing{7, because(errc::not_kept), 1}, refused{because(errc::unknown_reservation)}) ==
      "closed: release_seat of 7, decline not_kept");
}

TEST_CASE("a resumed purchase asks the ledger: charged is confirmed, not charged is failed") {
  CHECK(testing::text_of(resume(7)) == "reconciling 7 try 1: find_charge 7");
  CHECK(after(reconciling{7, 1}, charged{}) == "confirming 7 try 1: confirm_purchase 7");
  CHECK(after(reconciling{7, 1}, not_charged{}) ==
        "failing 7 payment_timeout try 1: fail_purchase 7 payment_timeout");
  CHECK(after(reconciling{7, 1}, unheard{}) == "reconciling 7 try 2: find_charge 7");
  CHECK(after(reconciling{7, tries_max}, unheard{}) == "closed: decline outcome_unknown");
}

TEST_CASE("the same purchase again is answered from the store, never charged again") {
  CHECK(after(holding{}, seat_yours{9}) == "replaying 9: read_answer 9");
  CHECK(after(holding{}, seat_yours{9}, true) == "checking_key yours 9: bind_key");
  CHECK(after(recording{}, seat_yours{9}) ==
        "replaying 9: release_seat, recheck_seat, read_answer 9");
  CHECK(after(replaying{9}, answer_found{}) == "closed: accept 9 replayed");
  CHECK(after(replaying{9}, answer_pending{}) == "closed: decline key_in_flight");
}

TEST_CASE("a seat that INVENTORY believes sold and the store does not is looked at again") {
  CHECK(after(replaying{9}, answer_stale{}) == "closed: recheck_seat, decline key_in_flight");
  CHECK(after(recording{}, refused{because(errc::seat_taken)}) ==
        "closed: release_seat, recheck_seat, decline seat_taken");
}

TEST_CASE("a key of another purchase is told apart from a seat that is merely taken") {
  CHECK(after(holding{}, refused{because(errc::seat_taken)}) == "closed: decline seat_taken");
  CHECK(after(holding{}, refused{because(errc::seat_taken)}, true) ==
        "checking_key yours 0: look_up_key");
  CHECK(after(checking_key{0}, key_taken{}, true) == "closed: decline key_reused");
  CHECK(after(checking_key{0}, key_free{}, true) == "closed: decline seat_taken");
}

TEST_CASE("a silent INVENTORY may have held the seat, so the hold is given back") {
  CHECK(after(holding{}, unheard{because(errc::inventory_unavailable)}) ==
        "closed: release_seat, decline inventory_unavailable");
  CHECK(after(holding{}, deadline_passed{}) == "closed: release_seat, decline deadline_expired");
}

TEST_CASE("no purchase is answered twice, and none ends without an answer") {
  for_every_row([](const stage& now, const event&, const transition& t) {
    const auto answers = std::count_if(t.effects.begin(), t.effects.end(), [](const effect& e) {
      return std::holds_alternative<accept>(e) || std::holds_alternative<decline>(e);
    });
    const bool ends =
        std::holds_alternative<closed>(t.next) && !std::holds_alternative<closed>(now);
    CHECK(answers == (ends ? 1 : 0));
  });
}

TEST_CASE("nobody is told no while a recorded purchase may still be charged without a void owed") {
  // The only way out of the stages after recording is through the store, or as an unknown outcome.
  for_every_row([](const stage& now, const event&, const transition& t) {
    const bool recorded =
        now.index() >= stage{charging{}}.index() && !std::holds_alternative<closed>(now);
    if (!recorded || !has<decline>(t)) return;
    const auto& why = std::get<decline>(t.effects.back()).why;
    CHECK((has<announce_settlement>(t) || why.code == errc::outcome_unknown));
  });
}

TEST_CASE("a card is charged only from stages in which the purchase is written down") {
  for_every_row([](const stage& now, const event& what, const transition& t) {
    if (!has<charge_card>(t)) return;
    CHECK((std::holds_alternative<recorded>(what) || std::holds_alternative<waiting>(now)));
  });
}

TEST_CASE("a closed purchase stays closed whatever comes late") {
  for (const auto& what : testing::every_event()) CHECK(after(closed{}, what) == "closed:");
}

TEST_CASE("every stage but the last reacts to the deadline or is asked a question that ends") {
  for (const auto& now : testing::every_stage()) {
    if (std::holds_alternative<closed>(now) || std::holds_alternative<deciding>(now)) continue;
    CAPTURE(testing::text_of(now));
    CHECK(after(now, deadline_passed{}) != testing::text_of(now) + ":");
  }
}

}  // namespace taquilla
