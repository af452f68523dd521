// Goal: the window holds exactly the last N calls and its shares are exact.
// Method: small windows compared with counts by hand.
#include "policies/call_window.hpp"

#include <doctest/doctest.h>

using namespace taquilla;

TEST_CASE("the oldest call leaves a full window") {
  call_window window(3);
  window.record(true, false);
  window.record(false, true);
  window.record(false, false);
  CHECK(window.failed() == 1);
  window.record(false, false);
  CHECK(window.calls() == 3);
  CHECK(window.failed() == 0);
  CHECK(window.slow() == 1);
}

TEST_CASE("a share is reached at exactly its percentage") {
  call_window window(3);
  window.record(true, false);
  window.record(false, false);
  window.record(false, false);
  CHECK(window.failed_at_least(33));
  CHECK_FALSE(window.failed_at_least(34));
  CHECK_FALSE(window.slow_at_least(1));
  window.record(false, true);
  CHECK(window.slow_at_least(33));
  CHECK_FALSE(window.slow_at_least(34));
}

TEST_CASE("a smaller window keeps the newest calls") {
  call_window window(4);
  window.record(true, true);
  window.record(false, false);
  window.record(true, false);
  window.record(false, true);
  window.record(false, true);
  window.resize(2);
  CHECK(window.calls() == 2);
  CHECK(window.failed() == 0);
  CHECK(window.slow() == 2);
}

TEST_CASE("a larger window keeps every call and goes on in order") {
  call_window window(2);
  window.record(true, false);
  window.record(true, false);
  window.resize(3);
  window.record(false, false);
  CHECK(window.failed() == 2);
  window.record(false, false);
  CHECK(window.failed() == 1);
}

TEST_CASE("a cleared window has no calls") {
  call_window window(2);
  window.record(true, true);
  window.clear();
  CHECK(window.calls() == 0);
  CHECK(window.failed() == 0);
  CHECK(window.slow() == 0);
}

TEST_CASE("what a resized window forgets next is what was oldest before") {
  for (const std::size_t size : {4, 3, 8}) {
    call_window window(4);
    for (int call = 0; call < 4; ++call) window.record(call == 1, call == 3);
    window.resize(size);  // of three, the first call is forgotten already
    for (std::size_t more = size == 3 ? 1 : size - 2; more > 0; --more) window.record(false, false);
    CHECK(window.failed() == 0);
    CHECK(window.slow() == 1);
  }
}
