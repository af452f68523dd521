// What went through the gateway, in numbers: requests by route, listener and status, how long they
// took, and what became of purchases. Counting is a relaxed atomic addition and never waits; a
// reader sees each number right, and all of them together only roughly. All labels are bounded: the
// rows are the routes, the statuses a fixed list, the outcomes the error table.
#pragma once

#include "domain/error.hpp"
#include "gateway/http.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

namespace taquilla::gateway {

/// Statuses that are counted by name; any other is counted in the last place, as 0.
inline constexpr std::array<int, 25> counted_statuses = {
    200, 204, 400, 401, 402, 403, 404, 405, 408, 409, 411, 413, 414,
    415, 417, 421, 422, 429, 431, 500, 501, 503, 504, 505, 0};

/// Upper bounds of the duration buckets, in milliseconds.
inline constexpr std::array<std::int64_t, 13> duration_bounds_ms = {
    1, 5, 10, 25, 50, 100, 250, 500, 1'000, 2'500, 5'000, 10'000, 20'000};

class tally {
 public:
  /// @param rows routes that are told apart, by number.
  explicit tally(std::size_t rows) : rows_(new row[rows]), size_(rows) {}

  void answered(std::size_t row, listener at, int status, std::int64_t lasted_ms);
  void bought(bool replayed) { add(replayed ? replayed_ : confirmed_); }
  void purchase_refused(errc why) { add(refused_[static_cast<std::size_t>(why)]); }

  std::size_t rows() const { return size_; }
  std::uint64_t requests(std::size_t row, listener at, std::size_t status_index) const;
  /// Requests of a row that took at most duration_bounds_ms[bucket]; all of them for the bucket
  /// behind the last.
  std::uint64_t within(std::size_t row, std::size_t bucket) const;
  std::uint64_t total_ms(std::size_t row) const { return load(rows_[row].total_ms); }
  std::uint64_t confirmed() const { return load(confirmed_); }
  std::uint64_t replayed() const { return load(replayed_); }
  std::uint64_t refused(errc why) const { return load(refused_[static_cast<std::size_t>(why)]); }

 private:
  using count = std::atomic<std::uint64_t>;
  struct row {
    std::array<std::array<count, counted_statuses.size()>, listener_count> requests{};
    std::array<count, duration_bounds_ms.size() + 1> durations{};
    count total_ms{0};
  };
  static void add(count& what, std::uint64_t by = 1) {
    what.fetch_add(by, std::memory_order_relaxed);
  }
  static std::uint64_t load(const count& what) { return what.load(std::memory_order_relaxed); }

  std::unique_ptr<row[]> rows_;
  std::size_t size_;
  count confirmed_{0}, replayed_{0};
  std::array<count, 256> refused_{};  // errc is a byte
};

}  // namespace taquilla::gateway
