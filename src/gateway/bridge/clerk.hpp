// CLERK: the one actor through which HTTP threads ask the box office. An errand is a piece of code
// that runs on the clerk, makes a request with a deadline, and hands the outcome to a callback; so
// no HTTP thread ever waits for an actor, and a purchase in flight costs memory and not a thread.
// The clerk waits for nobody either: it answers thousands of errands at once.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <functional>

namespace taquilla::gateway {

using errand = std::function<void(caf::event_based_actor* clerk)>;

caf::actor spawn_clerk(caf::actor_system& system);

/// Runs `what` on the clerk. Any thread. After the clerk's end it is dropped, so callers keep a
/// deadline of their own (http_server's answer_timeout).
void send_errand(const caf::actor& clerk, errand what);
/// The same, `ms` from now; on the clerk only.
void send_errand_later(caf::event_based_actor* clerk, std::int64_t ms, errand what);

}  // namespace taquilla::gateway
