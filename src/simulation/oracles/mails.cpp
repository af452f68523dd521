// Promise 4: every confirmed reservation's mail is delivered once the service is healthy, once by
// message id.
#include "actors/protocol.hpp"
#include "simulation/oracles/promises.hpp"
#include "simulation/world/plan.hpp"

#include <caf/all.hpp>

#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace taquilla::simulation {

namespace {

class mailed_once final : public oracle {
 public:
  const char* name() const override { return "mailed-once"; }

  void on_process_start(virtual_ns) override { relay_is_new(); }
  void on_ended(const std::string& role, std::uint32_t) override {
    if (role == relay) relay_is_new();
  }

  void on_delivery(const delivery_view& view) override {
    if (view.receiver != relay || !view.is<mail_filed>()) return;
    const auto asked =
        asked_.find({view.incarnation, view.element->mid.request_id().integer_value()});
    if (asked != asked_.end()) delivered_.insert(asked->second);
  }

  std::string on_sending(const sending_view& view) override {
    if (view.sender == relay && !view.passed_on && view.is<send_mail>()) return handed_over(view);
    if (view.sender == relay && view.is<postpone_mail>()) given_up_waiting(view);
    return confirmed_first(view);
  }

  std::string at_end(const plan& p, const history&, const final_state& f,
                     const run_facts& facts) override {
    if (!facts.store_readable) return {};
    if (!facts.posted_again.empty())
      return "mail " + facts.posted_again + " was sent twice by one NOTIFICATION";
    if (p.post.there)
      if (auto wrong = judge_post(f.mailbox, facts.posted); !wrong.empty()) return wrong;
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
  static constexpr char relay[] = "mail_relay";

  void relay_is_new() {
    asked_.clear();
    delivered_.clear();
  }

  /// Message-IDs are for those who get a mail twice; a relay that knows better does not need them.
  std::string handed_over(const sending_view& view) {
    const auto& what = view.element.content().get_as<send_mail>(0).what;
    const auto& id = what.message_id;
    asked_[{view.sender_incarnation, view.element.mid.request_id().integer_value()}] = id;
    if (what.about.kind == mail_kind::cancelled) cancelled_.insert(what.about.id);
    if (what.about.kind == mail_kind::confirmed && cancelled_.count(what.about.id) != 0)
      return "mail " + id + " was handed over behind that of its cancellation";
    if (delivered_.count(id) == 0) return {};
    return "mail " + id + " was handed over again by a relay that knew it to be delivered";
  }

  /// An answer that comes after this is not heard.
  void given_up_waiting(const sending_view& view) {
    const auto& id = view.element.content().get_as<postpone_mail>(0).message_id;
    for (auto i = asked_.begin(); i != asked_.end();)
      i = i->second == id ? asked_.erase(i) : std::next(i);
  }

  /// Nobody is to read "cancelled" before "confirmed": the one is not due while the other is.
  static std::string confirmed_first(const sending_view& view) {
    const auto& content = view.element.content();
    if (view.receiver != "mail_relay" || !view.is<mails>()) return {};
    std::set<reservation_id> to_confirm;
    const auto& due = content.get_as<mails>(0).list;
    for (const auto& m : due)
      if (m.message_id == std::to_string(m.about.id) + "-confirmed") to_confirm.insert(m.about.id);
    for (const auto& m : due)
      if (m.message_id == std::to_string(m.about.id) + "-cancelled" &&
          to_confirm.count(m.about.id) != 0)
        return "mail " + m.message_id + " was due beside its confirmation";
    return {};
  }

  /// A mail is filed when the mail server has taken it.
  static std::string judge_post(const std::vector<mail>& filed,
                                const std::map<std::string, std::string>& posted) {
    for (const auto& m : filed) {
      const auto taken = posted.find(m.message_id);
      if (taken == posted.end()) return "mail " + m.message_id + " was filed and never handed over";
      if (taken->second != m.to) return "mail " + m.message_id + " was handed over for another";
    }
    return {};
  }

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

  /// Which answer is due to which mail; each relay counts its questions anew.
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::string> asked_;
  std::set<std::string> delivered_;     ///< and the relay that lives has heard so
  std::set<reservation_id> cancelled_;  ///< whose cancellation was ever handed over
};

}  // namespace

std::unique_ptr<oracle> make_mails() { return std::make_unique<mailed_once>(); }

}  // namespace taquilla::simulation
