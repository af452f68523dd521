// Goal: nothing gets past the guard, and nobody but a simulated run is bothered by it.
// Method: every door is used once inside an armed scope, and one of each kind outside; a steady
// clock reading that comes out of a shared library counts as well as one of ours.
#include "simulation/guard/determinism_guard.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <ctime>
#include <random>
#include <sys/random.h>
#include <sys/time.h>
#include <thread>
#include <unistd.h>

namespace guard = taquilla::simulation::guard;

namespace {

template <class Call>
std::string seen(Call call) {
  guard::forget();
  {
    guard::armed_scope armed;
    call();
  }
  auto first = guard::first_violation();
  guard::forget();
  return first;
}

}  // namespace

TEST_CASE("an armed thread is caught reading a clock") {
  CHECK(seen([] { (void)std::chrono::steady_clock::now(); }) == "clock_gettime");
  CHECK(seen([] { (void)std::chrono::system_clock::now(); }) == "clock_gettime");
  CHECK(seen([] { (void)std::time(nullptr); }) == "time");
  CHECK(seen([] {
          timeval now{};
          gettimeofday(&now, nullptr);
        }) == "gettimeofday");
}

TEST_CASE("an armed thread is caught drawing entropy and starting threads") {
  CHECK(seen([] { (void)std::random_device{}(); }) == "std::random_device");
  char some[4] = {};
  CHECK(seen([&] { CHECK(getrandom(some, sizeof some, 0) == sizeof some); }) == "getrandom");
  CHECK(seen([&] { CHECK(getentropy(some, sizeof some) == 0); }) == "getentropy");
  CHECK(seen([] { std::thread([] {}).join(); }) == "pthread_create");
}

TEST_CASE("an armed thread is caught sleeping") {
  const timespec nothing{};
  CHECK(seen([&] { nanosleep(&nothing, nullptr); }) == "nanosleep");
  CHECK(seen([&] { clock_nanosleep(CLOCK_MONOTONIC, 0, &nothing, nullptr); }) == "clock_nanosleep");
}

TEST_CASE("an armed thread is caught when a library reads the clock for it") {
  CHECK(seen([] { (void)caf::make_timestamp(); }) == "clock_gettime");
}

TEST_CASE("a thread that is not armed is left alone") {
  guard::forget();
  (void)std::chrono::steady_clock::now();
  (void)std::random_device{}();
  std::thread([] {
    guard::armed_scope armed;
    (void)std::chrono::steady_clock::now();
  }).join();
  CHECK(guard::violations() == 0);
}

TEST_CASE("a lenient scope forgives within an armed one") {
  CHECK(seen([] {
          guard::lenient_scope lenient;
          (void)std::chrono::steady_clock::now();
        }).empty());
}
