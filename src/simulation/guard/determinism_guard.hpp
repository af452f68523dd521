// The determinism guard: notices when simulated code reads a real clock, real entropy or starts a
// thread.
//
// It interposes the C library's and libstdc++'s doors to the real world (clock_gettime,
// gettimeofday, time, getrandom, getentropy, nanosleep, clock_nanosleep, pthread_create,
// std::random_device). The doors stay open everywhere: a call is passed on, and only counted
// against the run if the calling thread is inside an `armed_scope`. Outside a simulated run the
// price is one read of a thread-local. One thread's arming never concerns another's. Only `taquilla
// simulate` and its tests arm it.
#pragma once

#include <cstdint>
#include <string>

namespace taquilla::simulation::guard {

/// Inside: calls of this thread count.
class armed_scope {
 public:
  armed_scope();
  ~armed_scope();
  armed_scope(const armed_scope&) = delete;
  armed_scope& operator=(const armed_scope&) = delete;

 private:
  bool before_;
};

/// Inside: calls of this thread are forgiven, e.g. while CAF builds an actor system.
class lenient_scope {
 public:
  lenient_scope();
  ~lenient_scope();
  lenient_scope(const lenient_scope&) = delete;
  lenient_scope& operator=(const lenient_scope&) = delete;

 private:
  bool before_;
};

/// Calls that counted since the last forget(), on this thread.
std::uint64_t violations();
/// The first of them, e.g. "clock_gettime"; empty if there was none.
std::string first_violation();
void forget();

}  // namespace taquilla::simulation::guard
