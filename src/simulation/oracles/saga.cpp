// A purchase goes its way in order, whatever happens to it: written down before it is charged, paid
// before it is confirmed, tried as often as the policy says and no more, compensated before the
// buyer hears no, and never gone with a hold in its hand. Judged from what each RESERVATION sends
// and is sent, so a step that was skipped is seen even if luck repairs it later. The event feed
// is told how it ended, once, as its buyer is. And no desk has more of them at work than it may.
#include "actors/errors.hpp"
#include "actors/options.hpp"
#include "actors/protocol.hpp"
#include "simulation/cases/spans.hpp"
#include "simulation/oracles/promises.hpp"
#include "simulation/world/plan.hpp"

#include <caf/all.hpp>

#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace taquilla::simulation {

namespace {

/// Deadlines count whole milliseconds.
constexpr virtual_ns rounding = 2'000'000;
/// What a purchase asks when its deadline is over it waits for no longer than this.
constexpr virtual_ns last_steps = 100'000'000;

struct progress {
  virtual_ns born = 0;
  std::uint64_t token = 0;    ///< of its hold
  reservation_id id = 0;      ///< of its row
  bool hold_asked = false;    ///< and no answer is on its way
  bool hold_open = false;     ///< it asked for a seat and was not refused
  int recordings = 0;         ///< questions to the store to write it down, not answered yet
  bool recorded = false;      ///< the store answered that its row is there
  bool row_heard = false;     ///< and it has heard that answer, or another
  bool row_lost = false;      ///< the store took that back, or never said
  bool resumed = false;       ///< it goes on with what an earlier process left
  bool ledger_heard = false;  ///< PAYMENT answered, whatever
  bool paid = false;          ///< PAYMENT answered "charged"
  bool confirmed = false;     ///< the store said so
  bool failed = false;        ///< the store said so
  bool seat_sold = false;     ///< INVENTORY was told
  bool relay_told = false;    ///< MAIL RELAY, or SETTLEMENT, was told that there is work
  bool ended_before = false;  ///< the purchase that INVENTORY takes for his has ended
  bool rechecked = false;     ///< INVENTORY was told to look
  bool confirming = false;    ///< it asked the store to confirm
  bool asking = false;        ///< the policy, whether to try again
  bool retry_denied = false;  ///< the policy said no, or was not heard
  int attempts = 0;
  std::uint64_t charge = 0;  ///< the latest question to PAYMENT
  errc no = errc::none;      ///< its answer to that, if it was an error
  int granted = 0;
  std::int64_t left_ms = 0;    ///< of its deadline, when it asked whether to try again
  reservation_id resumes = 0;  ///< the row that it goes on with
  int news = 0;                ///< how often the event feed was told how it ended
  happened last_news;
};

/// Who asks again is told, and it is no news.
std::string told_otherwise(const progress& p, const purchase_over& how) {
  const int due = how.accepted && how.answer.replayed ? 0 : 1;
  if (p.news != due)
    return "the event feed was told " + std::to_string(p.news) + " times how a purchase ended" +
           (due == 0 ? ", which was made before" : "");
  if (due == 0) return {};
  const auto* kind = how.accepted ? "reservation.confirmed" : "reservation.refused";
  const auto id = how.accepted                    ? how.answer.id
                  : p.resumes != 0 && !p.row_lost ? p.resumes
                                                  : how.why.reservation;
  if (p.last_news.kind == kind && p.last_news.id == id) return {};
  return "the event feed was told " + p.last_news.kind + " of reservation " +
         std::to_string(p.last_news.id) + ", and it was " + kind + " of " + std::to_string(id);
}

class in_order final : public oracle {
 public:
  /// @param at_once_max purchases that one desk may have under way.
  /// @param punctual nothing but a purchase itself can keep it from ending in time.
  in_order(virtual_ns deadline, std::size_t at_once_max, bool punctual)
      : deadline_(deadline), at_once_max_(at_once_max), punctual_(punctual) {}
  const char* name() const override { return "purchase-in-order"; }

  void on_process_start(virtual_ns) override {
    auto tokens = std::move(tokens_);
    auto rows = std::move(rows_);
    *this = in_order{deadline_, at_once_max_, punctual_};
    tokens_ = std::move(tokens);
    rows_ = std::move(rows);
  }
  std::string on_spawned(const std::string& role, std::uint32_t incarnation, virtual_ns) override {
    if (role == "reservation_desk") sweep_ = {incarnation, 0, {}};
    if (role != "reservation") return {};
    all_[incarnation];
    if (leftovers_ > 0) --leftovers_;
    at_once_.insert(incarnation);
    if (at_once_.size() <= at_once_max_) return {};
    return "a desk had " + std::to_string(at_once_.size()) +
           " purchases under way at once, and may have " + std::to_string(at_once_max_);
  }
  void on_ended(const std::string& role, std::uint32_t incarnation) override {
    if (role == "reservation_desk") {  // the next one does not know of those that live on
      sweep_ = {};
      leftovers_ = 0;
      resumers_.clear();
      at_once_.clear();
      for (const auto& [who, what] : all_) orphans_.insert(who);
    }
    if (role != "reservation") return;
    for (auto i = resumers_.begin(); i != resumers_.end();)
      i = i->second == incarnation ? resumers_.erase(i) : std::next(i);
    by_token_.erase(all_[incarnation].token);
    at_work_.erase(all_[incarnation].id);
    all_.erase(incarnation);
    at_once_.erase(incarnation);
  }

  void on_delivery(const delivery_view& view) override {
    left_lying_ = left_lying_ || leftovers_ > 0;
    leftovers_ = 0;
    if (view.receiver == "reservation_desk" && view.incarnation == sweep_.desk) finds(view);
    if (view.receiver != "reservation") return;
    auto& p = all_[view.incarnation];
    if (view.element == nullptr) p.born = view.now;  // its clock starts when it does
    if (view.element == nullptr) return;
    const auto& content = view.element->content();
    if (view.is<retry_answer>()) p.asking = false;
    if (view.is<purchase_recorded>()) p.row_heard = true;
    if (content.match_elements<reservation>()) {
      const auto found = content.get_as<reservation>(0).state;
      p.ended_before = found == reservation_state::cancelled || found == reservation_state::failed;
    }
    if (!content.match_elements<caf::error>()) return;
    const bool by_payment = view.sender == "door" || view.sender == "payment";
    if (by_payment && view.element->mid.request_id().integer_value() == p.charge)
      p.no = as_error(content.get_as<caf::error>(0), errc::internal_error).code;
    // A question to a dead desk comes back at once, and nobody sees it on its way.
    const bool nobody_there = content.get_as<caf::error>(0) == caf::sec::request_receiver_down;
    if (p.asking || nobody_there) p.retry_denied = true;
    // Nor does anybody see what is sent to a dead INVENTORY, whose holds are gone with it.
    if (p.hold_asked && nobody_there) p.hold_open = false;
  }

  std::string on_sending(const sending_view& view) override {
    const auto& content = view.element.content();
    if (left_lying_) return "the desk found what an earlier process had left, and let it lie";
    if (view.sender.empty() && view.is<release_seat>())
      return given_back(content.get_as<release_seat>(0));
    if (view.receiver == "reservation" && view.sender != "reservation") {
      auto wrong = hears(view.receiver_incarnation, view.sender, content);
      if (!wrong.empty()) return wrong;
    }
    if (view.sender == "reservation_desk" && view.is<open_purchases>())
      sweep_.question = view.element.mid.request_id().integer_value();
    // A door passes a message on in its sender's name: it counts once.
    if (view.sender == "reservation" && !view.passed_on) return says(view, content);
    return {};
  }

  std::string at_end(const plan&, const history&, const final_state& f, const run_facts&) override {
    std::map<std::uint64_t, reservation_id> rows;
    for (const auto& row : f.all) {
      const auto first = rows.emplace(row.token, row.id).first->second;
      if (row.token != 0 && first != row.id)
        return "one attempt wrote two rows, " + std::to_string(first) + " and " +
               std::to_string(row.id);
    }
    return {};
  }

 private:
  using tuple = caf::type_erased_tuple;

  std::string hears(std::uint32_t who, const std::string& from, const tuple& content) {
    auto& p = all_[who];
    if (content.match_elements<hold_answer>()) {
      p.hold_asked = false;
      p.hold_open = p.hold_open && content.get_as<hold_answer>(0).yours == 0;
    }
    // A question that arrived twice is answered twice, and only the first answer reaches anybody.
    if (content.match_elements<purchase_recorded>() && p.recordings > 0) {
      --p.recordings;
      const auto& row = content.get_as<purchase_recorded>(0);
      p.recorded = !row.already_yours;
      if (p.recorded) at_work_[p.id = row.id] = who;
      if (p.recorded && rows_.emplace(row.id, p.token).first->second != p.token)
        return "number " + std::to_string(row.id) + " was given to two purchases";
    } else if (content.match_elements<purchase_recorded>()) {
      // The first answer may have been lost, and this one be heard: its row is there.
      const auto& row = content.get_as<purchase_recorded>(0);
      p.recorded = p.recorded || (!row.already_yours && !p.row_heard);
    }
    if (content.match_elements<charge_record>()) {
      p.ledger_heard = true;
      const auto& charge = content.get_as<charge_record>(0);
      p.paid = p.paid || (charge.existed && charge.state == charge_state::charged);
    }
    if (content.match_elements<purchase_confirmed>()) p.confirmed = true;
    if (content.match_elements<purchase_failed>()) {
      const bool saved = content.get_as<purchase_failed>(0).state == reservation_state::confirmed;
      (saved ? p.confirmed : p.failed) = true;
    }
    if (content.match_elements<retry_answer>()) {
      const auto& verdict = content.get_as<retry_answer>(0);
      p.granted += verdict.again ? 1 : 0;
      p.retry_denied = p.retry_denied || !verdict.again;
      if (verdict.again && p.left_ms < verdict.after_ms + min_attempt_ms)
        return "a retry was granted for which no time was left";
    }
    if (content.match_elements<caf::error>()) hears_no(p, from, content.get_as<caf::error>(0));
    return {};
  }

  /// What an earlier process left pending is resumed as soon as the desk sees it.
  void finds(const delivery_view& view) {
    if (view.is<drain_desk>()) sweep_ = {};
    if (view.element == nullptr || !view.element->mid.is_response() ||
        view.element->mid.request_id().integer_value() != sweep_.question)
      return;
    sweep_.question = 0;  // or silence: an answer that comes later is not heard
    if (!view.is<reservations>()) return;
    const auto& rows = view.element->content().get_as<reservations>(0).list;
    std::size_t left = 0;
    for (const auto& row : rows)
      if (sweep_.seen.insert(row.id).second && own_tokens_.count(row.token) == 0) ++left;
    // Half of the places are for them; of those that have ended it may not have heard.
    if (2 * (at_once_.size() + sweep_.seen.size()) <= at_once_max_) leftovers_ = left;
  }

  static void hears_no(progress& p, const std::string& from, const caf::error& no) {
    if (from == "inventory" && is_refusal(as_error(no, errc::internal_error))) p.hold_open = false;
    if (from == "store") p.row_lost = true;
  }

  std::string says(const sending_view& view, const tuple& content) {
    auto& p = all_[view.sender_incarnation];
    if (view.is<hold_seat>()) {
      p.hold_asked = p.hold_open = true;
      p.token = content.get_as<hold_seat>(0).token;
      by_token_[p.token] = view.sender_incarnation;
      own_tokens_.insert(p.token);
      if (!tokens_.insert(p.token).second) return "two purchases have one token, which names rows";
    }
    if (view.is<find_payment>())
      return resumes(view.sender_incarnation, content.get_as<find_payment>(0).id, view.now);
    if (view.is<record_purchase>()) ++p.recordings;
    if (view.is<sell_seat>()) {
      p.seat_sold = true;
      const auto& sale = content.get_as<sell_seat>(0);
      if (!is_hold_of(sale.id, sale.token)) return "a sale named another hold than its purchase's";
    }
    if (view.is<something_due>()) p.relay_told = true;
    if (view.is<happened>()) {
      ++p.news;
      p.last_news = content.get_as<happened>(0);
    }
    if (view.is<recheck_seat>()) p.rechecked = true;
    if (view.is<retry_wanted>()) {
      p.asking = true;
      p.charge = 0;  // what PAYMENT answers from now on is not heard
      p.left_ms = content.get_as<retry_wanted>(0).remaining_ms;
    }
    if (view.is<charge_card>()) {
      p.charge = view.element.mid.request_id().integer_value();
      p.no = errc::none;
      return charges(p, content.get_as<charge_card>(0), view.now);
    }
    if (view.is<confirm_purchase>()) {
      p.confirming = true;
      return p.paid ? std::string{} : "a purchase was confirmed that nobody had paid";
    }
    if (view.is<fail_purchase>()) return gives_up(p, content.get_as<fail_purchase>(0), view.now);
    if (view.is<purchase_over>()) return ends(p, content.get_as<purchase_over>(0), view.now);
    return {};
  }

  /// An old row is a leftover; a young one may be somebody's work.
  std::string resumes(std::uint32_t who, reservation_id id, virtual_ns now) {
    all_[who].resumed = true;
    all_[who].resumes = id;
    if (orphans_.count(who) != 0) return {};
    if (resumers_.emplace(id, who).first->second != who)
      return "reservation " + std::to_string(id) + " was resumed twice at once";
    auto other = at_work_.find(id);
    if (other == at_work_.end() || now - all_[other->second].born >= deadline_) return {};
    return "reservation " + std::to_string(id) + " was resumed while its purchase was under way";
  }

  std::string charges(progress& p, const charge_card& what, virtual_ns now) const {
    if (now - p.born > deadline_ + rounding)
      return "a card was charged " + print_seconds(now - p.born - deadline_) +
             " after the deadline, which was at " + print_seconds(p.born + deadline_);
    if (!p.recorded) return "a card was charged for a purchase that was not written down";
    if (what.attempt != ++p.attempts || p.attempts > attempts_max)
      return "attempt " + std::to_string(what.attempt) + " of a charge came as number " +
             std::to_string(p.attempts) + " of at most " + std::to_string(attempts_max);
    if (p.attempts - 1 > p.granted) return "a charge was repeated that the policy had not granted";
    return {};
  }

  std::string gives_up(const progress& p, const fail_purchase& what, virtual_ns now) const {
    if (p.resumed && !p.ledger_heard) return "a leftover was written off and the ledger not heard";
    const bool in_time = now - p.born + rounding < deadline_;
    const auto* too_late = taquilla::to_string(errc::payment_timeout);
    if (in_time && what.failure == too_late && kind_of(p.no) == error_kind::unavailable)
      return "a purchase was written off as too late, and PAYMENT had answered " +
             std::string{taquilla::to_string(p.no)};
    const bool for_silence = what.failure == taquilla::to_string(errc::payment_timeout) ||
                             what.failure == taquilla::to_string(errc::payment_unavailable);
    if (!for_silence || p.resumed || p.retry_denied || p.attempts >= attempts_max) return {};
    if (!in_time) return {};
    return "a purchase was given up after " + std::to_string(p.attempts) +
           " attempts, though time was left and nobody had denied another";
  }

  std::string ends(const progress& p, const purchase_over& how, virtual_ns now) const {
    if (auto wrong = told_otherwise(p, how); !wrong.empty()) return wrong;
    if (punctual_ && now - p.born > deadline_ + last_steps)
      return "a purchase waited for others beyond its deadline";
    if (!how.accepted && p.ended_before && !p.rechecked)
      return "a purchase found that INVENTORY takes an ended one for his, and did not tell it";
    if (how.accepted && how.answer.replayed) return {};
    if (how.accepted && !p.confirmed) return "a purchase was accepted before it was confirmed";
    if (how.accepted && !p.seat_sold) return "a seat was sold and INVENTORY not told";
    if (how.accepted && !p.relay_told) return "a ticket was sold and MAIL RELAY not told";
    if (how.accepted || how.why.code == errc::outcome_unknown) return {};
    if (p.confirmed) return "a buyer heard no of a purchase that was confirmed";
    if (p.failed && !p.relay_told) return "a purchase was written off and SETTLEMENT not told";
    if ((p.recorded || p.resumed) && !p.failed && !p.row_lost)
      return "a buyer heard no before the purchase was written off";
    if (p.hold_open) return "a purchase ended with a hold in its hand";
    return {};
  }

  std::string given_back(const release_seat& what) {
    auto found = by_token_.find(what.token);
    if (found != by_token_.end()) all_[found->second].hold_open = false;
    if (what.id == 0 || what.token == 0 || is_hold_of(what.id, what.token)) return {};
    return "another hold was given back than the purchase's own";
  }

  /// As far as anybody has heard which hold a row began with.
  bool is_hold_of(reservation_id id, std::uint64_t token) const {
    const auto row = rows_.find(id);
    return row == rows_.end() || row->second == token;
  }

  static inline const auto min_attempt_ms = payment_options{}.retry.min_attempt_ms;
  static inline const int attempts_max = payment_options{}.retry.attempts_max;
  virtual_ns deadline_;
  std::size_t at_once_max_;
  bool punctual_;
  std::map<std::uint32_t, progress> all_;
  std::map<std::uint64_t, std::uint32_t> by_token_;
  std::map<reservation_id, std::uint32_t> at_work_;
  std::map<reservation_id, std::uint32_t> resumers_;  ///< of the desk that lives
  std::set<std::uint32_t> at_once_;                   ///< purchases of the desk that lives
  std::set<std::uint32_t> orphans_;                   ///< those of desks that do not
  std::set<std::uint64_t> tokens_;                    ///< of all holds, over all processes
  std::set<std::uint64_t> own_tokens_;                ///< those of this process
  struct {
    std::uint32_t desk = 0;  ///< that lives, and does not drain
    std::uint64_t question = 0;
    std::set<reservation_id> seen;
  } sweep_;
  std::size_t leftovers_ = 0;                     ///< that it must resume in this step
  bool left_lying_ = false;                       ///< and did not
  std::map<reservation_id, std::uint64_t> rows_;  ///< and with which hold each row began
};

}  // namespace

std::unique_ptr<oracle> make_in_order(const plan& p) {
  return std::make_unique<in_order>(p.numbers.deadline_ms * 1'000'000,
                                    static_cast<std::size_t>(p.numbers.in_flight_max),
                                    is_punctual(p, "reservation"));
}

}  // namespace taquilla::simulation
