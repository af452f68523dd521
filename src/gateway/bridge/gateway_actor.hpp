// GATEWAY: the supervised actor that owns the four listeners. It binds when it is born, is ready
// when it serves, and drains when it is told to leave: what was read is answered, idle connections
// do not hold it up. Should it die, its successor binds the same ports again.
#pragma once

#include "actors/protocol.hpp"
#include "gateway/application.hpp"
#include "gateway/http.hpp"

#include <caf/actor_system.hpp>
#include <caf/meta/type_name.hpp>

#include <functional>
#include <memory>

namespace taquilla::gateway {

/// Closes the listeners, while the purchases under way come to their end.
struct stop_accepting {};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, stop_accepting&) {
  return f(caf::meta::type_name("stop_accepting"));
}

using gateway_actor = caf::typed_actor<caf::replies_to<report_ready>::with<child_ready>,
                                       caf::reacts_to<stop_accepting>,
                                       caf::reacts_to<look_again>>;  // INTERNAL: a heartbeat is due

struct gateway_parts {
  http_server_options server;
  gateway_options application;
  std::shared_ptr<front_desk> desk;
  std::chrono::milliseconds drain_limit{10'000};
  /// Told once per incarnation: the ports that were really bound, or what could not be bound.
  std::function<void(const http_server&)> on_bound;
  std::function<void(const bind_failure&)> on_bind_failure;
  /// Told at most once in a heartbeat: how many clients were turned away meanwhile, how many are
  /// in.
  std::function<void(std::uint64_t turned_away, std::size_t connected)> on_full_house;
};

/// The actor has a thread of its own: a drain waits for sockets.
gateway_actor spawn_gateway(caf::actor_system& system, gateway_parts parts);

}  // namespace taquilla::gateway
