#include "policies/in_flight_limit.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace taquilla {
namespace {

constexpr std::size_t limit_max = 100'000;

}  // namespace

std::string_view problem(const in_flight_limit_config& config) {
  if (config.limit > limit_max) return "bulkhead: limit must be 0..100000";
  if (config.service_estimate_ms < 1 || config.service_estimate_ms > 86'400'000)
    return "bulkhead: service_estimate_ms must be 1..86400000";
  return {};
}

in_flight_limit::in_flight_limit(const in_flight_limit_config& config)
    : limit_(0), service_ms_(config.service_estimate_ms) {
  if (const auto wrong = problem(config); !wrong.empty())
    throw std::invalid_argument(std::string(wrong));
  set_limit(config.limit);
}

in_flight_admission in_flight_limit::acquire(instant_ms now) {
  in_flight_admission admission;
  admission.limit = limit_;
  if (in_flight_ < limit_) {
    const std::size_t at = free_.back();
    free_.pop_back();
    slots_[at] = {next_id_++, now};
    ++in_flight_;
    admission.admitted = true;
    admission.permit = {at, slots_[at].id};
  } else {
    ++rejected_;
    // With L calls of s ms each under way, one ends every s/L ms.
    const auto lanes = static_cast<duration_ms>(std::max<std::size_t>(limit_, 1));
    admission.retry_after_ms = std::max<duration_ms>(1, service_ms_ / lanes);
  }
  admission.in_flight = in_flight_;
  return admission;
}

bool in_flight_limit::release(instant_ms now, in_flight_permit permit) {
  if (permit.id == 0 || permit.slot >= slots_.size()) return false;
  slot& held = slots_[permit.slot];
  if (held.id != permit.id) return false;
  const duration_ms took = std::max<duration_ms>(0, now - held.since);
  service_ms_ = std::max<duration_ms>(1, service_ms_ + (took - service_ms_) / 8);
  held.id = 0;
  free_.push_back(permit.slot);
  --in_flight_;
  return true;
}

void in_flight_limit::set_limit(std::size_t limit) {
  if (limit > limit_max) throw std::invalid_argument("bulkhead: limit must be 0..100000");
  const std::size_t before = slots_.size();
  if (limit > before) {
    slots_.resize(limit);
    free_.reserve(limit);
    // The lowest slot is handed out first.
    for (std::size_t at = limit; at > before; --at) free_.push_back(at - 1);
  }
  limit_ = limit;
}

}  // namespace taquilla
