// Goal: in whatever order the words of a seat's purchases come in, a seat that was sold is its
// owner's, a purchase under way loses its hold to nobody else, and when all is over nothing is left
// held. Method: every state that a few purchases of one seat can get into is visited, breadth
// first: two of one buyer, one of another, a store that knows who lives there, and words
// that travel as long as they like or get lost. States that look alike are visited once.
#include "seat_map_support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <set>
#include <vector>

namespace taquilla {

namespace {

constexpr std::uint64_t stranger = 9;  ///< wants the seat too, and must not get it

struct purchase {
  enum { idle, holding, pending, confirmed, over } stage = idle;
  std::uint64_t identity = 0, token = 0;
  reservation_id id = 0;
  bool overtaken = false;  ///< a newer purchase of the same buyer took its hold over
  bool known = false;      ///< the map was told that it owns the seat
  bool sold = false;       ///< and that it is paid for
  bool in_store() const { return stage == pending || stage == confirmed; }
  bool under_way() const { return stage == holding || stage == pending; }
  bool protected_by_map() const { return known || ((in_store() || under_way()) && !overtaken); }
};

/// What a purchase or a cancellation says to INVENTORY.
struct word {
  bool sold = false;
  std::size_t of = 0;
  std::uint64_t token = 0;
  reservation_id id = 0;
  friend bool operator<(const word& a, const word& b) {
    return std::tie(a.sold, a.token, a.id) < std::tie(b.sold, b.token, b.id);
  }
};

struct world {
  seat_map seats{venue{{"E", "Evento", {"A"}, 1}}};
  std::vector<purchase> all;
  std::set<std::uint64_t> identities;
  std::set<word> on_their_way;
  std::set<reservation_id> vacated;  ///< what INVENTORY remembers (actors/inventory.cpp)
  reservation_id last_id = 0;
  bool exact = true;  ///< nobody died and no word was lost

  explicit world(const std::vector<std::uint64_t>& buyers) {
    for (const auto identity : buyers) {
      purchase p;
      p.identity = identity;
      p.token = all.size() + 1;
      all.push_back(p);
    }
    identities = {buyers.begin(), buyers.end()};
  }

  const purchase* living() const {
    for (const auto& p : all)
      if (p.in_store()) return &p;
    return nullptr;
  }
  static seat_map::owner owner_of(const purchase& p) { return {p.identity, p.id, p.token}; }

  // -- what a purchase does ---------------------------------------------------------------------

  void ask(purchase& p) {
    if (!testing::is_held(seats.hold("E", testing::a1, p.identity, p.token, 100))) {
      p.stage = purchase::over;
      return;
    }
    p.stage = purchase::holding;
    for (auto& other : all)
      if (&other != &p && other.identity == p.identity) other.overtaken = true;
  }
  void record(std::size_t which) {
    auto& p = all[which];
    if (living() != nullptr) return end(which, {false, which, p.token, 0});
    p.stage = purchase::pending;
    p.id = ++last_id;
  }
  void confirm(std::size_t which) {
    all[which].stage = purchase::confirmed;
    on_their_way.insert({true, which, all[which].token, all[which].id});
  }
  /// It failed or was cancelled.
  void end(std::size_t which, const word& last) {
    all[which].stage = purchase::over;
    all[which].known = all[which].sold = false;
    on_their_way.insert(last);
  }
  void die(purchase& p) {
    p.stage = purchase::over;
    exact = false;
  }

  // -- what INVENTORY hears ----------------------------------------------------------------------

  void deliver(const word& w) {
    on_their_way.erase(w);
    const auto& p = all[w.of];
    if (w.sold && vacated.count(w.id) == 0) {
      seats.sell("E", testing::a1, owner_of(p));
      all[w.of].known = all[w.of].sold = p.in_store();
      return;
    }
    seats.release("E", testing::a1, w.token);
    if (w.sold || w.id == 0) return;
    seats.vacate("E", testing::a1, w.id);
    vacated.insert(w.id);
  }
  void lose(const word& w) {
    on_their_way.erase(w);
    exact = false;
  }
  /// It asks the store for the seat.
  void check() {
    const auto* owner = living();
    seats.place("E", testing::a1, owner ? owner_of(*owner) : seat_map::owner{},
                owner && owner->stage == purchase::confirmed);
    for (auto& p : all) {
      p.known = p.in_store();
      p.sold = p.stage == purchase::confirmed;
    }
  }
  void compare() {
    if (const auto* owner = living())
      seats.vouch("E", testing::a1, owner_of(*owner), owner->stage == purchase::confirmed);
    seats.free_unvouched();
  }
  void expire() {
    for (const auto& due : seats.overdue(100, 10)) seats.release("E", due.seat, due.token);
  }
};

// -- what must be so ------------------------------------------------------------------------------

seat_state shown(const world& w) { return testing::state_of(w.seats, testing::a1); }

seat_map::hold_answer if_asked(const world& w, std::uint64_t identity) {
  auto seats = w.seats;
  return seats.hold("E", testing::a1, identity, 99, 100);
}

void claims_are_kept(const world& w) {
  for (const auto& p : w.all) {
    if (!p.protected_by_map()) continue;
    REQUIRE(testing::refusal(if_asked(w, stranger)) == errc::seat_taken);
    REQUIRE(shown(w) != seat_state::free);
    if (!p.known) continue;
    REQUIRE(testing::yours(if_asked(w, p.identity)) == p.id);
    REQUIRE((!p.sold || shown(w) == seat_state::sold));
  }
}

void nothing_is_left(world w) {
  if (!w.on_their_way.empty()) return;
  if (std::any_of(w.all.begin(), w.all.end(), [](const auto& p) { return p.under_way(); })) return;
  if (!w.exact) {  // what time mends
    w.expire();
    w.check();
  }
  REQUIRE(w.seats.holds() == 0);
  REQUIRE(shown(w) == (w.living() != nullptr ? seat_state::sold : seat_state::free));
}

// -- every way on -----------------------------------------------------------------------------

void moves_of(const world& now, std::size_t which, std::vector<world>& out) {
  const auto go = [&](auto move) { move(out.emplace_back(now)); };
  const auto& p = now.all[which];
  if (p.stage == purchase::idle) go([&](world& w) { w.ask(w.all[which]); });
  if (p.stage == purchase::holding) {
    go([&](world& w) { w.record(which); });
    if (now.exact) go([&](world& w) { w.die(w.all[which]); });
  }
  if (p.stage == purchase::pending) go([&](world& w) { w.confirm(which); });
  if (p.in_store()) go([&](world& w) { w.end(which, {false, which, p.token, p.id}); });
}

std::vector<world> next(const world& now) {
  std::vector<world> out;
  for (std::size_t which = 0; which < now.all.size(); ++which) moves_of(now, which, out);
  for (const auto& w : now.on_their_way) {
    out.emplace_back(now).deliver(w);
    if (now.exact) out.emplace_back(now).lose(w);
  }
  out.emplace_back(now).check();
  out.emplace_back(now).compare();
  return out;
}

/// All that can be seen of a world, from outside, as one line.
std::string fingerprint(const world& w) {
  std::string line = w.exact ? "exact" : "";
  auto ended = w.seats;
  for (const auto& p : w.all) {
    line += " " + std::to_string(p.stage) + std::to_string(p.id) + (p.overtaken ? "o" : "") +
            (p.known ? "k" : "") + (p.sold ? "s" : "") + (w.vacated.count(p.id) ? "v" : "");
    line += ended.release("E", testing::a1, p.token) ? "h" : "";
  }
  for (const auto& x : w.on_their_way)
    line += (x.sold ? " s" : " r") + std::to_string(x.token) + "," + std::to_string(x.id);
  for (const auto identity : w.identities)
    line += " " + std::to_string(testing::yours(if_asked(w, identity)));
  auto compared = w.seats;
  return line + to_string(shown(w)) + std::to_string(compared.free_unvouched());
}

std::size_t visit_all(const std::vector<std::uint64_t>& identities) {
  std::set<std::string> seen;
  std::deque<world> ahead{world{identities}};
  while (!ahead.empty()) {
    const auto now = std::move(ahead.front());
    ahead.pop_front();
    if (!seen.insert(fingerprint(now)).second) continue;
    CAPTURE(fingerprint(now));
    claims_are_kept(now);
    nothing_is_left(now);
    for (auto& then : next(now)) ahead.push_back(std::move(then));
  }
  return seen.size();
}

}  // namespace

TEST_CASE("in every order of words, two purchases of one buyer and one of another keep their due") {
  CHECK(visit_all({1, 1, 2}) > 10'000);
}

}  // namespace taquilla
