// Promise: every queue and every retry has a limit. The worlds are small, so a mailbox, or the list
// of timers, that grows into the hundreds is fed by something that never stops: a second chain of
// timers, a relay that wakes itself. And a relay that hands the same item over again and again
// without a pause keeps service and store from everybody else, with one message under way.
#include "actors/protocol.hpp"
#include "simulation/oracles/promises.hpp"

#include <caf/all.hpp>

#include <deque>
#include <map>
#include <utility>

namespace taquilla::simulation {

namespace {

class queues_within_limits final : public oracle {
 public:
  const char* name() const override { return "queues-within-limits"; }

  std::string on_backlog(const std::string& role, std::size_t waiting,
                         const std::string& mostly) override {
    if (waiting < waiting_max) return {};
    if (role == "agenda")
      return std::to_string(waiting) + " timers and messages are under way, " + mostly;
    return std::to_string(waiting) + " messages wait for one " + role;
  }

  void on_process_start(virtual_ns) override { tries_.clear(); }
  void on_ended(const std::string& role, std::uint32_t) override {
    if (role == "mail_relay" || role == "settlement") tries_.clear();
  }

  std::string on_sending(const sending_view& view) override {
    if (view.is<service_healed>()) tries_.clear();  // nobody waits out a pause behind that
    if (view.passed_on) return {};
    const auto& content = view.element.content();
    if (view.sender == "mail_relay" && view.is<send_mail>())
      return tried(content.get_as<send_mail>(0).what.message_id, view.now);
    if (view.sender == "settlement" && view.is<void_payment>())
      return tried("void " + std::to_string(content.get_as<void_payment>(0).id), view.now);
    if (view.sender == "settlement" && view.is<refund_payment>())
      return tried("refund " + std::to_string(content.get_as<refund_payment>(0).id), view.now);
    return {};
  }

 private:
  /// Two by itself, those of a short back-off, and what was on its way.
  static constexpr std::size_t tries_max = 6;

  std::string tried(const std::string& item, virtual_ns now) {
    constexpr virtual_ns second = 1'000'000'000;
    auto& times = tries_[item];
    times.push_back(now);
    while (now - times.front() > second) times.pop_front();
    if (times.size() <= tries_max) return {};
    return item + " was tried " + std::to_string(times.size()) +
           " times within a second, and may be " + std::to_string(tries_max) + " times";
  }

  std::map<std::string, std::deque<virtual_ns>> tries_;  ///< of the relays that live

  /// The busiest mailbox seen in a million healthy runs held fewer than half as many.
  static constexpr std::size_t waiting_max = 512;
};

}  // namespace

std::unique_ptr<oracle> make_queues() { return std::make_unique<queues_within_limits>(); }

}  // namespace taquilla::simulation
