// Promise 4: every confirmed reservation's mail is delivered once the service is healthy, once by
// message id. It is given up when it was tried as often as it may be, not before and not later; and
// whoever was revived counts as if never tried.
#include "actors/protocol.hpp"
#include "simulation/oracles/promises.hpp"
#include "simulation/world/plan.hpp"

#include <caf/all.hpp>

#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace taquilla::simulation {

namespace {

/// How often each mail was tried since it was last revived, as far as the store has said so.
class tries_of_mails {
 public:
  explicit tries_of_mails(std::int64_t attempts_max) : attempts_max_(attempts_max) {}

  void on_process_start() {
    handed_over_.clear();
    for (auto& [id, one] : all_) one.dead = one.dead && one.kept;
  }

  /// What the store is told to do, and does.
  void store_gets(const caf::type_erased_tuple& what) {
    if (what.match_elements<postpone_mail>()) {
      auto& one = all_[what.get_as<postpone_mail>(0).message_id];
      ++one.postponed;
      one.dead = what.get_as<postpone_mail>(0).dead;
      one.kept = false;
      one.revived = one.revived && !one.dead;
    }
    if (!what.match_elements<revive_mails>()) return;
    for (auto& [id, one] : all_) {
      one.reviving = one.dead;
      if (one.dead) one.postponed = 0;
    }
  }

  /// And that it is on the disk.
  void store_says(const caf::type_erased_tuple& what) {
    if (what.match_elements<mail_filed>()) all_[what.get_as<mail_filed>(0).message_id].kept = true;
    if (!what.match_elements<mails_revived>()) return;
    for (auto& [id, one] : all_) {
      if (!std::exchange(one.reviving, false) || !one.kept) continue;
      one.revived = true;
      one.dead = false;
    }
  }

  std::string handed_over(const mail& what) {
    handed_over_[what.message_id] = what.attempts + 1;
    const auto& one = all_[what.message_id];
    if (!one.revived || what.attempts <= one.postponed) return {};
    return "mail " + what.message_id + " was revived and tried " + std::to_string(one.postponed) +
           " times since, and counts as tried " + std::to_string(what.attempts) + " times";
  }

  /// What was met before says nothing of the service since.
  void healed() { handed_over_.clear(); }

  std::string postponed(const postpone_mail& what) const {
    const auto tried = handed_over_.find(what.message_id);
    const bool bounced = what.last_error == taquilla::to_string(errc::mail_bounced);
    if (!bounced || tried == handed_over_.end()) return {};
    if (what.dead == (tried->second >= attempts_max_)) return {};
    return "mail " + what.message_id + (what.dead ? " was given up" : " was to be tried again") +
           " after attempt " + std::to_string(tried->second) + " of at most " +
           std::to_string(attempts_max_);
  }

 private:
  struct fate {
    std::uint32_t postponed = 0;  ///< since the last revival, at most
    bool dead = false;            ///< given up
    bool kept = false;            ///< and the store has said so
    bool reviving = false;        ///< the store is at it
    bool revived = false;
  };

  std::int64_t attempts_max_;
  std::map<std::string, fate> all_;
  std::map<std::string, std::int64_t> handed_over_;  ///< since the last healing; which attempt
};

/// Who asks NOTIFICATION for a mail while the mail server has it hears what that says, and not he
/// who asked before.
class conversations {
 public:
  void process_starts() { *this = {}; }
  void born(const std::string& role, std::uint32_t incarnation) {
    if (role != notification) return;
    here_ = incarnation;
    last_.clear();
  }
  /// To who has ended nothing is said, and so nothing is seen.
  void ended(const std::string& role, std::uint32_t incarnation) {
    gone_.emplace(role, incarnation);
    if (role != notification || incarnation != here_) return;
    here_ = 0;
    due_.reset();
  }

  void hears(const delivery_view& view) {
    silent_ = silent_ || due_;
    if (view.receiver != notification || view.incarnation != here_) return;
    if (view.is<send_mail>() && view.element->mid.is_request()) {
      const auto& id = view.element->content().get_as<send_mail>(0).what.message_id;
      last_[id] = {view.sender, view.sender_incarnation,
                   view.element->mid.request_id().integer_value()};
    }
    if (!view.is<transport_answered>()) return;
    const auto& said = view.element->content().get_as<transport_answered>(0);
    const auto last = last_.find(said.message_id);
    if (last == last_.end()) return;
    const auto& [role, incarnation, number] = last->second;
    if (said.why.code != errc::none && gone_.count({role, incarnation}) == 0) due_ = last->second;
    last_.erase(last);
  }

  std::string says(const sending_view& view) {
    if (silent_) return "the mail server had said no, and who had asked last was not told";
    if (!due_ || view.sender != notification || !view.element.mid.is_response()) return {};
    const auto number = view.element.mid.request_id().integer_value();
    if (*due_ == asker{view.receiver, view.receiver_incarnation, number}) due_.reset();
    return {};
  }

 private:
  using asker = std::tuple<std::string, std::uint32_t, std::uint64_t>;
  static constexpr char notification[] = "notification";

  std::uint32_t here_ = 0;             ///< incarnation of the one that lives
  std::map<std::string, asker> last_;  ///< by message id
  std::set<std::pair<std::string, std::uint32_t>> gone_;
  std::optional<asker> due_;  ///< must be told in this step
  bool silent_ = false;
};

class mailed_once final : public oracle {
 public:
  explicit mailed_once(const plan& p) : tries_(p.numbers.mail_attempts) {}
  const char* name() const override { return "mailed-once"; }

  void on_process_start(virtual_ns) override {
    tries_.on_process_start();
    talks_.process_starts();
    relay_is_new();
  }
  void on_ended(const std::string& role, std::uint32_t incarnation) override {
    talks_.ended(role, incarnation);
    if (role == relay) relay_is_new();
  }

  std::string on_spawned(const std::string& role, std::uint32_t incarnation, virtual_ns) override {
    talks_.born(role, incarnation);
    return {};
  }

  void on_delivery(const delivery_view& view) override {
    talks_.hears(view);
    if (view.receiver == "store" && view.element != nullptr)
      tries_.store_gets(view.element->content());
    if (view.receiver == relay && view.is<service_healed>()) tries_.healed();
    if (view.receiver != relay || !view.is<mail_filed>()) return;
    const auto asked =
        asked_.find({view.incarnation, view.element->mid.request_id().integer_value()});
    if (asked != asked_.end()) delivered_.insert(asked->second);
  }

  std::string on_sending(const sending_view& view) override {
    if (auto wrong = talks_.says(view); !wrong.empty()) return wrong;
    if (view.sender == relay && !view.passed_on && view.is<send_mail>()) return handed_over(view);
    if (view.sender == "store") tries_.store_says(view.element.content());
    if (view.sender == relay && view.is<postpone_mail>()) return given_up_waiting(view);
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
    tries_.healed();
    asked_.clear();
    delivered_.clear();
  }

  /// Message-IDs are for those who get a mail twice; a relay that knows better does not need them.
  std::string handed_over(const sending_view& view) {
    const auto& what = view.element.content().get_as<send_mail>(0).what;
    if (auto wrong = tries_.handed_over(what); !wrong.empty()) return wrong;
    const auto& id = what.message_id;
    asked_[{view.sender_incarnation, view.element.mid.request_id().integer_value()}] = id;
    if (what.about.kind == mail_kind::cancelled) cancelled_.insert(what.about.id);
    if (what.about.kind == mail_kind::confirmed && cancelled_.count(what.about.id) != 0)
      return "mail " + id + " was handed over behind that of its cancellation";
    if (delivered_.count(id) == 0) return {};
    return "mail " + id + " was handed over again by a relay that knew it to be delivered";
  }

  /// An answer that comes after this is not heard.
  std::string given_up_waiting(const sending_view& view) {
    const auto& what = view.element.content().get_as<postpone_mail>(0);
    for (auto i = asked_.begin(); i != asked_.end();)
      i = i->second == what.message_id ? asked_.erase(i) : std::next(i);
    return tries_.postponed(what);
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

  tries_of_mails tries_;
  conversations talks_;
  /// Which answer is due to which mail; each relay counts its questions anew.
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::string> asked_;
  std::set<std::string> delivered_;     ///< and the relay that lives has heard so
  std::set<reservation_id> cancelled_;  ///< whose cancellation was ever handed over
};

}  // namespace

std::unique_ptr<oracle> make_mails(const plan& p) { return std::make_unique<mailed_once>(p); }

}  // namespace taquilla::simulation
