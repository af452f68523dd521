// Who is to be woken when, ordered: looking for the next one never scans the connections. A wake-up
// may come too early (a deadline that moved later is not moved here), and no later than the grain
// of the reactor's timer; the one who is woken looks at the clock. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>

namespace taquilla::gateway {

class connection;

class deadlines {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using entries = std::multimap<time_point, connection*>;
  /// Kept by the one who waits; empty when nothing is set.
  using handle = std::optional<entries::iterator>;

  /// Sees to it that `who` is woken at `when` or before. Cheap when that is so already.
  void set(handle& mine, connection* who, time_point when) {
    if (mine && (*mine)->first <= when) return;
    clear(mine);
    mine = entries_.emplace(when, who);
  }
  void clear(handle& mine) {
    if (mine) entries_.erase(*mine);
    mine.reset();
  }
  std::optional<time_point> next() const {
    if (entries_.empty()) return std::nullopt;
    return entries_.begin()->first;
  }
  /// Somebody whose time has come, or nobody. One at a time, because what is done for one may end
  /// others.
  connection* first_due(time_point now) const {
    const bool due = !entries_.empty() && entries_.begin()->first <= now;
    return due ? entries_.begin()->second : nullptr;
  }
  std::size_t size() const { return entries_.size(); }

 private:
  entries entries_;
};

}  // namespace taquilla::gateway
