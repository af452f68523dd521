#include "actors/inventory_breaker.hpp"

namespace taquilla {

breaker_admission inventory_breaker::acquire(instant_ms now, std::uint64_t identity) {
  auto admission = breaker_.acquire(now, identity);
  announce(admission.transitions);
  return admission;
}

void inventory_breaker::report(instant_ms now, const inventory_heard& heard) {
  announce(breaker_.report(now, heard.permit, heard.outcome).transitions);
}

void inventory_breaker::recovered(instant_ms now) { announce(breaker_.dependency_recovered(now)); }

std::string inventory_breaker::evidence(const breaker_admission& admission) {
  return std::string{"breaker "} + to_string(admission.state) + ", " +
         std::to_string(admission.consecutive) + " failures in a row";
}

void inventory_breaker::describe(desk_report& out, instant_ms now) const {
  const auto view = breaker_.view(now);
  out.breaker_state = to_string(view.state);
  out.consecutive = static_cast<std::uint64_t>(view.consecutive);
  out.trips = view.trips_total;
  out.rejected = view.rejected;
  out.retry_after_ms = view.retry_after_ms;
  for (const auto& [turn, count] : turns_)
    out.breaker_turns.push_back({to_string(turn.first), to_string(turn.second), count});
}

void inventory_breaker::announce(const breaker_transitions& turns) {
  for (const auto& t : turns) {
    ++turns_[{t.to, t.cause}];
    tell_({std::string{"breaker."} + to_string(t.to), "reservation", 0, "inventory",
           std::string{to_string(t.from)} + " -> " + to_string(t.to) + ": " + to_string(t.cause)});
  }
}

}  // namespace taquilla
