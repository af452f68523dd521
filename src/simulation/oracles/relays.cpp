// Promise 5, for what waits: a service that was healed is used at once, and nothing waits for
// longer than a wait can be. A relay is told of a healing, and one that has just been started looks
// as if it had been, for whoever it follows may have been told. Behind that it looks for whatever
// is on its queue, however long that was to wait; and MAIL RELAY first has those mails revived that
// were given up. It takes its service for down, and then asks for one item at a time, after ten
// failures in a row, then and not before.
#include "actors/protocol.hpp"
#include "simulation/oracles/promises.hpp"
#include "simulation/world/plan.hpp"
#include "store/commands.hpp"

#include <caf/all.hpp>

#include <limits>
#include <set>
#include <string>
#include <utility>

namespace taquilla::simulation {

namespace {

constexpr char mailing[] = "mail_relay", settling[] = "settlement";

class relays_go_on final : public oracle {
 public:
  explicit relays_go_on(std::uint32_t batch) : batch_(batch) {}
  const char* name() const override { return "relays-go-on"; }

  std::string on_spawned(const std::string& role, std::uint32_t incarnation, virtual_ns) override {
    if (role == mailing) mails_ = begun(incarnation, false);
    if (role == settling) settlements_ = begun(incarnation, true);
    return {};
  }

  void on_delivery(const delivery_view& view) override {
    auto* r = of(view.receiver, view.incarnation);
    if (r == nullptr || view.element == nullptr) return;
    if (view.is<service_healed>()) healed(*r);
    if (view.is<mails_revived>()) r->revived = r->just_revived = true;
    const auto question = view.element->mid.request_id().integer_value();
    if (r->postponing.erase(question) != 0 && view.is<mail_filed>())
      r->failures_at_least = r->failing.erase(question) != 0 ? r->failures_at_least + 1 : 0;
    if (r->asked.erase(question) == 0) return;
    // Others may fail all the same, or have failed and are being written down.
    if (!view.is<mail_filed>()) return;
    r->failures_at_most = r->asked.size() + r->postponing.size();
    r->failures_at_least = 0;
  }

  std::string on_sending(const sending_view& view) override {
    const auto& content = view.element.content();
    if (auto* hears = of(view.receiver, view.receiver_incarnation)) {
      if (view.is<mails>()) return waits(*hears, content.get_as<mails>(0).next_at);
      if (view.is<settlements>()) return waits(*hears, content.get_as<settlements>(0).next_at);
    }
    auto* says = of(view.sender, view.sender_incarnation);
    if (says == nullptr || view.passed_on) return {};
    if (view.is<due_settlements>()) return looks(*says, content.get_as<due_settlements>(0));
    const auto question = view.element.mid.request_id().integer_value();
    if (view.is<send_mail>()) {
      says->asked.insert(question);
      says->current.insert(content.get_as<send_mail>(0).what.message_id);
      ++says->failures_at_most;
    }
    if (view.is<postpone_mail>()) {
      says->postponing.insert(question);
      const auto& what = content.get_as<postpone_mail>(0);
      // Who refuses an address is up.
      if (says->current.erase(what.message_id) != 0 && !what.dead) says->failing.insert(question);
    }
    if (!view.is<due_mails>()) return {};
    const auto& look = content.get_as<due_mails>(0);
    if (auto wrong = spares(*says, look.limit); !wrong.empty()) return wrong;
    return looks(*says, look);
  }

 private:
  struct relay {
    std::string name;
    std::uint32_t incarnation = 0;
    bool healed = false;        ///< and it has not looked for all since
    bool revived = false;       ///< the store has said so since; SETTLEMENT gives nothing up
    bool just_revived = false;  ///< since its last look, which was planned before
    int looks_as_ever = 0;      ///< since the healing
    wall_ms latest = std::numeric_limits<wall_ms>::max();     ///< a wait that it gives ends by then
    std::set<std::uint64_t> asked;                            ///< mails that it waits to hear of
    std::set<std::uint64_t> postponing;                       ///< its questions to the store
    std::set<std::uint64_t> failing;                          ///< those that count as failures
    std::set<std::string> current;                            ///< handed over since the healing
    std::size_t failures_at_most = 0, failures_at_least = 0;  ///< in a row
  };

  /// Until when a look asks for is a time of the house, or never.
  static constexpr wall_ms any_time = wall_ms{1} << 50;
  /// One may be under way: it asked the store for something else before.
  static constexpr int looks_max = 1;
  static constexpr std::size_t failures_of_an_outage = 10;

  static relay begun(std::uint32_t incarnation, bool settles) {
    relay r;
    r.name = settles ? "SETTLEMENT" : "MAIL RELAY";
    r.incarnation = incarnation;
    r.healed = true;
    r.revived = settles;
    return r;
  }

  relay* of(const std::string& role, std::uint32_t incarnation) {
    auto* r = role == mailing ? &mails_ : role == settling ? &settlements_ : nullptr;
    return r != nullptr && r->incarnation == incarnation ? r : nullptr;
  }

  void healed(relay& r) {
    r.healed = true;
    r.revived = &r == &settlements_;
    r.looks_as_ever = 0;
    r.failures_at_most = 0;  // what failed before is no failure of what was healed
    r.failures_at_least = 0;
    r.failing.clear();
    r.current.clear();
  }

  template <class Look>
  static std::string looks(relay& r, const Look& what) {
    r.latest = what.latest;
    if (!r.healed) return {};
    const bool for_all = what.now > any_time;
    if (for_all && !r.revived)
      return r.name + " looked for mails behind a healing, and had not revived those given up";
    r.healed = !for_all;
    if (for_all || ++r.looks_as_ever <= looks_max) return {};
    return r.name + " looked twice behind a healing for what is due, and not for what waits";
  }

  /// Another clock may have written it down, which was ahead of ours.
  static std::string waits(const relay& r, wall_ms until) {
    if (until <= r.latest || until > any_time) return {};  // never: there is more, whatever it is
    return r.name + " is to wait until " + std::to_string(until) +
           ", and no wait that is given ends later than " + std::to_string(r.latest);
  }

  std::string spares(relay& r, std::uint32_t limit) const {
    const bool planned_now = !std::exchange(r.just_revived, false);
    const auto probes = r.asked.size() + r.postponing.size() + 1;
    if (planned_now && limit > probes && r.failures_at_least >= failures_of_an_outage)
      return r.name + " asks for " + std::to_string(limit) + " items, and its service has failed " +
             std::to_string(r.failures_at_least) + " times in a row";
    if (!planned_now || limit >= batch_ || r.failures_at_most >= failures_of_an_outage) return {};
    return r.name + " spares a service that has failed " + std::to_string(r.failures_at_most) +
           " times in a row at most, and " + std::to_string(failures_of_an_outage) +
           " make an outage";
  }

  std::uint32_t batch_;
  relay mails_, settlements_;
};

}  // namespace

std::unique_ptr<oracle> make_relays(const plan& p) {
  return std::make_unique<relays_go_on>(static_cast<std::uint32_t>(p.numbers.relay_batch));
}

}  // namespace taquilla::simulation
