#include "policies/call_window.hpp"

#include <algorithm>

namespace taquilla {

void call_window::record(bool failed, bool slow) {
  failed_[next_] = failed;
  slow_[next_] = slow;
  next_ = (next_ + 1) % size_;
  calls_ = std::min(calls_ + 1, size_);
}

void call_window::clear() { *this = call_window(size_); }

void call_window::resize(std::size_t size) {
  call_window resized(size);
  const std::size_t kept = std::min(calls_, size);
  for (std::size_t age = kept; age > 0; --age) {
    const std::size_t from = (next_ + size_ - age) % size_;
    resized.record(failed_[from], slow_[from]);
  }
  *this = resized;
}

}  // namespace taquilla
