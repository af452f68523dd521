#include "simulation/engine/sim_clock.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/group.hpp>

#include <chrono>
#include <stdexcept>
#include <utility>

namespace taquilla::simulation {

virtual_ns sim_clock::to_virtual(time_point t) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(t.time_since_epoch() - origin)
      .count();
}

sim_clock::time_point sim_clock::now() const noexcept {
  return time_point{origin + std::chrono::nanoseconds{elapsed_}};
}

sim_clock::duration_type sim_clock::difference(caf::atom_value, long, time_point from,
                                               time_point to) const noexcept {
  return to - from;
}

void sim_clock::set_ordinary_timeout(time_point due, caf::abstract_actor* self,
                                     caf::atom_value type, std::uint64_t id) {
  events_.cancel_timeout(self->id(), type);
  agenda_entry e;
  e.kind = entry_kind::timeout;
  e.target = caf::strong_actor_ptr{self->ctrl()};
  e.timeout_type = type;
  e.timeout_id = id;
  e.overrides = true;
  events_.add(to_virtual(due), std::move(e));
}

void sim_clock::set_multi_timeout(time_point due, caf::abstract_actor* self, caf::atom_value type,
                                  std::uint64_t id) {
  agenda_entry e;
  e.kind = entry_kind::timeout;
  e.target = caf::strong_actor_ptr{self->ctrl()};
  e.timeout_type = type;
  e.timeout_id = id;
  events_.add(to_virtual(due), std::move(e));
}

void sim_clock::set_request_timeout(time_point due, caf::abstract_actor* self, caf::message_id id) {
  agenda_entry e;
  e.kind = entry_kind::request_timeout;
  e.target = caf::strong_actor_ptr{self->ctrl()};
  e.mid = id;
  events_.add(to_virtual(due), std::move(e));
}

void sim_clock::cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) {
  events_.cancel_timeout(self->id(), type);
}

void sim_clock::cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) {
  events_.cancel_request(self->id(), id);
}

void sim_clock::cancel_timeouts(caf::abstract_actor* self) { events_.cancel_timers(self->id()); }

void sim_clock::schedule_message(time_point due, caf::strong_actor_ptr receiver,
                                 caf::mailbox_element_ptr content) {
  if (!receiver) return;
  agenda_entry e;
  e.kind = entry_kind::delayed;
  e.target = std::move(receiver);
  e.element = std::move(content);
  events_.add(to_virtual(due), std::move(e));
}

void sim_clock::schedule_message(time_point, caf::group, caf::strong_actor_ptr, caf::message) {
  throw std::logic_error("the simulator has no groups");
}

void sim_clock::cancel_all() { events_.drop_process(); }

}  // namespace taquilla::simulation
