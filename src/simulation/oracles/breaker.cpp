// Promise 6, for the breaker: judged by a second reading of its rules, from what is said and heard.
//
// The desk announces each change of its breaker to the event feed before it lets anybody act on it,
// so the order of sending is the order of truth; what the desk has heard is what was delivered to
// it. Open lets nothing pass and is over after `open_ms`, neither earlier nor later; `open_growth`
// makes that longer each time that it opens without having closed. Half-open has `probes` at once,
// and no more than are needed to close it; only good answers of probes close the breaker, and a
// probe that nobody answers does not block it for ever. Closed opens at the `failures`-th failure
// in a row, or at the share of failures among the last calls, not before. Where it is closed by
// way of a ramp, one failure opens it again, and the ramp is over after `ramp_ms`. A word that
// INVENTORY is back lets a probe pass at once, and who is refused is told how long the breaker
// stays open. Every purchase that asked tells the breaker how it went before it ends.
#include "actors/errors.hpp"
#include "policies/circuit_breaker_config.hpp"
#include "simulation/cases/spans.hpp"
#include "simulation/oracles/news.hpp"
#include "simulation/oracles/promises.hpp"
#include "simulation/world/plan.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>

namespace taquilla::simulation {

namespace {

constexpr virtual_ns ms = 1'000'000;
/// The breaker counts whole milliseconds.
constexpr virtual_ns rounding = 2 * ms;

class breaker_holds final : public oracle {
 public:
  explicit breaker_holds(const circuit_breaker_config& rule) : rule_(rule) {}
  const char* name() const override { return "breaker-holds"; }

  void on_process_start(virtual_ns) override { *this = breaker_holds{rule_}; }

  std::string on_spawned(const std::string& role, std::uint32_t incarnation,
                         virtual_ns now) override {
    if (role == "reservation")
      born_in_[incarnation] = {state_, era_, failures_, too_many_failures(), now};
    if (role == "reservation" && state_ == "half_open") {
      // It may be the probe, or go on with a leftover and ask INVENTORY nothing.
      if (born_in_era_++ == 0) first_born_ = now;
      probed_at_ = now;
    }
    if (role == "reservation_desk") enter("closed", now);  // a new desk has a new breaker
    return {};
  }

  void on_delivery(const delivery_view& view) override {
    healed_ = false;
    still_not_open_ = still_not_open_ || due_open_;
    if (view.receiver == "reservation" && view.element != nullptr) got_answer(view);
    if (view.receiver != "reservation_desk" || view.element == nullptr) return;
    const auto& content = view.element->content();
    if (view.is<service_healed>() && content.get_as<service_healed>(0).service == "inventory") {
      healed_ = true;
      due_half_open_ = state_ == "open" || state_ == "half_open";
    }
    if (view.is<inventory_heard>() && view.sender == "reservation")
      heard(view.sender_incarnation, content.get_as<inventory_heard>(0).outcome);
  }

  std::string on_sending(const sending_view& view) override {
    if (still_not_open_)
      return (state_ == "ramping" ? "a call failed on the ramp" : "a probe failed") +
             std::string{", and the breaker that heard so did not open"};
    if (const auto* what = news(view, "reservation_desk"))
      return what->kind.rfind("breaker.", 0) == 0 ? announced(*what, view.now) : std::string{};
    const auto& content = view.element.content();
    if (view.sender == "reservation" && view.is<record_purchase>())
      return misquoted(view.sender_incarnation, content.get_as<record_purchase>(0).timeline);
    if (view.sender == "reservation" && view.is<purchase_over>())
      return ended(view.sender_incarnation);
    // A door passes the same message on in the same sender's name: it counts once.
    if (view.sender == "reservation" && !view.passed_on && view.is<hold_seat>())
      return asked(view.sender_incarnation);
    if (view.sender == "reservation" && view.is<inventory_heard>())
      return answered(view.sender_incarnation, content.get_as<inventory_heard>(0).outcome);
    if (view.sender == "reservation_desk" && content.match_elements<caf::error>() &&
        as_error(content.get_as<caf::error>(0), errc::internal_error).code == errc::breaker_open)
      return refused(as_error(content.get_as<caf::error>(0), errc::internal_error), view.now);
    return {};
  }

 private:
  struct birth {
    std::string state;
    int era = 0;
    int failures = 0;       ///< in a row, that the desk had heard of
    bool too_late = false;  ///< the breaker should have been open by then
    virtual_ns at = 0;
    bool unreported = false;  ///< it asked INVENTORY, and has not said how that went
    bool probes = false;      ///< it asked while the breaker was half-open, which knows no answer
    std::optional<breaker_outcome> due = {};  ///< what it has to say: it has the answer
  };

  void enter(const std::string& state, virtual_ns now) {
    state_ = state;
    latest_.clear();
    if (state == "closed") open_time_ = 0;
    if (state == "open")
      open_time_ = open_time_ == 0 ? rule_.open_ms * ms
                                   : static_cast<virtual_ns>(std::min(
                                         static_cast<double>(open_time_) * rule_.open_growth,
                                         static_cast<double>(rule_.open_ms_max) * ms));
    since_ = since_latest_ = first_born_ = probed_at_ = now;
    born_in_era_ = 0;
    ++era_;
    due_half_open_ = due_open_ = false;
    probing_ = good_probes_ = good_answers_ = failures_ = 0;
  }

  /// Of those that the desk has heard of, while closed.
  bool too_many_failures() const {
    if (rule_.mode == breaker_mode::consecutive) return failures_ >= rule_.failures;
    return latest_.size() >= rule_.window_calls_min &&
           100 * failed_of_latest() >= rule_.failed_percent * latest_.size();
  }
  std::size_t failed_of_latest() const {
    return static_cast<std::size_t>(std::count(latest_.begin(), latest_.end(), true));
  }

  std::string announced(const happened& what, virtual_ns now) {
    const auto to = what.kind.substr(8);
    const auto wrong = wrong_turn(to, now);
    // An opening that comes to light later counts from when it was due.
    const bool backdated = what.detail.find("probe_lost") != std::string::npos;
    const auto lease = rule_.lease_ms * ms;
    const auto due = std::min(now, first_born_ + lease), latest = std::min(now, probed_at_ + lease);
    enter(to, now);
    if (!backdated) return wrong;
    since_ = due;
    since_latest_ = latest;
    return wrong;
  }

  /// It goes from `state_` to `to`.
  std::string wrong_turn(const std::string& to, virtual_ns now) const {
    if (state_ == "half_open" && to == (rule_.ramp_ms == 0 ? "ramping" : "closed"))
      return "the breaker went from half-open to " + to + ", which is not the way it has here";
    if (state_ == "half_open" && to != "open" && good_answers_ < rule_.successes_to_close &&
        to != "half_open")
      return "the breaker went to " + to + " and " +
             (good_answers_ == 0 ? "no probe" : "only " + std::to_string(good_answers_)) +
             " that it let pass since " + print_seconds(since_) + " had come back well";
    if (state_ == "closed" && to == "open" && !too_many_failures())
      return "the breaker opened after " +
             (rule_.mode == breaker_mode::consecutive
                  ? std::to_string(failures_) + " failures in a row"
                  : std::to_string(failed_of_latest()) + " failures of the last " +
                        std::to_string(latest_.size()) + " calls");
    if (state_ == "open" && to == "half_open" && !healed_ && now + rounding < since_ + open_time_)
      return "the breaker let a probe pass before its time was over";
    if (state_ == "ramping" && to == "open" && failures_ == 0)
      return "the breaker opened, and none of the calls that its ramp had let pass had failed";
    if (state_ == "ramping" && to == "open" && now > since_ + rule_.ramp_ms * ms + rounding)
      return "one failure opened the breaker, and its ramp was over";
    if (state_ == "ramping" && to == "closed" && now + rounding < since_ + rule_.ramp_ms * ms)
      return "the breaker let everybody pass before its ramp was over";
    return {};
  }

  std::string asked(std::uint32_t incarnation) {
    auto& birth = born_in_[incarnation];
    birth.unreported = true;
    const auto who = "reservation#" + std::to_string(incarnation);
    if (birth.state == "open")
      return who + " asked INVENTORY: it was let in at " + print_seconds(birth.at) +
             ", and the breaker had been open since " + print_seconds(since_) + ", for " +
             print_seconds(open_time_);
    if (birth.too_late) return who + " was let in when the breaker should have opened";
    if (birth.state != "half_open" || birth.era != era_) return {};
    birth.probes = true;
    ++probing_;
    if (probing_ <= rule_.probes && good_probes_ + probing_ <= rule_.successes_to_close) return {};
    return who + " was let in as a probe, and the desk had not heard how it went of " +
           probes_but(incarnation) + ": " + std::to_string(rule_.probes) +
           " at once may probe, and " + std::to_string(good_probes_) + " of " +
           std::to_string(rule_.successes_to_close) + " that close it had been good";
  }

  std::string probes_but(std::uint32_t asking) const {
    std::string out;
    for (const auto& [who, birth] : born_in_)
      if (who != asking && birth.probes && birth.era == era_)
        out += (out.empty() ? "reservation#" : ", reservation#") + std::to_string(who);
    return out.empty() ? "nobody" : out;
  }

  std::string refused(const error& why, virtual_ns now) const {
    if (due_half_open_) return "INVENTORY is back, and the breaker that heard so let no probe pass";
    const auto told = now + why.retry_after_ms * ms - open_time_;
    if (state_ == "open" && (told + rounding < since_ || told - rounding > since_latest_))
      return "a purchase was told to wait for another time than the breaker stays open";
    if (state_ == "closed") return "a purchase was refused while the breaker was closed";
    if (state_ == "ramping" &&
        now + why.retry_after_ms * ms > since_ + rule_.ramp_ms * ms + rounding)
      return "a purchase was told to wait longer than until the ramp was over";
    const auto again = now + why.retry_after_ms * ms, lease = rule_.lease_ms * ms;
    if (state_ == "half_open" &&
        (again + rounding < first_born_ + lease || again - rounding > probed_at_ + lease))
      return "a purchase was told to wait for another time than a probe may take";
    if (state_ == "open" && now > since_latest_ + open_time_ + rounding)
      return "the breaker was still open after its time was over";
    if (state_ == "half_open" && now > probed_at_ + rule_.lease_ms * ms + rounding)
      return "a probe without an answer blocked the breaker beyond its lease";
    return {};
  }

  /// A timeline says with which numbers the breaker let its purchase pass.
  std::string misquoted(std::uint32_t incarnation, const std::vector<timeline_entry>& lines) {
    const std::string quote = "breaker closed, ";
    const auto& birth = born_in_[incarnation];
    const auto right = quote + std::to_string(birth.failures) + " failures in a row";
    for (const auto& line : lines)
      if (birth.state == "closed" && line.detail.rfind(quote, 0) == 0 && line.detail != right)
        return "a timeline says: " + line.detail + ", and had to say: " + right;
    return {};
  }

  /// A breaker learns from what it is told alone.
  std::string ended(std::uint32_t incarnation) {
    if (!born_in_[incarnation].unreported) return {};
    return "a purchase ended, and the breaker was never told how INVENTORY had answered";
  }

  /// A refusal is a good answer: INVENTORY works.
  void got_answer(const delivery_view& view) {
    auto& birth = born_in_[view.incarnation];
    const auto& content = view.element->content();
    if (!birth.unreported || (view.sender != "inventory" && view.sender != "door")) return;
    if (view.is<hold_answer>()) birth.due = breaker_outcome::success;
    if (!content.match_elements<caf::error>()) return;
    const auto why = as_error(content.get_as<caf::error>(0), errc::inventory_unavailable);
    birth.due = is_refusal(why) ? breaker_outcome::success : breaker_outcome::failure;
  }

  /// Sent: from here on a probe's good answer may close the breaker.
  std::string answered(std::uint32_t incarnation, breaker_outcome how) {
    auto& birth = born_in_[incarnation];
    birth.unreported = false;
    if (birth.state == "half_open" && birth.era == era_ && how == breaker_outcome::success)
      ++good_answers_;
    if (!birth.due || *birth.due == how) return {};
    return "the breaker was told the opposite of how INVENTORY had answered";
  }

  /// Delivered: the desk counts it.
  void heard(std::uint32_t incarnation, breaker_outcome how) {
    auto& birth = born_in_[incarnation];
    if (birth.era == era_ && std::exchange(birth.probes, false)) {
      --probing_;
      if (how == breaker_outcome::success) ++good_probes_;
      due_open_ = state_ == "half_open" && how == breaker_outcome::failure;
    }
    if (birth.state != state_ || birth.era != era_) return;
    if (how == breaker_outcome::failure && state_ != "half_open") ++failures_;
    if (state_ == "ramping") due_open_ = how == breaker_outcome::failure;
    if (state_ != "closed" || how == breaker_outcome::neutral) return;
    if (how == breaker_outcome::success) failures_ = 0;
    latest_.push_back(how == breaker_outcome::failure);
    if (latest_.size() > rule_.window_calls) latest_.pop_front();
  }

  circuit_breaker_config rule_;
  virtual_ns open_time_ = 0;  ///< the latest since it was closed; 0: it has not been open since
  std::string state_ = "closed";
  virtual_ns since_ = 0;         ///< the earliest that it can be
  virtual_ns since_latest_ = 0;  ///< the same, unless nobody saw when it was due
  virtual_ns first_born_ = 0;    ///< of the purchases of this half-open era
  int born_in_era_ = 0;
  virtual_ns probed_at_ = 0;
  int era_ = 0;
  int probing_ = 0;       ///< probes that the desk has not heard of
  int good_probes_ = 0;   ///< that the desk has heard of
  int good_answers_ = 0;  ///< of probes that have told the desk so: from here on it may have heard
  int failures_ = 0;      ///< in a row, while closed; on the ramp
  std::deque<bool> latest_;      ///< which of the last calls have failed, while closed
  bool healed_ = false;          ///< the desk is just hearing that INVENTORY is back
  bool due_half_open_ = false;   ///< it has heard so, and the breaker was not closed
  bool due_open_ = false;        ///< it is just hearing that a probe, or a call on the ramp, failed
  bool still_not_open_ = false;  ///< and went on to something else
  std::map<std::uint32_t, birth> born_in_;
};

}  // namespace

std::unique_ptr<oracle> make_breaker(const plan& p) {
  return std::make_unique<breaker_holds>(breaker_of(p.numbers));
}

}  // namespace taquilla::simulation
