// What is due of a queue whose items wait until a moment of the wall clock. The clock of a process
// may be behind that of the one before, so that a wait it left would last for hours: whoever looks
// says how late a wait of his own can end, and what ends later is due as well.
#pragma once

#include "store/commands.hpp"
#include "store/statement.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace taquilla::store {

/// Appends to `into` what is due, `query.limit` items at most.
/// @param due those that wait until a moment between ?1 and ?2, the earliest first, ?3 at most.
/// @param next_at the earliest such moment after ?1.
/// @returns as settlements::next_at.
template <class Query, class Item, class Read>
wall_ms take_due(const Query& query, statement& due, statement& next_at, std::vector<Item>& into,
                 Read read) {
  const auto limit = std::clamp(query.limit, 1U, page_limit_max);
  const auto all_taken = [&](wall_ms from, wall_ms until) {
    auto row = due.query(from, until, limit + 1 - into.size());
    while (row.next()) {
      if (into.size() == limit) return false;
      into.push_back(read(row));
    }
    return true;
  };
  if (!all_taken(0, query.now)) return query.now;
  auto later = next_at.query(query.now);
  const wall_ms next = later.next() ? later.integer(0) : 0;
  if (next == 0) return 0;  // nearly always
  const auto latest = std::max(query.now, query.latest);
  constexpr auto never = std::numeric_limits<wall_ms>::max();
  if (latest < never && !all_taken(latest + 1, never)) return query.now;
  return next <= latest ? next : 0;
}

}  // namespace taquilla::store
