// Promise of an orderly stop: what was begun is finished, and nothing is begun any more.
#include "actors/protocol.hpp"
#include "simulation/oracles/promises.hpp"
#include "simulation/world/plan.hpp"

#include <caf/all.hpp>

#include <limits>
#include <set>
#include <utility>

namespace taquilla::simulation {

namespace {

constexpr virtual_ns ms = 1'000'000;
constexpr virtual_ns rounding = 2 * ms;

/// From the order to drain on, the desk that got it begins no purchase, and ends what outlasts the
/// limit; when it says that it is drained, all that it had begun are over, and all who asked are
/// answered; and it says so as soon as it knows. It says how many it had to end, and whoever looks
/// is told that it drains.
class drains_in_order final : public oracle {
 public:
  explicit drains_in_order(bool punctual) : punctual_(punctual) {}
  const char* name() const override { return "drains-in-order"; }

  void on_process_start(virtual_ns) override { *this = drains_in_order{punctual_}; }

  void on_delivery(const delivery_view& view) override {
    // What reaches a desk that has ended is not heard.
    if (view.receiver != desk || view.incarnation != desk_) return;
    silent_ = silent_ || overdue_;
    if (told_ && !asked_.empty()) unanswered_ = true;
    if (view.is<drain_desk>()) begin_drain(view);
    if (view.is<drain_over>()) abandoned_ = true;
    if (view.is<purchase_over>()) unheard_of_.erase(view.sender_incarnation);
    if (view.is<purchase_order>() && view.element->mid.is_request() && !told_)
      asked_.emplace(asker{view.sender, view.sender_incarnation}, number_of(view.element->mid));
    if (view.sender == purchase && view.element != nullptr &&
        view.element->content().match_elements<caf::down_msg>()) {
      unheard_.erase(view.sender_incarnation);
      if (unheard_of_.erase(view.sender_incarnation) != 0 && abandoned_) ++left_;
    }
    overdue_ = draining_ && !told_ && unheard_.empty();
  }

  std::string on_spawned(const std::string& role, std::uint32_t incarnation, virtual_ns) override {
    if (role == desk) desk_ = incarnation;
    if (role != purchase) return {};
    under_way_.insert(incarnation);
    unheard_.insert(incarnation);
    unheard_of_.insert(incarnation);
    return draining_ ? "a purchase was begun while the desk drained" : "";
  }

  void on_ended(const std::string& role, std::uint32_t incarnation) override {
    if (role == purchase) under_way_.erase(incarnation);
    const auto his = asked_.lower_bound({asker{role, incarnation}, 0});
    for (auto one = his; one != asked_.end() && one->first == asker{role, incarnation};)
      one = asked_.erase(one);
    if (role != desk) return;
    asked_.clear();
    limit_at_ = never;
    // The next desk has no such order, and does not know what this one began.
    desk_ = 0;
    draining_ = told_ = overdue_ = abandoned_ = false;
    under_way_.clear();
    unheard_.clear();
    unheard_of_.clear();
    left_ = 0;
  }

  std::string on_sending(const sending_view& view) override {
    if (silent_) return "the last purchase was over, and the desk did not say that it is drained";
    if (unanswered_) return "the desk drained, and one who had asked was never answered";
    if (punctual_ && !under_way_.empty() && view.now > limit_at_ + rounding)
      return "the time to drain was over, and the desk did not end what was left";
    if (view.sender != desk) return {};
    const auto& mid = view.element.mid;
    if (mid.is_response())
      asked_.erase({asker{view.receiver, view.receiver_incarnation}, number_of(mid)});
    if (view.element.content().match_elements<caf::exit_msg>()) limit_at_ = never;
    if (view.is<desk_report>() && view.sender_incarnation == desk_ &&
        view.element.content().get_as<desk_report>(0).draining != draining_)
      return std::string{"the desk said that it "} + (draining_ ? "does not drain" : "drains");
    if (!view.is<desk_drained>()) return {};
    told_ = true;
    overdue_ = false;
    const auto left = view.element.content().get_as<desk_drained>(0).left;
    if (under_way_.empty() && left != left_)
      return "the desk ended " + std::to_string(left_) + " purchases, and said that it left " +
             std::to_string(left);
    if (under_way_.empty()) return {};
    std::string still;
    for (const auto one : under_way_)
      still += (still.empty() ? "reservation#" : ", reservation#") + std::to_string(one);
    return "the desk said that it is drained, and under way was still " + still;
  }

 private:
  using asker = std::pair<std::string, std::uint32_t>;
  static constexpr virtual_ns never = std::numeric_limits<virtual_ns>::max() / 2;

  /// The same for a request and its answer.
  static std::uint64_t number_of(const caf::message_id& mid) {
    return mid.request_id().integer_value();
  }

  void begin_drain(const delivery_view& view) {
    draining_ = true;
    limit_at_ = view.now + view.element->content().get_as<drain_desk>(0).limit_ms * ms;
  }

  static constexpr char desk[] = "reservation_desk";
  static constexpr char purchase[] = "reservation";

  std::set<std::uint32_t> under_way_;   ///< incarnations of RESERVATION
  std::set<std::uint32_t> unheard_;     ///< of which the desk has not heard that they ended
  std::set<std::uint32_t> unheard_of_;  ///< nor how
  std::uint32_t desk_ = 0;              ///< incarnation of the desk that lives
  std::set<std::pair<asker, std::uint64_t>> asked_;  ///< to buy, and not answered
  virtual_ns limit_at_ = never;                      ///< when the desk has to end what is under way
  bool punctual_;
  bool unanswered_ = false;
  bool draining_ = false;
  bool abandoned_ = false;  ///< the time to drain is over
  std::uint64_t left_ = 0;  ///< purchases that were ended for that
  bool told_ = false;       ///< it has said that it is drained
  bool overdue_ = false;    ///< it has all that it needs to say so
  bool silent_ = false;     ///< and it went on to something else
};

}  // namespace

std::unique_ptr<oracle> make_drains(const plan& p) {
  return std::make_unique<drains_in_order>(is_punctual(p, "reservation_desk"));
}

}  // namespace taquilla::simulation
