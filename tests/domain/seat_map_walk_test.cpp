// Goal: whatever is done to it, the seat map does what a trivial model does that keeps one record a
// seat and no counters, indices or packed words. Method: long random walks over a small hall; after
// every step the answers, the overdue holds and the counters of the two are compared.
#include "seat_map_support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <vector>

namespace taquilla {

namespace {

/// The obvious thing: a record a seat, of who owns it and, apart from that, who holds it.
struct model {
  struct claim {
    std::uint64_t identity = 0, token = 0;
    std::int64_t until = 0;
  };
  struct record {
    reservation_id id = 0;  ///< the owner's; 0: it has none
    std::uint64_t owner = 0;
    bool sold = false;
    std::optional<claim> held;
  };
  std::map<seat_id, record> seats;

  std::string hold(const seat_id& s, std::uint64_t who, std::uint64_t token, std::int64_t until) {
    auto& r = seats[s];
    if (r.id != 0) return r.owner == who ? "yours " + std::to_string(r.id) : "taken";
    if (r.held && (r.held->identity != who || r.held->token > token)) return "taken";
    r.held = claim{who, token, until};
    return "held";
  }
  bool release(const seat_id& s, std::uint64_t token) {
    auto& r = seats[s];
    if (!r.held || r.held->token != token) return false;
    r.held.reset();
    return true;
  }
  void own(const seat_id& s, const seat_map::owner& who, bool sold) {
    auto& r = seats[s];
    r.id = who.id;
    r.owner = who.identity;
    r.sold = sold;
  }
  void sell(const seat_id& s, const seat_map::owner& who) {
    release(s, who.token);
    if (seats[s].id <= who.id) own(s, who, true);
  }
  void vacate(const seat_id& s, reservation_id id) {
    if (seats[s].id == id) seats[s].id = 0;
  }
  void place(const seat_id& s, const seat_map::owner& who, bool sold) {
    if (who.id != 0) release(s, who.token);
    own(s, who, sold);
  }
  std::string shown() const {
    std::size_t held = 0, sold = 0;
    for (const auto& [seat, r] : seats) {
      const bool owned = r.id != 0;
      if (owned && r.sold)
        ++sold;
      else if (owned || r.held)
        ++held;
    }
    return "6 seats, " + std::to_string(held) + " held, " + std::to_string(sold) + " sold";
  }
  std::vector<std::uint64_t> overdue(std::int64_t now) const {
    std::vector<std::uint64_t> tokens;
    for (const auto& [seat, r] : seats)
      if (r.held && r.held->until <= now) tokens.push_back(r.held->token);
    std::sort(tokens.begin(), tokens.end());
    return tokens;
  }
};

std::string said(const seat_map::hold_answer& answer) {
  if (testing::is_held(answer)) return "held";
  if (const auto id = testing::yours(answer); id != 0) return "yours " + std::to_string(id);
  return testing::refusal(answer) == errc::seat_taken ? "taken" : "?";
}

std::vector<std::uint64_t> overdue_tokens(const seat_map& seats, std::int64_t now) {
  std::vector<std::uint64_t> tokens;
  for (const auto& hold : seats.overdue(now, 100)) tokens.push_back(hold.token);
  std::sort(tokens.begin(), tokens.end());
  return tokens;
}

void walk(std::uint32_t seed) {
  std::mt19937 draw{seed};
  seat_map seats{testing::hall()};
  model same;
  for (std::uint64_t token = 1; token <= 400; ++token) {
    const seat_id seat{draw() % 2 == 0 ? "A" : "B", 1 + static_cast<std::uint32_t>(draw() % 3)};
    const std::uint64_t who = 1 + draw() % 3;
    const auto old = token - draw() % std::min<std::uint64_t>(token, 20);
    const seat_map::owner sale{who, 1 + draw() % 12, old};
    const auto now = static_cast<std::int64_t>(token);
    switch (draw() % 6) {
      case 0:
      case 1: {
        const auto until = now + static_cast<std::int64_t>(draw() % 40);
        const auto late = draw() % 4 == 0 ? old : token;
        REQUIRE(said(seats.hold("E", seat, who, late, until)) == same.hold(seat, who, late, until));
        break;
      }
      case 2:
        REQUIRE(seats.release("E", seat, old) == same.release(seat, old));
        break;
      case 3:
        seats.sell("E", seat, sale), same.sell(seat, sale);
        break;
      case 4:
        seats.vacate("E", seat, sale.id), same.vacate(seat, sale.id);
        break;
      case 5: {
        const auto found = draw() % 3 == 0 ? seat_map::owner{} : sale;
        const bool sold = draw() % 2 == 0;
        seats.place("E", seat, found, sold), same.place(seat, found, sold);
        break;
      }
    }
    REQUIRE(testing::in_hall(seats) == same.shown());
    REQUIRE(overdue_tokens(seats, now) == same.overdue(now));
  }
}

}  // namespace

TEST_CASE("on random walks the seat map agrees with a record a seat") {
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    walk(seed);
  }
}

}  // namespace taquilla
