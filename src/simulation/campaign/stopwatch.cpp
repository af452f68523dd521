#include "simulation/campaign/stopwatch.hpp"

#include <time.h>

namespace taquilla::simulation {

namespace {

std::int64_t real_ns() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

}  // namespace

stopwatch::stopwatch() : began_ns_(real_ns()) {}

double stopwatch::seconds() const { return static_cast<double>(real_ns() - began_ns_) / 1e9; }

}  // namespace taquilla::simulation
