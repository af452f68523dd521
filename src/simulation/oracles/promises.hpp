// The oracles by name, for make_oracles() and for tests. What each promises: promise_words.cpp.
// One factory a promise; an oracle keeps its own state for one run and knows no other oracle.
#pragma once

#include "simulation/oracles/oracle.hpp"

namespace taquilla::simulation {

std::unique_ptr<oracle> make_one_owner();     ///< a seat has at most one living owner
std::unique_ptr<oracle> make_linearizable();  ///< every answer fits one order of each seat's sales
std::unique_ptr<oracle> make_one_key();       ///< an Idempotency-Key buys once
std::unique_ptr<oracle> make_durable();       ///< what was acknowledged is on the disk
std::unique_ptr<oracle> make_minds_its_files();  ///< no log grows for ever, no bad disk is used on
std::unique_ptr<oracle> make_store_opens();  ///< whatever happens, the store can be opened again
std::unique_ptr<oracle> make_audit();        ///< `taquilla audit` finds nothing
std::unique_ptr<oracle> make_money();        ///< every charge has its ticket, or went back
std::unique_ptr<oracle> make_mails(const plan& p);  ///< every sale and cancellation is mailed, once
std::unique_ptr<oracle> make_comes_to_rest();       ///< after healing nothing is left open
std::unique_ptr<oracle> make_relays(const plan& p);   ///< a healed service is used at once
std::unique_ptr<oracle> make_retries(const plan& p);  ///< retries as the budget affords them
std::unique_ptr<oracle> make_no_surprises(
    const plan& p);                         ///< nobody hears of an error that is ours
std::unique_ptr<oracle> make_in_time();     ///< every request is answered within its deadline
std::unique_ptr<oracle> make_promptness();  ///< mails and refunds need nobody to ask for them
std::unique_ptr<oracle> make_breaker(
    const plan& p);  ///< opens, waits, probes and closes by its rules
std::unique_ptr<oracle> make_holds(const plan& p);  ///< a held seat is held for one buyer
std::unique_ptr<oracle> make_refusals();   ///< a seat is taken only if somebody may have it
std::unique_ptr<oracle> make_seat_map();   ///< INVENTORY shows what the store knows
std::unique_ptr<oracle> make_limiter();    ///< burst + 1 + rate x time, for every client
std::unique_ptr<oracle> make_cancels();    ///< who hears of his cancellation may buy again at once
std::unique_ptr<oracle> make_timelines();  ///< a timeline tells what happened, and nothing twice
std::unique_ptr<oracle> make_restarts(const plan& p);  ///< restarts no more than allowed, and tells
std::unique_ptr<oracle> make_chaos(const plan& p);  ///< what was ordered is shown, no less, no more
std::unique_ptr<oracle> make_drains(
    const plan& p);  ///< an orderly stop ends what was begun, begins nothing
std::unique_ptr<oracle> make_feed(const plan& p);  ///< what happened is told, all of it, in order
std::unique_ptr<oracle> make_visitors();  ///< who looks is answered, in time, with the truth
std::unique_ptr<oracle> make_queues();    ///< no mailbox grows without end, no retry is endless
std::unique_ptr<oracle> make_listings();  ///< page by page, a listing is whole
/// The store answers within the delay of a commit. Only where it has no excuse.
std::unique_ptr<oracle> make_store_answers(const plan& p);
bool store_has_no_excuse(const plan& p);
std::unique_ptr<oracle> make_in_order(const plan& p);  ///< a purchase leaves no step out

/// One sentence, as docs/simulation.md has it; empty for what is no oracle of the house.
std::string promise_of(const std::string& oracle);

}  // namespace taquilla::simulation
