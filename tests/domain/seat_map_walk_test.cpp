// Goal: whatever is done to it, the seat map does what a trivial model does that keeps one record a
// seat and no counters, indices or packed words. Method: long random walks over a small hall; after
// every step the answers, the overdue holds and the counters of the two are compared.
#include "seat_map_support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace taquilla {

namespace {

/// The obvious thing: a record a seat.
struct model {
  enum kind { nobody, holder, buying, owner };
  struct record {
    kind what = nobody;
    std::uint64_t identity = 0, token = 0;
    std::int64_t until = 0;
    reservation_id id = 0;
  };
  std::map<seat_id, record> seats;

  bool lives(const record& r) const { return r.what == owner || r.what == buying; }

  std::string hold(const seat_id& s, std::uint64_t who, std::uint64_t token, std::int64_t until) {
    auto& r = seats[s];
    if (lives(r)) return r.identity == who ? "yours " + std::to_string(r.id) : "taken";
    if (r.what == holder && r.identity != who) return "taken";
    r = {holder, who, token, until, 0};
    return "held";
  }
  bool release(const seat_id& s, std::uint64_t token) {
    auto& r = seats[s];
    if (r.what != holder || r.token != token) return false;
    r = {};
    return true;
  }
  void sell(const seat_id& s, std::uint64_t who, reservation_id id) {
    auto& r = seats[s];
    if (lives(r) && r.id > id) return;
    r = {owner, who, 0, 0, id};
  }
  void vacate(const seat_id& s, reservation_id id) {
    auto& r = seats[s];
    if (lives(r) && r.id == id) r = {};
  }
  void place(const seat_id& s, std::uint64_t who, reservation_id id, bool sold) {
    auto& r = seats[s];
    if (id != 0)
      r = {sold ? owner : buying, who, 0, 0, id};
    else if (lives(r))
      r = {};
  }
  std::string shown() const {
    std::size_t held = 0, sold = 0;
    for (const auto& [seat, r] : seats) {
      if (r.what == holder || r.what == buying) ++held;
      if (r.what == owner) ++sold;
    }
    return "6 seats, " + std::to_string(held) + " held, " + std::to_string(sold) + " sold";
  }
  std::vector<std::uint64_t> overdue(std::int64_t now) const {
    std::vector<std::uint64_t> tokens;
    for (const auto& [seat, r] : seats)
      if (r.what == holder && r.until <= now) tokens.push_back(r.token);
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
    const reservation_id id = 1 + draw() % 12;
    const auto now = static_cast<std::int64_t>(token);
    switch (draw() % 6) {
      case 0:
      case 1: {
        const auto until = now + static_cast<std::int64_t>(draw() % 40);
        REQUIRE(said(seats.hold("E", seat, who, token, until)) ==
                same.hold(seat, who, token, until));
        break;
      }
      case 2: {
        const auto old = token - draw() % std::min<std::uint64_t>(token, 20);
        REQUIRE(seats.release("E", seat, old) == same.release(seat, old));
        break;
      }
      case 3:
        seats.sell("E", seat, who, id), same.sell(seat, who, id);
        break;
      case 4:
        seats.vacate("E", seat, id), same.vacate(seat, id);
        break;
      case 5: {
        const auto owner = draw() % 3 == 0 ? 0 : id;
        const bool sold = draw() % 2 == 0;
        seats.place("E", seat, who, owner, sold), same.place(seat, who, owner, sold);
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
