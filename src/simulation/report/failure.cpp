#include "simulation/report/failure.hpp"

#include <cinttypes>
#include <cstdio>

#ifndef TAQUILLA_COMMIT
#define TAQUILLA_COMMIT "unknown"
#endif

namespace taquilla::simulation {

const char* built_from() { return TAQUILLA_COMMIT; }

std::string hash_text_of(std::uint64_t hash) {
  char text[17];
  std::snprintf(text, sizeof text, "%016" PRIx64, hash);
  return text;
}

std::string failure_line(const plan& p, const run_result& r) {
  // What is found at the end has no step of its own: the run's last stands for it.
  char tail[96];
  std::snprintf(tail, sizeof tail, " step=%" PRIu64 "%s vtime=%.3fs", r.steps,
                r.broken.step == 0 ? " found=at-the-end" : "",
                static_cast<double>(r.ended_at) / 1e9);
  return "FAIL seed=" + std::to_string(p.seed) + " strategy=" + to_string(p.strategy) +
         " profile=" + p.profile + " commit=" + built_from() + " hash=" + hash_text_of(r.hash) +
         " oracle=" + r.broken.oracle + tail;
}

std::string replay_command(const plan& p, const std::string& plant) {
  return "taquilla simulate --seed " + std::to_string(p.seed) + " --profile " + p.profile +
         " --strategy " + to_string(p.strategy) + (plant.empty() ? "" : " --plant " + plant) +
         " --trace text";
}

}  // namespace taquilla::simulation
