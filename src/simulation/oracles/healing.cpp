// Promise 5, for what waits: a service that was healed is used at once. Its relay is told so, and
// so is one that has just been started, for whoever it follows may have been told. Behind that it
// looks for whatever is on its queue, however long that was to wait; and MAIL RELAY first has those
// mails revived that were given up.
#include "actors/protocol.hpp"
#include "simulation/oracles/promises.hpp"
#include "store/commands.hpp"

#include <caf/all.hpp>

#include <string>

namespace taquilla::simulation {

namespace {

constexpr char mailing[] = "mail_relay", settling[] = "settlement";

class healing_is_heard final : public oracle {
 public:
  const char* name() const override { return "healing-is-heard"; }

  std::string on_spawned(const std::string& role, std::uint32_t incarnation, virtual_ns) override {
    if (role == mailing) mails_ = {incarnation, true, false, 0};
    if (role == settling) settlements_ = {incarnation, true, true, 0};
    return {};
  }

  void on_delivery(const delivery_view& view) override {
    const bool healed = view.is<service_healed>();
    if (!healed && !view.is<mails_revived>()) return;
    auto* r = view.receiver == mailing    ? &mails_
              : view.receiver == settling ? &settlements_
                                          : nullptr;
    if (r == nullptr || r->incarnation != view.incarnation) return;
    if (healed)
      *r = {r->incarnation, true, r == &settlements_, 0};
    else
      r->revived = true;
  }

  std::string on_sending(const sending_view& view) override {
    if (view.passed_on) return {};
    const auto& content = view.element.content();
    if (view.is<due_mails>() && view.sender == mailing)
      return looks(mails_, content.get_as<due_mails>(0).now, "MAIL RELAY");
    if (view.is<due_settlements>() && view.sender == settling)
      return looks(settlements_, content.get_as<due_settlements>(0).now, "SETTLEMENT");
    return {};
  }

 private:
  struct relay {
    std::uint32_t incarnation = 0;
    bool healed = false;    ///< and it has not looked for all since
    bool revived = false;   ///< the store has said so since; SETTLEMENT gives nothing up
    int looks_as_ever = 0;  ///< since
  };

  /// Until when a look asks for is a time of the house, or never.
  static constexpr wall_ms any_time = wall_ms{1} << 50;
  /// One may be under way: it asked the store for something else before.
  static constexpr int looks_max = 1;

  static std::string looks(relay& r, wall_ms until, const std::string& who) {
    if (!r.healed) return {};
    const bool for_all = until > any_time;
    if (for_all && !r.revived)
      return who + " looked for mails behind a healing, and had not revived those given up";
    r.healed = !for_all;
    if (for_all || ++r.looks_as_ever <= looks_max) return {};
    return who + " looked twice behind a healing for what is due, and not for what waits";
  }

  relay mails_, settlements_;
};

}  // namespace

std::unique_ptr<oracle> make_healing() { return std::make_unique<healing_is_heard>(); }

}  // namespace taquilla::simulation
