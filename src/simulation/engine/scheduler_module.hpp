// The scheduler module that a simulated actor system loads in place of CAF's own.
//
// CAF hands it every actor that became ready, at the very moment a message is put into its mailbox:
// it passes the actor on to a `sink` (the engine) and does nothing else. There are no threads, and
// what actors print is thrown away. Loaded by `process_config`; used by the engine alone.
#pragma once

#include "simulation/engine/sim_clock.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/execution_unit.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

namespace taquilla::simulation {

/// Receives actors that became ready. The caller owns one reference to each and gives it away.
class ready_sink {
 public:
  virtual ~ready_sink() = default;
  virtual void on_ready(caf::resumable* job) = 0;
};

/// The configuration of one simulated process: which clock and which engine its actors get.
class process_config : public caf::actor_system_config {
 public:
  process_config(sim_clock& clock, ready_sink& sink);

  sim_clock& clock;
  ready_sink& sink;
};

class scheduler_module final : public caf::scheduler::abstract_coordinator {
 public:
  explicit scheduler_module(caf::actor_system& system);

  /// What CAF calls to build a loaded module.
  static caf::actor_system::module* make(caf::actor_system& system, caf::detail::type_list<>);

  void enqueue(caf::resumable* job) override;
  bool detaches_utility_actors() const override { return false; }
  caf::actor_clock& clock() noexcept override;

 protected:
  void start() override;
  void stop() override;

 private:
  const process_config& process_;
};

/// The one execution unit of a simulated process.
class sim_worker final : public caf::execution_unit {
 public:
  sim_worker(caf::actor_system* system, ready_sink& sink) : execution_unit(system), sink_(sink) {}
  void exec_later(caf::resumable* job) override { sink_.on_ready(job); }

 private:
  ready_sink& sink_;
};

}  // namespace taquilla::simulation
