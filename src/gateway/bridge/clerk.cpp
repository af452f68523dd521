#include "gateway/bridge/clerk.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <utility>

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(taquilla::gateway::errand)

namespace taquilla::gateway {

caf::actor spawn_clerk(caf::actor_system& system) {
  return system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    return {[self](const errand& what) { what(self); }};
  });
}

void send_errand(const caf::actor& clerk, errand what) { caf::anon_send(clerk, std::move(what)); }

void send_errand_later(caf::event_based_actor* clerk, std::int64_t ms, errand what) {
  clerk->delayed_send(clerk, std::chrono::milliseconds{ms}, std::move(what));
}

}  // namespace taquilla::gateway
