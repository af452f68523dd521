// Promises to whoever looks: a purchase's timeline tells what became of it, and nothing twice, and
// of a fault as often as it touched somebody; a relay writes down what touched its errands; a mail
// is called given up only when it was; and a buyer's reservations and mails, page by page, are all
// that there are of his, and the store counts what it has.
#include "actors/protocol.hpp"
#include "simulation/cases/spans.hpp"
#include "simulation/oracles/promises.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

namespace taquilla::simulation {

namespace {

class timeline_is_true final : public oracle {
 public:
  const char* name() const override { return "timeline-is-true"; }

  void on_process_start(virtual_ns) override {
    written_.clear();
    due_.reset();
  }
  void on_ended(const std::string& role, std::uint32_t incarnation) override {
    written_.erase({role, incarnation});
    if (role == "store") has_store_ = false;
    due_.reset();
  }

  void on_delivery(const delivery_view& view) override {
    missed_ = due_.has_value();
    if (!view.is<fault_touched>() || !is_relay(view.receiver)) return;
    const auto& fault = view.element->content().get_as<fault_touched>(0);
    const auto relay = written_.find({view.receiver, view.incarnation});
    // What is said to a dead store nobody sees.
    if (fault.id == 0 || relay == written_.end() || !has_store_) return;
    if (relay->second.count({fault.id, fault.fault_id}) == 0) due_ = {fault.id, fault.fault_id};
  }

  std::string on_sending(const sending_view& view) override {
    if (missed_ && due_)
      return "fault " + due_->second + " touched what was done for reservation " +
             std::to_string(due_->first) + ", and its relay did not write it down";
    const auto& content = view.element.content();
    if (view.is<fault_touched>()) ++touches_[content.get_as<fault_touched>(0).fault_id];
    note_attempts(view);
    if (view.is<postpone_mail>() && content.get_as<postpone_mail>(0).dead)
      given_up_.insert(content.get_as<postpone_mail>(0).message_id);
    if (view.sender == "store" && view.is<reservation>())
      return given_up_for_nothing(content.get_as<reservation>(0));
    if (!is_relay(view.sender) || !view.is<append_timeline>()) return {};
    const auto& what = content.get_as<append_timeline>(0);
    for (const auto& line : what.entries) {
      written_[{view.sender, view.sender_incarnation}].emplace(what.id, line.fault);
      if (due_ == touch{what.id, line.fault}) due_.reset();
    }
    return {};
  }

  std::string on_spawned(const std::string& role, std::uint32_t incarnation, virtual_ns) override {
    if (role == "store") has_store_ = true;
    if (is_relay(role)) written_[{role, incarnation}];
    return {};
  }

  std::string at_end(const plan&, const history&, const final_state& f,
                     const run_facts& facts) override {
    if (!facts.store_readable) return {};
    std::map<std::string, int> told;
    for (const auto& row : f.told) {
      auto wrong = judge(row, facts);
      if (wrong.empty()) wrong = aftermath_untold(row, f);
      if (!wrong.empty()) return "reservation " + std::to_string(row.id) + " " + wrong;
      for (const auto& e : row.timeline)
        for (const auto& fault : faults_in(e.fault)) ++told[fault];
    }
    if (facts.duplicated) return {};  // what is appended may be so twice
    for (const auto& [fault, times] : told)
      if (times > touches_[fault])
        return "fault " + fault + " touched " + std::to_string(touches_[fault]) +
               " things, and timelines tell of " + std::to_string(times);
    return {};
  }

 private:
  using touch = std::pair<reservation_id, std::string>;

  /// "payment#1, payment#2"
  static std::vector<std::string> faults_in(const std::string& list) {
    std::vector<std::string> out;
    const std::string comma = ", ";
    for (std::size_t from = 0; from < list.size();) {
      const auto to = std::min(list.find(comma, from), list.size());
      out.push_back(list.substr(from, to - from));
      from = to + comma.size();
    }
    return out;
  }

  static bool is_relay(const std::string& role) {
    return role == "mail_relay" || role == "settlement";
  }

  std::string judge(const reservation& row, const run_facts& facts) const {
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

  /// What became of the money, and the mails that were delivered, are in it too.
  static std::string aftermath_untold(const reservation& row, const final_state& f) {
    const auto told = [&row](const std::string& step) {
      return std::count_if(row.timeline.begin(), row.timeline.end(),
                           [&](const auto& e) { return e.step == step; });
    };
    for (const auto& charge : f.charges) {
      if (charge.id != row.id) continue;
      const bool back = charge.state == charge_state::refunded;
      if (told("refunded") != (back ? 1 : 0) ||
          told("charge_voided") != (charge.state == charge_state::voided ? 1 : 0))
        return std::string{"has a charge that is "} + to_string(charge.state) +
               ", and its timeline does not tell so once";
    }
    const auto mails = std::count_if(f.mailbox.begin(), f.mailbox.end(),
                                     [&](const mail& m) { return m.about.id == row.id; });
    if (told("mail_delivered") != mails)
      return "has " + std::to_string(mails) + " mails, and its timeline tells of " +
             std::to_string(told("mail_delivered"));
    return {};
  }

  /// "7-confirmed: attempts 3, mail_bounced"
  std::string given_up_for_nothing(const reservation& row) const {
    for (const auto& e : row.timeline)
      if (e.step == "mail_given_up" && given_up_.count(e.detail.substr(0, e.detail.find(':'))) == 0)
        return "a timeline says that mail " + e.detail + " was given up, and it never was";
    return {};
  }

  static std::string state_of(const reservation& row) {
    return std::string{"is "} + taquilla::to_string(row.state) + " and not, or not once, ";
  }

  using attempt = std::tuple<wall_ms, std::string>;

  /// Which a purchase tells the store: when, so that a story can name it.
  void note_attempts(const sending_view& view) {
    if (view.sender != "reservation" || view.passed_on) return;
    const auto& content = view.element.content();
    const auto note = [&](const std::vector<timeline_entry>& lines) {
      for (const auto& e : lines)
        if (e.step == "payment_attempt") said_[{e.at, e.detail}].push_back(view.now);
    };
    if (view.is<append_timeline>()) note(content.get_as<append_timeline>(0).entries);
    if (view.is<confirm_purchase>()) note(content.get_as<confirm_purchase>(0).timeline);
    if (view.is<fail_purchase>()) note(content.get_as<fail_purchase>(0).timeline);
  }

  /// Two attempts have different numbers.
  std::string told_twice(const reservation& row) const {
    std::set<attempt> attempts;
    for (const auto& e : row.timeline)
      if (e.step == "payment_attempt" && !attempts.emplace(e.at, e.detail).second)
        return "tells twice of " + e.step + " " + e.detail + when_said({e.at, e.detail});
    return {};
  }

  std::string when_said(const attempt& which) const {
    const auto found = said_.find(which);
    if (found == said_.end()) return {};
    std::string out = "; the store was told so";
    for (const auto& at : found->second)
      out += (&at == &found->second.front() ? " at " : " and at ") + print_seconds(at);
    return out;
  }

  std::set<std::string> given_up_;  ///< mails, ever
  std::map<attempt, std::vector<virtual_ns>> said_;
  std::map<std::string, int> touches_;  ///< by the fault's id, which the next process may use again
  /// By relays that live: which fault touched whose errand.
  std::map<std::pair<std::string, std::uint32_t>, std::set<touch>> written_;
  std::optional<touch> due_;  ///< a relay is just hearing of it
  bool has_store_ = false;    ///< that lives
  bool missed_ = false;       ///< it went on to something else
};

/// Pages are asked for in the same runs as timelines.
class listings_are_whole final : public oracle {
 public:
  const char* name() const override { return "listings-are-whole"; }

  std::string at_end(const plan&, const history&, const final_state& f,
                     const run_facts& facts) override {
    if (!facts.store_readable) return {};
    if (auto wrong = miscounted(f); !wrong.empty()) return wrong;
    if (f.told.empty()) return {};
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
  static std::string miscounted(const final_state& f) {
    const auto pending = std::count_if(f.all.begin(), f.all.end(), [](const reservation& r) {
      return r.state == reservation_state::pending;
    });
    const auto dead =
        std::count_if(f.outbox.begin(), f.outbox.end(), [](const mail& m) { return m.dead; });
    const auto wrong = [](const char* what, std::uint64_t counted, std::size_t all) {
      return "the store counts " + std::to_string(counted) + " " + what + ", and has " +
             std::to_string(all);
    };
    const auto is = [](std::uint64_t counted, std::ptrdiff_t all) {
      return counted == static_cast<std::uint64_t>(all);
    };
    const auto& c = f.counts;
    if (c.reservations != f.all.size()) return wrong("reservations", c.reservations, f.all.size());
    if (!is(c.pending, pending)) return wrong("pending purchases", c.pending, pending);
    if (!is(c.outbox_dead, dead)) return wrong("mails given up", c.outbox_dead, dead);
    const auto due = static_cast<std::ptrdiff_t>(f.outbox.size()) - dead;
    return is(c.outbox_due, due) ? std::string{} : wrong("mails due", c.outbox_due, due);
  }

  static std::string missing(const char* what, std::size_t shown, std::ptrdiff_t all) {
    return "page by page a buyer is shown " + std::to_string(shown) + " of his " +
           std::to_string(all) + " " + what;
  }
};

}  // namespace

std::unique_ptr<oracle> make_listings() { return std::make_unique<listings_are_whole>(); }
std::unique_ptr<oracle> make_timelines() { return std::make_unique<timeline_is_true>(); }

}  // namespace taquilla::simulation
