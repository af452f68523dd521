#include "simulation/engine/scheduler_module.hpp"

#include <caf/all.hpp>

namespace taquilla::simulation {

namespace {

/// Takes what actors print through aout, and drops it.
class silent_printer : public caf::monitorable_actor {
 public:
  explicit silent_printer(caf::actor_config& cfg) : monitorable_actor(cfg) {}
  void enqueue(caf::mailbox_element_ptr, caf::execution_unit*) override {}
};

}  // namespace

process_config::process_config(sim_clock& clock_to_use, ready_sink& sink_to_use)
    : clock(clock_to_use), sink(sink_to_use) {
  load<scheduler_module>();
}

scheduler_module::scheduler_module(caf::actor_system& system)
    : abstract_coordinator(system), process_(static_cast<const process_config&>(system.config())) {}

caf::actor_system::module* scheduler_module::make(caf::actor_system& system,
                                                  caf::detail::type_list<>) {
  return new scheduler_module(system);
}

void scheduler_module::enqueue(caf::resumable* job) { process_.sink.on_ready(job); }

caf::actor_clock& scheduler_module::clock() noexcept { return process_.clock; }

void scheduler_module::start() {
  caf::actor_config cfg{nullptr};
  utility_actors_[printer_id] = caf::make_actor<silent_printer, caf::actor>(
      system().next_actor_id(), system().node(), &system(), cfg);
}

void scheduler_module::stop() { utility_actors_[printer_id] = nullptr; }

}  // namespace taquilla::simulation
