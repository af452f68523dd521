// Promise 5, for what happens behind a buyer's back: a mail goes out and money goes back when they
// are due, not when somebody happens to look. What a wake-up that was lost costs is not judged:
// only runs in which nothing fails and messages are quick, come once and in order.
#include "simulation/oracles/promises.hpp"
#include "simulation/world/plan.hpp"

#include <map>

namespace taquilla::simulation {

namespace {

class seen_to_at_once final : public oracle {
 public:
  const char* name() const override { return "seen-to-at-once"; }

  std::string at_end(const plan& p, const history&, const final_state& f,
                     const run_facts& facts) override {
    // The weather tells of drawn runs; a script may bring trouble of its own.
    const bool scripted = facts.disturbed || facts.duplicated;
    if (!facts.store_readable || scripted || p.post.there || !is_quiet(p)) return {};
    for (const auto& m : f.mailbox)
      if (auto wrong = late("mail " + m.message_id, m.delivered_at - m.created_at); !wrong.empty())
        return wrong;
    std::map<reservation_id, wall_ms> cancelled_at;
    for (const auto& row : f.all)
      if (row.state == reservation_state::cancelled) cancelled_at[row.id] = row.updated_at;
    for (const auto& c : f.charges) {
      const auto since = cancelled_at.find(c.id);
      if (since == cancelled_at.end() || c.state != charge_state::refunded) continue;
      auto wrong = late("the refund of " + std::to_string(c.id), c.at - since->second);
      if (!wrong.empty()) return wrong;
    }
    return {};
  }

 private:
  /// A dozen messages of at most 50 ms and a few commits.
  static constexpr wall_ms limit_ms = 2'000;

  static std::string late(const std::string& what, wall_ms took_ms) {
    if (took_ms <= limit_ms) return {};
    return what + " took " + std::to_string(took_ms) + " ms although nothing was in its way";
  }
};

}  // namespace

std::unique_ptr<oracle> make_promptness() { return std::make_unique<seen_to_at_once>(); }

}  // namespace taquilla::simulation
