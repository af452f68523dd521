// INVENTORY BREAKER: the circuit breaker in front of INVENTORY together with its story: each turn
// is counted for the report and told to the EVENT FEED. The rules are policies/circuit_breaker.hpp;
// here is what the RESERVATION DESK says of them. Belongs to the desk's actor.
#pragma once

#include "actors/protocol.hpp"
#include "policies/circuit_breaker.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>

namespace taquilla {

class inventory_breaker {
 public:
  using teller = std::function<void(happened)>;
  inventory_breaker() = default;
  inventory_breaker(const circuit_breaker_config& config, teller tell)
      : breaker_(config), tell_(std::move(tell)) {}

  breaker_admission acquire(instant_ms now, std::uint64_t identity);
  void report(instant_ms now, const inventory_heard& heard);
  /// The supervisor has seen INVENTORY healthy: a probe may pass at once.
  void recovered(instant_ms now);

  /// The numbers that an admission, or its refusal, went by.
  static std::string evidence(const breaker_admission& admission);
  /// Fills in what a report says of the breaker.
  void describe(desk_report& out, instant_ms now) const;

 private:
  void announce(const breaker_transitions& turns);

  circuit_breaker breaker_;
  teller tell_;
  std::map<std::pair<breaker_state, breaker_cause>, std::uint64_t> turns_;
};

}  // namespace taquilla
