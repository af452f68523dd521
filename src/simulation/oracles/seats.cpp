// Promise 1: a seat has at most one living owner, ever. Promise: one key, one purchase.
#include "simulation/oracles/promises.hpp"
#include "simulation/world/hall.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

namespace taquilla::simulation {

namespace {

constexpr virtual_ns for_ever = std::numeric_limits<virtual_ns>::max();

const reservation* row_of(const final_state& f, reservation_id id) {
  for (const auto& row : f.all)
    if (row.id == id) return &row;
  return nullptr;
}

/// Was a cancel of `id` asked for before `when`?
bool cancel_asked(const history& h, reservation_id id, virtual_ns when) {
  for (const auto& e : h.entries())
    if (e.what.what == operation::kind::cancel && e.id == id && e.invoked <= when) return true;
  return false;
}

class one_owner final : public oracle {
 public:
  const char* name() const override { return "one-owner-per-seat"; }

  std::string at_end(const plan&, const history& h, const final_state& f,
                     const run_facts& facts) override {
    std::map<std::string, reservation_id> living;
    for (const auto& row : f.all) {
      if (row.state != reservation_state::confirmed && row.state != reservation_state::pending)
        continue;
      auto [place, free] = living.emplace(name_of_place(row.event, row.seat), row.id);
      if (!free)
        return "seat " + place->first + " belongs to reservations " +
               std::to_string(place->second) + " and " + std::to_string(row.id);
    }
    auto wrong = sold_twice(h);
    return wrong.empty() && !facts.duplicated ? new_twice(h) : wrong;
  }

 private:
  /// Who joins, or asks again, is told of a purchase that was made before.
  static std::string new_twice(const history& h) {
    std::set<reservation_id> sold;
    for (const auto& e : h.entries())
      if (e.what.what == operation::kind::buy && e.how == outcome::accepted && !e.replayed &&
          !sold.insert(e.id).second)
        return "reservation " + std::to_string(e.id) + " was told to two as newly bought";
    return {};
  }

  /// Two buyers who were told "it is yours" for one seat: the first must have been cancelled
  /// before.
  static std::string sold_twice(const history& h) {
    std::map<std::string, std::vector<const history_entry*>> sales;
    for (const auto& e : h.entries())
      if (e.what.what == operation::kind::buy && e.how == outcome::accepted)
        sales[e.what.seat].push_back(&e);
    for (const auto& [seat, sold] : sales)
      for (const auto* a : sold)
        for (const auto* b : sold) {
          if (a->id >= b->id || cancel_asked(h, a->id, b->ended)) continue;
          return "seat " + seat + " was sold as reservation " + std::to_string(a->id) +
                 ", which nobody asked to cancel, and again as reservation " +
                 std::to_string(b->id);
        }
    return {};
  }
};

class one_key final : public oracle {
 public:
  const char* name() const override { return "one-key-one-purchase"; }

  std::string at_end(const plan&, const history& h, const final_state&,
                     const run_facts& facts) override {
    for (const auto& a : h.entries())
      for (const auto& b : h.entries()) {
        if (!both_bought(a, b) || a.id >= b.id) continue;
        if (cancel_asked(h, a.id, b.ended) || cancel_asked(h, b.id, a.ended)) continue;
        return "key " + a.what.key + " bought reservations " + std::to_string(a.id) + " and " +
               std::to_string(b.id);
      }
    if (auto wrong = taken_for_own(h); !wrong.empty()) return wrong;
    return facts.duplicated ? std::string{} : refused_for_nothing(h);
  }

 private:
  static bool is_buy(const history_entry& e) { return e.what.what == operation::kind::buy; }
  static bool same_key(const history_entry& a, const history_entry& b) {
    return is_buy(a) && is_buy(b) && !a.what.key.empty() && a.what.key == b.what.key;
  }
  static bool both_bought(const history_entry& a, const history_entry& b) {
    return same_key(a, b) && a.how == outcome::accepted && b.how == outcome::accepted;
  }

  /// Who hears that his key is another purchase's hears of one.
  static std::string refused_for_nothing(const history& h) {
    const auto& all = h.entries();
    for (const auto& e : all) {
      if (e.how != outcome::refused || e.why != errc::key_reused) continue;
      if (std::none_of(all.begin(), all.end(),
                       [&](const history_entry& o) { return may_have_it(o, e, h); }))
        return "client " + std::to_string(e.what.client) + " was told that key " + e.what.key +
               " is another purchase's, and it was not";
    }
    return {};
  }

  /// Who comes with the key of another purchase that was made, and stands, hears of the key, not of
  /// the seat.
  static std::string taken_for_own(const history& h) {
    for (const auto& e : h.entries()) {
      if (e.how != outcome::refused || e.why != errc::seat_taken) continue;
      for (const auto& o : h.entries())
        if (same_key(o, e) && !same_body(o, e) && o.how == outcome::accepted &&
            o.ended < e.invoked && !cancel_asked(h, o.id, e.ended))
          return "client " + std::to_string(e.what.client) + " came with key " + e.what.key +
                 " of another purchase, and was told " + taquilla::to_string(e.why);
    }
    return {};
  }

  static bool same_body(const history_entry& a, const history_entry& b) {
    return a.what.seat == b.what.seat && a.what.buyer == b.what.buyer &&
           a.what.cents == b.what.cents;
  }

  static bool may_have_it(const history_entry& o, const history_entry& e, const history& h) {
    if (!same_key(o, e) || same_body(o, e) || o.invoked > e.ended) return false;
    if (o.ended >= e.invoked) return true;
    if (o.how == outcome::refused) return !leaves_nothing(o.why);
    return o.how != outcome::accepted || !was_cancelled(h, o.id, e.invoked);
  }
  static bool leaves_nothing(errc why) {
    return why == errc::seat_taken || why == errc::payment_declined || why == errc::key_reused;
  }
  static bool was_cancelled(const history& h, reservation_id id, virtual_ns before) {
    const auto& all = h.entries();
    return std::any_of(all.begin(), all.end(), [&](const history_entry& c) {
      return !is_buy(c) && c.id == id && c.how == outcome::accepted && c.ended < before;
    });
  }
};

class durable final : public oracle {
 public:
  const char* name() const override { return "acknowledged-is-durable"; }

  std::string at_end(const plan&, const history& h, const final_state& f,
                     const run_facts& facts) override {
    if (!facts.store_readable) return {};
    for (const auto& e : h.entries()) {
      if (auto wrong = misnamed(e, f); !wrong.empty()) return wrong;
      if (e.how != outcome::accepted) continue;
      auto wrong = e.what.what == operation::kind::buy      ? bought(e, h, f)
                   : e.what.what == operation::kind::cancel ? cancelled(e, f)
                                                            : std::string{};
      if (!wrong.empty()) return "reservation " + std::to_string(e.id) + " " + wrong;
    }
    return {};
  }

 private:
  /// Who follows the number in his refusal finds his own purchase; or nothing, while nobody knows
  /// what became of it.
  static std::string misnamed(const history_entry& e, const final_state& f) {
    if (e.how != outcome::refused || e.what.what != operation::kind::buy || e.named == 0) return {};
    const auto* row = row_of(f, e.named);
    const bool good = row != nullptr ? is_his(*row, e) : e.why == errc::outcome_unknown;
    if (good) return {};
    return "client " + std::to_string(e.what.client) + " was told of reservation " +
           std::to_string(e.named) + ", which is " +
           (row != nullptr ? "another buyer's" : "not in the store");
  }
  static bool is_his(const reservation& row, const history_entry& e) {
    return name_of_place(row.event, row.seat) == e.what.seat &&
           row.email == email_of(e.what.buyer) && row.amount.cents == e.what.cents;
  }
  static std::string bought(const history_entry& e, const history& h, const final_state& f) {
    const auto* row = row_of(f, e.id);
    if (!row) return "was sold and is not in the store";
    if (!is_his(*row, e)) return "was sold to another buyer, for another seat or amount";
    if (row->state == reservation_state::confirmed) return {};
    if (row->state == reservation_state::cancelled)
      return cancel_asked(h, e.id, for_ever) ? std::string{} : "is cancelled though nobody asked";
    return std::string("was sold and is ") + taquilla::to_string(row->state) + " now";
  }
  static std::string cancelled(const history_entry& e, const final_state& f) {
    const auto* row = row_of(f, e.id);
    if (!row) return "was cancelled and is not in the store";
    if (row->state == e.state) return {};
    return std::string("was said to be ") + taquilla::to_string(e.state) + " and is " +
           taquilla::to_string(row->state);
  }
};

}  // namespace

std::unique_ptr<oracle> make_one_owner() { return std::make_unique<one_owner>(); }
std::unique_ptr<oracle> make_one_key() { return std::make_unique<one_key>(); }
std::unique_ptr<oracle> make_durable() { return std::make_unique<durable>(); }

}  // namespace taquilla::simulation
