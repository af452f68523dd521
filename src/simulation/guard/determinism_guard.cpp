#include "simulation/guard/determinism_guard.hpp"

#include <dlfcn.h>
#include <pthread.h>
#include <random>
#include <sys/random.h>
#include <sys/time.h>
#include <time.h>

namespace taquilla::simulation::guard {

namespace {

// Plain thread-locals: they must be usable before main and in every thread.
thread_local bool armed = false;
thread_local std::uint64_t count = 0;
thread_local const char* first = nullptr;

void note(const char* door) {
  if (!armed) return;
  if (count++ == 0) first = door;
}

/// The next definition of `name`: the C library's own.
template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

armed_scope::armed_scope() : before_(armed) { armed = true; }
armed_scope::~armed_scope() { armed = before_; }
lenient_scope::lenient_scope() : before_(armed) { armed = false; }
lenient_scope::~lenient_scope() { armed = before_; }

std::uint64_t violations() { return count; }
std::string first_violation() { return first ? first : ""; }
void forget() {
  count = 0;
  first = nullptr;
}

}  // namespace taquilla::simulation::guard

namespace door = taquilla::simulation::guard;

// The signatures are the C library's; it declares them noexcept, and its attributes stay its own.
extern "C" {

int clock_gettime(clockid_t which, struct timespec* out) noexcept {
  static const auto next = door::real<int(clockid_t, struct timespec*)>("clock_gettime");
  door::note("clock_gettime");
  return next(which, out);
}

int gettimeofday(struct timeval* out, void* zone) noexcept {
  static const auto next = door::real<int(struct timeval*, void*)>("gettimeofday");
  door::note("gettimeofday");
  return next(out, zone);
}

time_t time(time_t* out) noexcept {
  static const auto next = door::real<time_t(time_t*)>("time");
  door::note("time");
  return next(out);
}

ssize_t getrandom(void* out, size_t count, unsigned flags) {
  static const auto next = door::real<ssize_t(void*, size_t, unsigned)>("getrandom");
  door::note("getrandom");
  return next(out, count, flags);
}

int getentropy(void* out, size_t count) {
  static const auto next = door::real<int(void*, size_t)>("getentropy");
  door::note("getentropy");
  return next(out, count);
}

int nanosleep(const struct timespec* wanted, struct timespec* left) {
  static const auto next = door::real<int(const struct timespec*, struct timespec*)>("nanosleep");
  door::note("nanosleep");
  return next(wanted, left);
}

int clock_nanosleep(clockid_t which, int flags, const struct timespec* wanted,
                    struct timespec* left) {
  static const auto next =
      door::real<int(clockid_t, int, const struct timespec*, struct timespec*)>("clock_nanosleep");
  door::note("clock_nanosleep");
  return next(which, flags, wanted, left);
}

int pthread_create(pthread_t* out, const pthread_attr_t* how, void* (*start)(void*),
                   void* argument) noexcept {
  static const auto next =
      door::real<int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>("pthread_create");
  door::note("pthread_create");
  return next(out, how, start, argument);
}

}  // extern "C"

// libstdc++ may draw from the processor directly, so the C library's doors would not notice.
std::random_device::result_type std::random_device::_M_getval() {
  static const auto next =
      door::real<result_type(std::random_device*)>("_ZNSt13random_device9_M_getvalEv");
  door::note("std::random_device");
  return next(this);
}
