#include "gateway/tally.hpp"

#include <algorithm>

namespace taquilla::gateway {

namespace {

std::size_t status_index(int status) {
  const auto last = counted_statuses.end() - 1;
  return static_cast<std::size_t>(std::find(counted_statuses.begin(), last, status) -
                                  counted_statuses.begin());
}

std::size_t bucket_of(std::int64_t ms) {
  return static_cast<std::size_t>(
      std::lower_bound(duration_bounds_ms.begin(), duration_bounds_ms.end(), ms) -
      duration_bounds_ms.begin());
}

}  // namespace

void tally::answered(std::size_t row, listener at, int status, std::int64_t lasted_ms) {
  auto& counts = rows_[row];
  const auto ms = std::max<std::int64_t>(0, lasted_ms);
  add(counts.requests[static_cast<std::size_t>(at)][status_index(status)]);
  add(counts.durations[bucket_of(ms)]);
  add(counts.total_ms, static_cast<std::uint64_t>(ms));
}

std::uint64_t tally::requests(std::size_t row, listener at, std::size_t status) const {
  return load(rows_[row].requests[static_cast<std::size_t>(at)][status]);
}

std::uint64_t tally::within(std::size_t row, std::size_t bucket) const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i <= bucket; ++i) sum += load(rows_[row].durations[i]);
  return sum;
}

}  // namespace taquilla::gateway
