// Goal: what takes too long is ended, and what does not is left alone, however early it is over.
// Method: guards that go at once, so that their threads may not have begun; one that stays.
#include "app/deadline_guard.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>

namespace taquilla::app {

TEST_CASE("a guard that goes in time calls nobody, even if its thread has not begun to wait") {
  std::atomic<int> ended{0};
  // Each would wait for its whole limit, and then call, if it had missed that it may go.
  for (int i = 0; i < 20; ++i) deadline_guard{2'000, [&] { ++ended; }};
  CHECK(ended == 0);
}

TEST_CASE("a guard that stays calls once") {
  std::promise<void> called;
  auto over = called.get_future();
  const deadline_guard guard{1, [&] { called.set_value(); }};  // a second call would throw
  CHECK(over.wait_for(std::chrono::seconds{30}) == std::future_status::ready);
}

}  // namespace taquilla::app
