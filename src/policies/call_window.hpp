// The last N calls of a dependency, as two bits each: failed, slow.
//
// A fixed ring for the circuit breaker's window mode. Recording is O(1) and allocation-free; the
// percentages are exact integers over the calls held. It knows nothing about what happens when a
// percentage is too high.
#pragma once

#include <bitset>
#include <cstddef>

namespace taquilla {

class call_window {
 public:
  static constexpr std::size_t calls_max = 512;

  /// @param size calls to remember, 1..calls_max.
  explicit call_window(std::size_t size) : size_(size) {}

  void record(bool failed, bool slow);

  /// Forgets everything.
  void clear();

  /// Remembers `size` calls from here on; keeps the newest that fit.
  void resize(std::size_t size);

  std::size_t calls() const { return calls_; }
  std::size_t failed() const { return failed_.count(); }
  std::size_t slow() const { return slow_.count(); }

  /// True if at least `percent` % of the calls held failed.
  bool failed_at_least(std::size_t percent) const { return failed() * 100 >= percent * calls_; }
  /// True if at least `percent` % of the calls held were slow.
  bool slow_at_least(std::size_t percent) const { return slow() * 100 >= percent * calls_; }

 private:
  std::size_t size_;
  std::size_t next_ = 0;   // where the next call goes
  std::size_t calls_ = 0;  // calls held, at most size_
  std::bitset<calls_max> failed_;
  std::bitset<calls_max> slow_;
};

}  // namespace taquilla
