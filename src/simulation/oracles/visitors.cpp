// Promise 5 for those who look: whoever asks the front desk is answered, once, in time, with the
// truth, and sent away only where too many ask at once, or where he who knows keeps silent. When
// the house is told to stop, whoever waits is looked for at once.
#include "simulation/world/visitors.hpp"

#include "simulation/oracles/news.hpp"
#include "simulation/oracles/promises.hpp"
#include "simulation/world/plan.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace taquilla::simulation {

namespace {

constexpr virtual_ns ms = 1'000'000;

std::string words_of(const visit_record& v) {
  return std::string{"a visitor who asked for "} + to_string(v.what.what) + " at " +
         std::to_string(v.asked / ms) + " ms ";
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

class visitors_hear_the_truth final : public oracle {
 public:
  const char* name() const override { return "visitors-hear-the-truth"; }

  std::string on_sending(const sending_view& view) override {
    now_ = view.now;
    if (view.receiver == "clerk" && view.is<desk_report>()) desk_spoke_.push_back(now_);
    if (view.receiver == "clerk" && view.is<store_counts>()) store_spoke_.push_back(now_);
    if (view.sender == "clerk" && view.is<list_events>()) asked_for_events_.push_back(now_);
    if (view.sender == "clerk" && view.is<show_chaos>()) asked_for_chaos_.push_back(now_);
    note_look(view);
    const auto* what = news(view, "clerk");
    if (what == nullptr || what->kind != "clerk.failed") return {};
    return "an errand of the clerk threw: " + what->detail;
  }

  std::string at_end(const plan& p, const history&, const final_state& f,
                     const run_facts& facts) override {
    if (!facts.store_readable) return {};
    calm_ = is_quiet(p) && !facts.disturbed && !facts.duplicated;
    timely_ = is_steady(p) && p.fast_disk;
    if (is_punctual(p, "clerk") && !facts.disturbed) prompt_ = prompt_at_most;
    for (const auto& v : facts.visits)
      for (const auto& wrong :
           {ending(v, facts), refusal(v), shown_health(v), shown_mails(v, f), shown_wait(v, f),
            kept_waiting(v), shown_older(v), shown_rows(v, f), shown_charges(v, f)})
        if (!wrong.empty()) return words_of(v) + wrong;
    return {};
  }

 private:
  /// A look into somebody's mailbox, from the clerk's question to the answer.
  struct look {
    std::string to;
    virtual_ns since = 0, until = 0;
  };

  std::string ending(const visit_record& v, const run_facts& facts) const {
    if (v.answers > 1) return "was answered " + std::to_string(v.answers) + " times";
    if (v.answers == 1) {
      const auto took = v.answered - v.asked;
      const auto limit = calm_ ? v.what.for_ms * ms + at_once : answered_within(v.what);
      if (!timely_ || took <= limit) return {};
      return "was answered after " + std::to_string(took / ms) + " ms";
    }
    const bool dead = v.process != facts.processes;
    if (dead || now_ - v.asked < surely_answered_within(v.what)) return {};
    return "was never answered";
  }

  std::string refusal(const visit_record& v) const {
    if (v.answers == 0) return {};
    const bool counted = place_of(v.what.what) != visit_place::none;
    const bool full = counted && v.beside >= visitors::places;
    if (full != (v.why == errc::overloaded))
      return (full ? "was let in, though " : "was told overloaded, though only ") +
             std::to_string(v.beside) + " others were asking, and " +
             std::to_string(visitors::places) + " may at once";
    if (v.why == errc::none || full || !calm_ || v.closing) return {};
    if (v.why == errc::unknown_reservation && !v.sold) return {};
    return std::string{"was told "} + to_string(v.why) + " (" + v.detail +
           ") although nothing was in the way";
  }

  std::string shown_health(const visit_record& v) const {
    if (v.what.what != visit::kind::health || v.answers == 0 || v.why != errc::none) return {};
    if (!v.ready)
      return calm_ && !v.closing ? "was told that it is not ready although nothing was in the way"
                                 : "";
    for (const char* part : {"store", "reservation_desk"})
      if (contains(v.absent, part))
        return std::string{"was told that it is ready although it said that the "} + part +
               " is not up";
    if (!spoke(desk_spoke_, v) || !spoke(store_spoke_, v))
      return "was told that it is ready although the desk or the store had not answered";
    return {};
  }

  /// Who shares an answer shares one to a question that was put after his own.
  std::string shown_older(const visit_record& v) const {
    const bool events = v.what.what == visit::kind::events,
               chaos = v.what.what == visit::kind::chaos;
    if ((!events && !chaos) || v.answers == 0 || v.why != errc::none) return {};
    if (spoke(events ? asked_for_events_ : asked_for_chaos_, v)) return {};
    return "was shown what had been asked before he came";
  }

  static bool spoke(const std::vector<virtual_ns>& when, const visit_record& v) {
    const auto first = std::lower_bound(when.begin(), when.end(), v.asked);
    return first != when.end() && *first <= v.answered;
  }

  /// A mail that waits may go out, and no other way.
  static std::string shown_mails(const visit_record& v, const final_state& f) {
    const auto is_in = [](const std::vector<mail>& box, const std::string& id) {
      return std::any_of(box.begin(), box.end(), [&](const mail& m) { return m.message_id == id; });
    };
    const bool may_wait = v.what.what == visit::kind::outbox;
    for (const auto& id : v.mails)
      if (!is_in(f.mailbox, id) && !(may_wait && is_in(f.outbox, id)))
        return "was shown mail " + id + ", which is nowhere";
    return {};
  }

  std::string shown_wait(const visit_record& v, const final_state& f) const {
    if (v.what.what != visit::kind::wait || v.answers == 0 || v.why != errc::none) return {};
    const auto waited_ms = (v.answered - v.asked) / ms;
    if (v.mails.empty() && waited_ms + 1 < v.what.for_ms && !v.closing)
      return "was sent away after " + std::to_string(waited_ms) + " ms of " +
             std::to_string(v.what.for_ms);
    if (!calm_) return {};
    const auto came = v.answered_at - waited_ms;
    if (!v.mails.empty() && v.answered_at > std::max(came, v.first_mail_at) + at_once_ms)
      return "heard of his mail " + std::to_string(v.answered_at - v.first_mail_at) +
             " ms after it was delivered";
    for (const auto& m : f.mailbox)
      if (v.mails.empty() && m.to == email_of(v.what.buyer) &&
          m.delivered_at + at_once_ms < v.answered_at)
        return "was told that there is none although " + m.message_id + " was delivered";
    return {};
  }

  void note_look(const sending_view& view) {
    const auto number = view.element.mid.request_id().integer_value();
    if (view.sender == "clerk" && view.is<list_mailbox>())
      looks_[{view.sender_incarnation, number}] = {
          view.element.content().get_as<list_mailbox>(0).to, now_, never};
    if (view.receiver == "clerk" && view.is<mails>())
      looks_[{view.receiver_incarnation, number}].until = now_;
  }

  /// He is answered with what there is, so that he holds nobody up.
  std::string kept_waiting(const visit_record& v) const {
    const auto until = v.answers > 0 ? v.answered : v.gone;
    if (v.what.what != visit::kind::wait || v.stopped == 0) return {};
    if (until <= v.stopped + prompt_) return {};
    for (const auto& [question, one] : looks_)
      if (one.to == email_of(v.what.buyer) && one.since <= v.stopped + prompt_ &&
          one.until >= v.stopped)
        return {};
    return "went on waiting for a mail when the house had been told to stop";
  }

  static std::string shown_rows(const visit_record& v, const final_state& f) {
    using state = reservation_state;
    if (v.why == errc::unknown_reservation && v.sold)
      return "was told that there is no reservation " + std::to_string(v.id) +
             ", which somebody had bought";
    if (!v.astray.empty()) return "was shown " + v.astray + ", which he had not asked for";
    for (const auto& [id, shown] : v.rows) {
      const auto row = find(f.all, id);
      const bool may_be = shown == state::confirmed && row && row->state == state::cancelled;
      if (row && (shown == row->state || shown == state::pending || may_be)) continue;
      return "was shown reservation " + std::to_string(id) + " as " + to_string(shown) +
             ", and it is " + (row ? to_string(row->state) : "not there");
    }
    return {};
  }

  static std::string shown_charges(const visit_record& v, const final_state& f) {
    for (const auto& [id, shown] : v.charges) {
      const auto row = find(f.charges, id);
      if (row && (shown == row->state || shown == charge_state::charged)) continue;
      return "was shown the charge of " + std::to_string(id) + " as " + to_string(shown) +
             ", and it is " + (row ? to_string(row->state) : "not there");
    }
    return {};
  }

  template <class Row>
  static const Row* find(const std::vector<Row>& all, reservation_id id) {
    const auto row =
        std::find_if(all.begin(), all.end(), [&](const Row& one) { return one.id == id; });
    return row == all.end() ? nullptr : &*row;
  }

  static constexpr wall_ms at_once_ms = 2'000;
  static constexpr virtual_ns at_once = at_once_ms * ms;
  static constexpr virtual_ns never = std::numeric_limits<virtual_ns>::max() / 2;
  /// Where nothing is later than half a second, the errand and its question.
  static constexpr virtual_ns prompt_at_most = 1'200 * ms;

  virtual_ns now_ = 0;
  bool calm_ = false;          ///< nothing is in anybody's way
  bool timely_ = false;        ///< no deadline is late
  virtual_ns prompt_ = never;  ///< within it the clerk does what it has to
  std::map<std::pair<std::uint32_t, std::uint64_t>, look> looks_;  ///< by clerk and question
  std::vector<virtual_ns> desk_spoke_, store_spoke_;               ///< to the clerk
  std::vector<virtual_ns> asked_for_events_, asked_for_chaos_;     ///< by the clerk
};

}  // namespace

std::unique_ptr<oracle> make_visitors() { return std::make_unique<visitors_hear_the_truth>(); }

}  // namespace taquilla::simulation
