// Faults that concern actors as such: sudden death, a last step, slowness.
#include "simulation/engine/engine.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <utility>

namespace taquilla::simulation {

// The order matters: on_exit destroys the state (and the handles in it), cleanup closes the
// mailbox, bounces what waits there, and tells monitors and links. Both are no-ops for the dead.
void engine::end_actor(caf::actor_id id) {
  if (!actors_[id].alive) return;
  actors_[id].alive = false;
  auto self = caf::actor_cast<caf::strong_actor_ptr>(actors_[id].self);
  if (!self) return;
  auto& actor = static_cast<caf::scheduled_actor&>(*self->get());
  if (actor.mailbox().closed()) return;
  actor.on_exit();
  actor.cleanup(caf::make_error(caf::exit_reason::kill), nullptr);
  if (dying_) return;
  const auto& entry = actors_[id];
  observer_.on_ended(roles_[entry.role].name, entry.incarnation, now());
}

std::size_t engine::crash(const std::string& role) {
  if (!running()) return 0;
  auto wanted = role_index(role);
  std::size_t ended = 0;
  for (caf::actor_id id = 0; id < actors_.size(); ++id) {
    if (!actors_[id].known || !actors_[id].alive || actors_[id].role != wanted) continue;
    end_actor(id);
    ++ended;
    for (auto& message : std::exchange(actors_[id].inbox, {}))
      message.receiver->get()->enqueue(std::move(message.element), nullptr);  // bounces
    actors_[id].unborn = nullptr;
    actors_[id].ready = false;
    ready_.erase(std::remove(ready_.begin(), ready_.end(), id), ready_.end());
  }
  return ended;
}

void engine::crash_after_next_step(const std::string& role) {
  roles_[role_index(role)].last_step_ahead = true;
}

void engine::stall(const std::string& role, virtual_ns until) {
  auto& stalled = roles_[role_index(role)].stalled_until;
  stalled = std::max(stalled, until);
}

std::size_t engine::population(const std::string& role) const {
  auto wanted = role_names_.find(role);
  if (wanted == role_names_.end()) return 0;
  return static_cast<std::size_t>(std::count_if(
      actors_.begin(), actors_.end(),
      [&](const actor_entry& e) { return e.known && e.alive && e.role == wanted->second; }));
}

std::size_t engine::backlog(const std::string& role) const {
  auto wanted = role_names_.find(role);
  std::size_t waiting = 0;
  if (wanted == role_names_.end()) return waiting;
  for (const auto& entry : actors_)
    if (entry.known && entry.role == wanted->second) waiting += entry.inbox.size();
  return waiting;
}

}  // namespace taquilla::simulation
