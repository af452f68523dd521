// What each oracle promises, in the words of docs/simulation.md (a test compares them).
#include "simulation/oracles/promises.hpp"

#include <algorithm>
#include <iterator>

namespace taquilla::simulation {

namespace {

struct promise {
  const char* oracle;
  const char* words;
};

constexpr promise promises[] = {
    {"one-owner-per-seat",
     "a seat has at most one living owner, ever; of all who hear of a purchase, one hears "
     "that it is new"},
    {"one-key-one-purchase",
     "an Idempotency-Key buys once, also where it was answered with a purchase made "
     "before; it is refused only where it is another purchase's"},
    {"acknowledged-is-durable",
     "what a buyer was told is on the disk, whatever died; the reservation that a refusal "
     "names is there, and his own"},
    {"store-opens", "whatever happens, the store can be opened again"},
    {"minds-its-files",
     "the log is moved into the database in time; a store whose disk has failed ends"},
    {"seat-history-linearizable",
     "every answer fits one order of each seat's sales and cancellations; who was refused "
     "has nothing; \"taken\" means somebody"},
    {"purchase-in-order",
     "written down before charged, paid before confirmed, tried as often as allowed, written off "
     "before the buyer hears no, the relay told, no hold left behind, none but its own ended; what "
     "an earlier process left is resumed when it is first seen, once at a time; no token or number "
     "names two purchases; a desk has no more under way than it may; the reason that is written "
     "down is what PAYMENT answered; INVENTORY is told when it takes an ended one for his; the "
     "event feed is told how it ended, once, as the buyer is"},
    {"every-charge-has-its-ticket",
     "a charge belongs to a confirmed reservation, or was voided or refunded; amounts are "
     "exact"},
    {"cancels-in-order",
     "who hears that his ticket is cancelled may buy the seat again at once; both relays have been "
     "told; he is shown the ticket as it is now"},
    {"mailed-once",
     "every sale and cancellation is mailed, once; nothing else is; none is filed that the mail "
     "server has not taken, or sent again that it has; no confirmation behind its cancellation; "
     "one is given up after as many attempts as it may have, and begins anew when it is revived; "
     "who asked last hears what the mail server says"},
    {"answered-in-time", "a purchase is answered within its deadline, also by a desk that dies"},
    {"seen-to-at-once",
     "in a run where nothing is in the way, mails and refunds go out at once, not when a "
     "timer happens to look"},
    {"relays-go-on",
     "a relay that hears of a healing, or begins, looks for all that waits, and MAIL RELAY revives "
     "first what was given up; nothing waits for longer than a wait can be; a service is spared "
     "after ten failures in a row, then and not before"},
    {"retries-afforded",
     "a retry is granted or denied as the budget has it, and as much of the deadline is left as is "
     "said"},
    {"no-surprises",
     "nobody hears of an error that is taquilla's own; where nothing is in the way, every "
     "no has a reason that lies with the buyers; a full disk is called so"},
    {"comes-to-rest",
     "after everything is healed nothing is pending, held, owed or due, and all are up"},
    {"audit-is-clean", "`taquilla audit` finds nothing on the disk"},
    {"timeline-is-true",
     "a purchase's timeline says what became of it, its money and its mails, and nothing twice; a "
     "mail is called given up only when it was"},
    {"drains-in-order",
     "a process that is told to stop begins no purchase any more, and is drained only when all "
     "that it began are over; it says so to who asks, and how many it had to end"},
    {"queues-within-limits",
     "no mailbox and no list of timers grows without end, and no relay tries one item "
     "again and again without a pause"},
    {"store-answers-at-once",
     "whoever asks the store is answered within the delay of a commit, however slow others "
     "are (where disk and clock are no excuse)"},
    {"listings-are-whole",
     "page by page a buyer is shown all of his reservations and mails; the store counts what it "
     "has"},
    {"breaker-holds",
     "opens at its failures in a row, or at their share of the last calls; stays open its time and "
     "no longer; half-open no more probes than it needs, only their good answers close it, where "
     "there is a ramp by way of that, on which one failure opens it; a probe may pass when "
     "INVENTORY is back; who is refused hears how long; every purchase that asked reports what it "
     "heard, and names the numbers that let it pass"},
    {"chaos-as-ordered",
     "what chaos was ordered to do is done, to all whom it was ordered for, as often and as long "
     "as ordered, and to nobody else, and its end is told; who asks what is ordered is shown that, "
     "and how often and when last it touched somebody; who was ordered to be down stays down so "
     "long, and no longer"},
    {"supervision-holds",
     "the supervisor restarts no more than it may, nor sooner, gives nobody up for ever, and all "
     "who wait for a service hear at once that it is back, and not before it is, before whoever "
     "ordered it is answered; what it says of the house's health is what it knows; who does not "
     "leave at a stop is killed"},
    {"holds-exclude",
     "a held seat is held for one buyer and for no longer than a hold lasts; one that INVENTORY "
     "has heard to be sold is held for nobody; a look at overdue holds passes none over"},
    {"taken-means-somebody",
     "a seat is taken only if INVENTORY has heard of somebody who may have it"},
    {"seat-map-is-true",
     "INVENTORY shows what the store knows: at once where no word was lost, and after "
     "healing whatever was"},
    {"visitors-hear-the-truth",
     "whoever asks the front desk is answered, once, in time; with what the store holds; ready "
     "only when desk and store have answered; sent away only where too many ask at once, or nobody "
     "knows; who waits for a mail hears of it at once, and at a stop of what there is; no answer "
     "is older than its question"},
    {"feed-in-order",
     "who reads or follows the event feed is told what happened, all of it, in order, each "
     "line under a number that no other line ever had"},
    {"limiter-law",
     "in any window a client gets at most burst + 1 + rate x time through, and each "
     "decision is what NGINX would decide; who is refused is told when he may pass; whom a full "
     "table cannot take share what one may have"},
};

}  // namespace

std::string promise_of(const std::string& oracle) {
  const auto found = std::find_if(std::begin(promises), std::end(promises),
                                  [&](const promise& one) { return oracle == one.oracle; });
  return found == std::end(promises) ? "" : found->words;
}

}  // namespace taquilla::simulation
