// Promise of an orderly stop: what was begun is finished, and nothing is begun any more.
#include "actors/protocol.hpp"
#include "simulation/oracles/promises.hpp"

#include <caf/all.hpp>

#include <set>

namespace taquilla::simulation {

namespace {

/// From the order to drain on, the desk that got it begins no purchase; when it says that it is
/// drained, all that it had begun are over; and it says so as soon as it knows.
class drains_in_order final : public oracle {
 public:
  const char* name() const override { return "drains-in-order"; }

  void on_process_start(virtual_ns) override { *this = drains_in_order{}; }

  void on_delivery(const delivery_view& view) override {
    // What reaches a desk that has ended is not heard.
    if (view.receiver != desk || view.incarnation != desk_) return;
    silent_ = silent_ || overdue_;
    if (view.type == "drain_desk") draining_ = true;
    if (view.sender == purchase && view.element != nullptr &&
        view.element->content().match_elements<caf::down_msg>())
      unheard_.erase(view.sender_incarnation);
    overdue_ = draining_ && !told_ && unheard_.empty();
  }

  std::string on_spawned(const std::string& role, std::uint32_t incarnation, virtual_ns) override {
    if (role == desk) desk_ = incarnation;
    if (role != purchase) return {};
    under_way_.insert(incarnation);
    unheard_.insert(incarnation);
    return draining_ ? "a purchase was begun while the desk drained" : "";
  }

  void on_ended(const std::string& role, std::uint32_t incarnation) override {
    if (role == purchase) under_way_.erase(incarnation);
    if (role != desk) return;
    // The next desk has no such order, and does not know what this one began.
    desk_ = 0;
    draining_ = told_ = overdue_ = false;
    under_way_.clear();
    unheard_.clear();
  }

  std::string on_sending(const sending_view& view) override {
    if (silent_) return "the last purchase was over, and the desk did not say that it is drained";
    if (view.sender != desk || !view.is<desk_drained>()) return {};
    told_ = true;
    overdue_ = false;
    if (under_way_.empty()) return {};
    std::string still;
    for (const auto one : under_way_)
      still += (still.empty() ? "reservation#" : ", reservation#") + std::to_string(one);
    return "the desk said that it is drained, and under way was still " + still;
  }

 private:
  static constexpr char desk[] = "reservation_desk";
  static constexpr char purchase[] = "reservation";

  std::set<std::uint32_t> under_way_;  ///< incarnations of RESERVATION
  std::set<std::uint32_t> unheard_;    ///< of which the desk has not heard that they ended
  std::uint32_t desk_ = 0;             ///< incarnation of the desk that lives
  bool draining_ = false;
  bool told_ = false;     ///< it has said that it is drained
  bool overdue_ = false;  ///< it has all that it needs to say so
  bool silent_ = false;   ///< and it went on to something else
};

}  // namespace

std::unique_ptr<oracle> make_drains() { return std::make_unique<drains_in_order>(); }

}  // namespace taquilla::simulation
