// Promise 3: every charge belongs to exactly one confirmed reservation, or it went back.
#include "simulation/oracles/promises.hpp"

#include <map>
#include <set>

namespace taquilla::simulation {

namespace {

class money_adds_up final : public oracle {
 public:
  const char* name() const override { return "every-charge-has-its-ticket"; }

  std::string at_end(const plan&, const history&, const final_state& f,
                     const run_facts& facts) override {
    if (!facts.store_readable) return {};
    std::map<reservation_id, const charge_record*> charges;
    for (const auto& c : f.charges)
      if (!charges.emplace(c.id, &c).second) return text(c.id) + " was charged twice";
    std::set<reservation_id> known;
    for (const auto& row : f.all) {
      known.insert(row.id);
      auto found = charges.find(row.id);
      auto wrong = judge(row, found == charges.end() ? nullptr : found->second, facts.came_to_rest);
      if (!wrong.empty()) return text(row.id) + " " + wrong;
    }
    for (const auto& [id, charge] : charges)
      if (known.count(id) == 0) return text(id) + " was charged and does not exist";
    return {};
  }

 private:
  static std::string text(reservation_id id) { return "reservation " + std::to_string(id); }

  static std::string judge(const reservation& row, const charge_record* c, bool at_rest) {
    bool taken = c && c->state == charge_state::charged;
    if (c && c->state != charge_state::voided && c->amount != row.amount)
      return "costs " + to_string(row.amount) + " and was charged " + to_string(c->amount);
    switch (row.state) {
      case reservation_state::confirmed:
        return taken ? std::string{} : "is confirmed and was not paid";
      case reservation_state::failed:
        return taken && at_rest ? "failed and the money was kept" : std::string{};
      case reservation_state::cancelled:
        if (!at_rest) return {};
        return c && c->state == charge_state::refunded ? std::string{}
                                                       : "was cancelled and the money was kept";
      case reservation_state::pending:
        return {};
    }
    return {};
  }
};

}  // namespace

std::unique_ptr<oracle> make_money() { return std::make_unique<money_adds_up>(); }

}  // namespace taquilla::simulation
