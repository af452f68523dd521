// Where a page of a listing ends: after `limit` rows that were wanted, or after so many rows looked
// at that a filter with few matches would keep the store from its writers. In the second case the
// page may be short or empty and its cursor still goes on. Pure.
#pragma once

#include "store/commands.hpp"

#include <algorithm>
#include <cstdint>

namespace taquilla::store {

inline constexpr std::uint32_t rows_per_page_max = 20'000;  ///< looked at: some 10 ms

class page_scan {
 public:
  enum class verdict { take, skip, stop };

  /// Limits outside 1..page_limit_max are moved inside.
  explicit page_scan(std::uint32_t limit) : limit_(std::clamp(limit, 1U, page_limit_max)) {}

  /// For each row in order of id.
  verdict see(reservation_id id, bool wanted) {
    if ((wanted && taken_ == limit_) || seen_ == rows_per_page_max) {
      next_ = last_;
      return verdict::stop;
    }
    ++seen_;
    last_ = id;
    if (!wanted) return verdict::skip;
    ++taken_;
    return verdict::take;
  }

  /// The cursor of the following page; 0: there is none.
  reservation_id next() const { return next_; }

 private:
  std::uint32_t limit_, taken_ = 0, seen_ = 0;
  reservation_id last_ = 0, next_ = 0;
};

}  // namespace taquilla::store
