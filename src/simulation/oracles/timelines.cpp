// Promises to whoever looks: a purchase's timeline tells what became of it, and nothing twice; and
// a buyer's reservations and mails, page by page, are all that there are of his.
#include "simulation/oracles/promises.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace taquilla::simulation {

namespace {

class timeline_is_true final : public oracle {
 public:
  const char* name() const override { return "timeline-is-true"; }

  std::string at_end(const plan&, const history&, const final_state& f,
                     const run_facts& facts) override {
    if (!facts.store_readable) return {};
    for (const auto& row : f.told) {
      auto wrong = judge(row, facts);
      if (!wrong.empty()) return "reservation " + std::to_string(row.id) + " " + wrong;
    }
    return {};
  }

 private:
  static std::string judge(const reservation& row, const run_facts& facts) {
    const auto times = [&row](const char* step) {
      const auto& all = row.timeline;
      return std::count_if(all.begin(), all.end(), [&](const auto& e) { return e.step == step; });
    };
    if (times("recorded") != 1) return "was not written down once by its timeline";
    const bool sold =
        row.state == reservation_state::confirmed || row.state == reservation_state::cancelled;
    if (times("confirmed") != (sold ? 1 : 0)) return state_of(row) + "confirmed by its timeline";
    if (times("failed") != (row.state == reservation_state::failed ? 1 : 0))
      return state_of(row) + "failed by its timeline";
    if (times("cancelled") != (row.state == reservation_state::cancelled ? 1 : 0))
      return state_of(row) + "cancelled by its timeline";
    // What a link doubles is written twice: appending has no name of its own.
    return facts.duplicated ? std::string{} : told_twice(row);
  }

  static std::string state_of(const reservation& row) {
    return std::string{"is "} + taquilla::to_string(row.state) + " and not, or not once, ";
  }

  /// Two attempts have different numbers.
  static std::string told_twice(const reservation& row) {
    std::set<std::tuple<wall_ms, std::string>> attempts;
    for (const auto& e : row.timeline)
      if (e.step == "payment_attempt" && !attempts.emplace(e.at, e.detail).second)
        return "tells twice of " + e.step + " " + e.detail;
    return {};
  }
};

/// Asked in the same runs as timelines.
class listings_are_whole final : public oracle {
 public:
  const char* name() const override { return "listings-are-whole"; }

  std::string at_end(const plan&, const history&, const final_state& f,
                     const run_facts& facts) override {
    if (!facts.store_readable || f.told.empty()) return {};
    const auto buyer = email_of(1);
    const auto mails = std::count_if(f.mailbox.begin(), f.mailbox.end(),
                                     [&](const mail& m) { return m.to == buyer; });
    const auto rows = std::count_if(f.all.begin(), f.all.end(),
                                    [&](const reservation& r) { return r.email == buyer; });
    if (static_cast<std::size_t>(mails) != f.his_mailbox.size())
      return missing("mails", f.his_mailbox.size(), mails);
    if (static_cast<std::size_t>(rows) != f.his_own.size())
      return missing("reservations", f.his_own.size(), rows);
    return {};
  }

 private:
  static std::string missing(const char* what, std::size_t shown, std::ptrdiff_t all) {
    return "page by page a buyer is shown " + std::to_string(shown) + " of his " +
           std::to_string(all) + " " + what;
  }
};

}  // namespace

std::unique_ptr<oracle> make_listings() { return std::make_unique<listings_are_whole>(); }
std::unique_ptr<oracle> make_timelines() { return std::make_unique<timeline_is_true>(); }

}  // namespace taquilla::simulation
