// VIRTUAL STAGE: an actor system on one thread and a clock that only the test moves. Whole minutes
// of timeouts pass in milliseconds, and one seed gives one schedule, every time.
//
// `step` runs one message, `settle` all that can run now, `advance` moves the clock from one due
// time to the next and settles at each, so that nothing is skipped and nothing fires early. It
// counts what every role handles and knows who lives, so that a leak is seen; with TAQUILLA_TRACE
// in the environment it prints every message. Its destructor ends every actor: handles that the
// test kept must be gone before. Used by virtual_theatre.cpp; one thread.
#pragma once

#include <caf/actor_addr.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <cstdint>
#include <map>
#include <random>
#include <string>

namespace caf::scheduler {
class test_coordinator;
}

namespace taquilla::testing {

class virtual_stage {
 public:
  /// @param seed 0: first come, first served. Else one random schedule that keeps every pair's
  /// order.
  explicit virtual_stage(std::uint64_t seed);
  ~virtual_stage();
  virtual_stage(const virtual_stage&) = delete;
  virtual_stage& operator=(const virtual_stage&) = delete;

  caf::actor_system& system() { return *system_; }

  /// Runs one message. False: nobody has anything to do at this instant.
  bool step();
  /// Runs until nobody has anything to do at this instant. Throws when that never comes.
  void settle();
  void advance(std::int64_t ms);
  std::int64_t now_ms() const;

  /// Living actors by role, and messages handled by role since the beginning.
  std::map<std::string, int> population() const;
  const std::map<std::string, std::uint64_t>& activity() const { return activity_; }
  std::size_t timers() const;
  /// Kills every living actor of a role that has run at least once. @return how many.
  int kill(const std::string& role);

 private:
  struct config;
  struct known {
    caf::actor_addr address;
    std::string role;
  };

  static bool lives(const known& one);

  std::unique_ptr<config> config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::scheduler::test_coordinator* scheduler_ = nullptr;
  std::mt19937_64 draw_;
  bool shuffle_ = false;
  bool trace_ = false;
  std::map<std::uint64_t, known> seen_;  ///< by actor id
  std::map<std::string, std::uint64_t> activity_;
};

}  // namespace taquilla::testing
