// DEADLINE GUARD: ends what takes too long. A thread of its own calls `overdue` unless the guard is
// gone before the time is over; so a stop that hangs still stops. Any thread may hold one.
#pragma once

#include "policies/time.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace taquilla::app {

class deadline_guard {
 public:
  deadline_guard(duration_ms limit_ms, std::function<void()> overdue)
      : thread_([this, limit_ms, overdue = std::move(overdue)] {
          std::unique_lock<std::mutex> hold{lock_};
          const std::chrono::milliseconds limit{limit_ms};
          if (!changed_.wait_for(hold, limit, [this] { return done_; })) overdue();
        }) {}
  ~deadline_guard() {
    {
      const std::lock_guard<std::mutex> hold{lock_};
      done_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  deadline_guard(const deadline_guard&) = delete;
  deadline_guard& operator=(const deadline_guard&) = delete;

 private:
  std::mutex lock_;
  std::condition_variable changed_;
  bool done_ = false;
  std::thread thread_;  // last: it starts when the rest is there
};

}  // namespace taquilla::app
