// Promise: every queue has a limit. The worlds are small, so a mailbox, or the list of timers, that
// grows into the hundreds is fed by something that never stops: a second chain of timers, a relay
// that wakes itself.
#include "simulation/oracles/promises.hpp"

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

 private:
  /// The busiest mailbox seen in a million healthy runs held fewer than half as many.
  static constexpr std::size_t waiting_max = 512;
};

}  // namespace

std::unique_ptr<oracle> make_queues() { return std::make_unique<queues_within_limits>(); }

}  // namespace taquilla::simulation
