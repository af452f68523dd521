// Promise 6, for retries: a retry is granted while the budget can afford it, and denied for its
// sake only when it cannot. Judged by a second reading of the budget, from what the desk has heard:
// a failure costs, a good answer of PAYMENT gives a little, a healing fills it; more than half of
// it must be left. The desk says with each verdict how much that is, and how much of its deadline
// the purchase has left.
#include "actors/options.hpp"
#include "actors/protocol.hpp"
#include "simulation/oracles/promises.hpp"
#include "simulation/world/plan.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

namespace taquilla::simulation {

namespace {

class retries_are_afforded final : public oracle {
 public:
  explicit retries_are_afforded(const retry_budget_config& rule)
      : rule_(rule), least_(rule.tokens_max_milli), most_(rule.tokens_max_milli) {}
  const char* name() const override { return "retries-afforded"; }

  std::string on_spawned(const std::string& role, std::uint32_t incarnation, virtual_ns) override {
    if (role != "reservation_desk") return {};
    desk_ = incarnation;
    fill();
    return {};
  }

  void on_delivery(const delivery_view& view) override {
    // Nobody sees what is answered to who has ended.
    if (std::exchange(asked_, false)) least_ = after(least_, -rule_.failure_milli);
    if (view.receiver != "reservation_desk" || view.incarnation != desk_) return;
    if (view.element == nullptr) return;
    const auto& content = view.element->content();
    asked_ = view.is<retry_wanted>();
    if (asked_) left_ms_ = content.get_as<retry_wanted>(0).remaining_ms;
    if (view.is<purchase_over>() && content.get_as<purchase_over>(0).was_charged)
      both_after(rule_.success_milli);
    if (view.is<service_healed>() && content.get_as<service_healed>(0).service == "payment") fill();
  }

  std::string on_sending(const sending_view& view) override {
    if (view.sender != "reservation_desk" || !view.is<retry_answer>()) return {};
    asked_ = false;
    return judge(view.element.content().get_as<retry_answer>(0).evidence);
  }

 private:
  std::string judge(const std::string& says) {
    const auto is = [&](const char* cause) { return says.rfind(cause, 0) == 0; };
    const bool granted = is("scheduled"), too_late = is("deadline"), poor = is("budget_exhausted");
    if (!granted && !too_late && !poor && !is("attempts_exhausted")) return {};  // costs nothing
    if (says.find(", " + std::to_string(left_ms_) + " ms left") == std::string::npos)
      return "a purchase has " + std::to_string(left_ms_) + " ms left, and the desk says: " + says;
    both_after(-rule_.failure_milli);
    const auto left = told(says);
    if (left < least_ || left > most_)
      return "the budget for retries has " + std::to_string(most_) + ", and the desk says: " + says;
    least_ = most_ = left;
    const bool affordable = left > rule_.tokens_max_milli / 2;
    if (poor && affordable) return "a retry was denied that the budget affords: " + says;
    if ((granted || too_late) && !affordable)
      return "a retry was granted that the budget does not afford: " + says;
    return {};
  }

  /// "..., budget 998000 of 1000000"
  static std::int64_t told(const std::string& says) {
    const std::string word = "budget ";
    const auto at = says.rfind(word);
    return at == std::string::npos ? -1 : std::atoll(says.c_str() + at + word.size());
  }

  std::int64_t after(std::int64_t tokens, std::int64_t change) const {
    return std::clamp<std::int64_t>(tokens + change, 0, rule_.tokens_max_milli);
  }
  void both_after(std::int64_t change) {
    least_ = after(least_, change);
    most_ = after(most_, change);
  }
  void fill() { least_ = most_ = rule_.tokens_max_milli; }

  retry_budget_config rule_;
  std::int64_t least_, most_;  ///< that the desk has
  std::uint32_t desk_ = 0;
  bool asked_ = false;        ///< it is just hearing of a failure
  std::int64_t left_ms_ = 0;  ///< of the deadline of who asks
};

}  // namespace

std::unique_ptr<oracle> make_retries(const plan& p) {
  auto rule = payment_options{}.budget;
  rule.tokens_max_milli = p.numbers.retry_budget_milli;
  return std::make_unique<retries_are_afforded>(rule);
}

}  // namespace taquilla::simulation
