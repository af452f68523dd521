// Each seat's history is linearizable: every purchase and cancellation that was answered took
// effect at one moment between question and answer, one that was refused never did, and one whose
// outcome nobody knows did at some moment or not at all.
//
// The general question is exponential; here the store has already answered the hard part. It gives
// out ids in the order of its commits, so the sales of a seat are in order of their ids, and each
// can be placed greedily at the earliest moment that its history allows. If the earliest moment of
// one is too late, no other order would do.
#include "simulation/cases/spans.hpp"
#include "simulation/oracles/promises.hpp"
#include "simulation/world/hall.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace taquilla::simulation {

namespace {

constexpr virtual_ns never = std::numeric_limits<virtual_ns>::max();
constexpr virtual_ns second = 1'000'000'000;

bool is_buy(const history_entry& e) { return e.what.what == operation::kind::buy; }

/// May it take effect, or have taken effect, without anybody having been told?
bool outcome_open(const history_entry& e) {
  if (e.how == outcome::unknown || e.how == outcome::running) return true;
  if (e.how != outcome::refused) return false;
  return e.why == errc::outcome_unknown || (!is_buy(e) && e.why == errc::store_unavailable);
}

bool same_purchase(const history_entry& e, const reservation& row) {
  return is_buy(e) && e.what.seat == name_of_place(row.event, row.seat) &&
         email_of(e.what.buyer) == row.email && e.what.cents == row.amount.cents;
}

bool same_buyer(const history_entry& a, const history_entry& b) {
  return a.what.buyer == b.what.buyer && a.what.cents == b.what.cents;
}

/// The moments at which something can have happened: not before `from`, not after `until`.
struct span {
  virtual_ns from = never;
  virtual_ns until = never;
};

class linearizable final : public oracle {
 public:
  const char* name() const override { return "seat-history-linearizable"; }

  std::string at_end(const plan&, const history& h, const final_state& f,
                     const run_facts& facts) override {
    if (!facts.store_readable || !facts.came_to_rest) return {};
    std::vector<const reservation*> rows;
    for (const auto& row : f.all)
      if (row.state == reservation_state::confirmed || row.state == reservation_state::cancelled)
        rows.push_back(&row);
    std::stable_sort(rows.begin(), rows.end(), [](const reservation* a, const reservation* b) {
      return name_of_place(a->event, a->seat) < name_of_place(b->event, b->seat);
    });
    virtual_ns free_since = 0;
    std::string seat;
    for (const auto* row : rows) {
      if (name_of_place(row->event, row->seat) != seat) free_since = 0;
      seat = name_of_place(row->event, row->seat);
      auto wrong = place(*row, h, facts, free_since);
      if (!wrong.empty()) return "seat " + seat + ": " + wrong;
    }
    return facts.hall_settled && !facts.duplicated ? refused_for_nothing(h) : std::string{};
  }

 private:
  /// Puts one sale after the one before, and moves `free_since` behind it.
  static std::string place(const reservation& row, const history& h, const run_facts& facts,
                           virtual_ns& free_since) {
    const auto id = std::to_string(row.id);
    const auto sale = when_sold(row, h, facts);
    if (sale.from == never) return "reservation " + id + " was sold, and nobody bought it";
    const auto sold = std::max(sale.from, free_since);
    if (sold > sale.until)
      return "reservation " + id + " was sold by " + print_seconds(sale.until) +
             ", and the seat was an earlier sale's until " + print_seconds(free_since);
    free_since = never;
    if (row.state != reservation_state::cancelled) return {};
    const auto end = when_cancelled(row, h, facts);
    if (end.from == never) return "reservation " + id + " was cancelled, and nobody asked for it";
    free_since = std::max(sold, end.from);
    if (free_since <= end.until) return {};
    const auto* late = last_replay(row, h);
    return "reservation " + id + " was cancelled by " + print_seconds(end.until) +
           (late == nullptr
                ? ", before it was sold"
                : ", and client " + std::to_string(late->what.client) + ", who asked at " +
                      print_seconds(late->invoked) + ", was told at " + print_seconds(late->ended) +
                      " that it is his");
  }

  /// A request that arrived twice may do its work twice, whatever was answered to the first.
  static bool perhaps(const history_entry& e, const run_facts& facts) {
    return outcome_open(e) || facts.duplicated;
  }

  static span when_sold(const reservation& row, const history& h, const run_facts& facts) {
    span s;
    for (const auto& e : h.entries()) {
      if (!same_purchase(e, row)) continue;
      const bool ours = e.how == outcome::accepted && e.id == row.id;
      if ((ours && !e.replayed) || perhaps(e, facts)) s.from = std::min(s.from, e.invoked);
      if (ours) s.until = std::min(s.until, e.ended);
    }
    return s;
  }

  static span when_cancelled(const reservation& row, const history& h, const run_facts& facts) {
    span s;
    for (const auto& e : h.entries()) {
      if (e.id != row.id || is_buy(e)) continue;
      const bool done = e.how == outcome::accepted;
      if (!done && !perhaps(e, facts)) continue;
      s.from = std::min(s.from, e.invoked);
      if (done) s.until = std::min(s.until, e.ended);
    }
    const auto* late = last_replay(row, h);
    if (s.from != never && late != nullptr) s.from = std::max(s.from, late->invoked);
    return s;
  }

  /// Of all who were told that it is theirs the last to ask.
  static const history_entry* last_replay(const reservation& row, const history& h) {
    const history_entry* last = nullptr;
    for (const auto& e : h.entries())
      if (e.id == row.id && is_buy(e) && e.how == outcome::accepted &&
          (last == nullptr || e.invoked >= last->invoked))
        last = &e;
    return last;
  }

  /// Who hears "taken" hears of somebody: a buyer who has the seat, or who is trying for it.
  static std::string refused_for_nothing(const history& h) {
    for (const auto& e : h.entries()) {
      if (!is_buy(e) || e.how != outcome::refused || e.why != errc::seat_taken) continue;
      const auto& all = h.entries();
      if (std::none_of(all.begin(), all.end(),
                       [&](const history_entry& o) { return in_the_way(o, e, h); }))
        return "client " + std::to_string(e.what.client) + " was told that seat " + e.what.seat +
               " is taken, and nobody had it or wanted it";
    }
    return {};
  }

  static bool in_the_way(const history_entry& o, const history_entry& e, const history& h) {
    if (!is_buy(o) || o.what.seat != e.what.seat || o.invoked > e.ended) return false;
    if (same_buyer(o, e)) return false;
    if (o.how != outcome::accepted) return outcome_open(o) || o.ended + second >= e.invoked;
    const auto* end = cancellation_of(o.id, h);
    return end == nullptr || overlap(*end, e) || end->ended > e.ended;
  }

  static const history_entry* cancellation_of(reservation_id id, const history& h) {
    for (const auto& c : h.entries())
      if (!is_buy(c) && c.id == id && c.how == outcome::accepted) return &c;
    return nullptr;
  }

  /// Words about `c` may travel for a second after its end.
  static bool overlap(const history_entry& c, const history_entry& e) {
    return c.invoked <= e.ended && c.ended + second >= e.invoked;
  }
};

}  // namespace

std::unique_ptr<oracle> make_linearizable() { return std::make_unique<linearizable>(); }

}  // namespace taquilla::simulation
