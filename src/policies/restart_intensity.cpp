#include "policies/restart_intensity.hpp"

#include "domain/planted.hpp"
#include "policies/backoff.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace taquilla {

std::string_view problem(const restart_intensity_config& config) {
  if (config.restarts < 0 || config.restarts > 1'000)
    return "restart intensity: restarts must be 0..1000";
  if (config.period_ms < 1 || config.period_ms > 86'400'000)
    return "restart intensity: period_ms must be 1..86400000";
  if (config.backoff_base_ms < 0 || config.backoff_cap_ms < 0)
    return "restart intensity: a backoff must not be negative";
  return {};
}

restart_intensity::restart_intensity(const restart_intensity_config& config) : config_(config) {
  if (const auto wrong = problem(config); !wrong.empty())
    throw std::invalid_argument(std::string(wrong));
}

restart_verdict restart_intensity::on_death(instant_ms now) {
  if (!deaths_.empty()) now = std::max(now, deaths_.back());
  deaths_.push_back(now);
  const auto restarts = static_cast<std::size_t>(config_.restarts);
  // Older deaths cannot change a verdict any more.
  if (deaths_.size() > restarts + 1) deaths_.pop_front();

  restart_verdict verdict;
  verdict.deaths = deaths(now);
  verdict.restart = verdict.deaths <= config_.restarts;
  if (planted::is(planted::bug::restart_without_limit)) verdict.restart = true;
  if (verdict.restart && verdict.deaths > 1)
    verdict.after_ms =
        backoff_ceiling(config_.backoff_base_ms, config_.backoff_cap_ms, verdict.deaths - 2);
  if (!verdict.restart)
    verdict.until = restarts == 0
                        ? instant_never
                        : later(deaths_[deaths_.size() - restarts], config_.period_ms + 1);
  return verdict;
}

int restart_intensity::deaths(instant_ms now) const {
  return static_cast<int>(std::count_if(deaths_.begin(), deaths_.end(), [&](instant_ms death) {
    return death >= now - config_.period_ms;
  }));
}

}  // namespace taquilla
