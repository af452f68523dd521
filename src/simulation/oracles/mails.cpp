// Promise 4: every confirmed reservation's mail is delivered once the service is healthy, once by
// message id.
#include "actors/protocol.hpp"
#include "simulation/oracles/promises.hpp"

#include <caf/all.hpp>

#include <map>
#include <set>

namespace taquilla::simulation {

namespace {

class mailed_once final : public oracle {
 public:
  const char* name() const override { return "mailed-once"; }

  /// Nobody is to read "cancelled" before "confirmed": the one is not due while the other is.
  std::string on_sending(const sending_view& view) override {
    const auto& content = view.element.content();
    if (view.sender != "store" || !view.is<mails>()) return {};
    std::set<reservation_id> to_confirm;
    const auto& due = content.get_as<mails>(0).list;
    for (const auto& m : due)
      if (m.message_id == std::to_string(m.id) + "-confirmed") to_confirm.insert(m.id);
    for (const auto& m : due)
      if (m.message_id == std::to_string(m.id) + "-cancelled" && to_confirm.count(m.id) != 0)
        return "mail " + m.message_id + " was due beside its confirmation";
    return {};
  }

  std::string at_end(const plan&, const history&, const final_state& f,
                     const run_facts& facts) override {
    if (!facts.store_readable) return {};
    std::map<std::string, int> count;
    std::map<std::string, std::string> to;
    for (const auto& m : f.mailbox) {
      ++count[m.message_id];
      to[m.message_id] = m.to;
    }
    for (const auto& [id, n] : count)
      if (n > 1) return "mail " + id + " was delivered " + std::to_string(n) + " times";
    std::set<std::string> given_up;
    for (const auto& m : f.outbox)
      if (m.dead) given_up.insert(m.message_id);
    for (const auto& row : f.all) {
      auto wrong = judge(row, count, to, facts.came_to_rest, given_up);
      if (!wrong.empty()) return wrong;
    }
    return {};
  }

 private:
  static std::string judge(const reservation& row, const std::map<std::string, int>& count,
                           const std::map<std::string, std::string>& to, bool at_rest,
                           const std::set<std::string>& given_up) {
    auto n = std::to_string(row.id);
    bool sold =
        row.state == reservation_state::confirmed || row.state == reservation_state::cancelled;
    bool told = count.count(n + "-confirmed") != 0;
    bool told_off = count.count(n + "-cancelled") != 0;
    if (told && !sold)
      return "reservation " + n + " is " + taquilla::to_string(row.state) +
             " and was confirmed by mail";
    if (told && to.at(n + "-confirmed") != row.email)
      return "the mail of reservation " + n + " went astray";
    if (told_off && row.state != reservation_state::cancelled)
      return "reservation " + n + " was cancelled by mail alone";
    if (!at_rest) return {};
    // A confirmation that was given up is not sent behind the cancellation.
    const bool overtaken = told_off && given_up.count(n + "-confirmed") != 0;
    if (sold && !told && !overtaken) return "the buyer of reservation " + n + " was never told";
    if (row.state == reservation_state::cancelled && !told_off)
      return "the cancellation of reservation " + n + " was never mailed";
    return {};
  }
};

}  // namespace

std::unique_ptr<oracle> make_mails() { return std::make_unique<mailed_once>(); }

}  // namespace taquilla::simulation
