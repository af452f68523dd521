// CLERK: the one actor through which HTTP threads ask the box office. An errand is a piece of code
// that runs on the clerk, makes a request with a deadline, and hands the outcome to a callback; so
// no HTTP thread ever waits for an actor, and a purchase in flight costs memory and not a thread.
// The clerk waits for nobody either: it answers thousands of errands at once.
//
// All of them share it, so none may end it: what an errand throws, or a continuation made with
// `guarded`, is told to the event feed, and the one request it was for is refused.
#pragma once

#include "actors/protocol.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <exception>
#include <functional>
#include <utility>

namespace taquilla::gateway {

struct clerk_state {
  static inline const char* name = "clerk";
  event_feed_actor feed;
};
using clerk_pointer = caf::stateful_actor<clerk_state>*;

using errand = std::function<void(clerk_pointer clerk)>;
/// Answers a request whose errand came to nothing. Every `reply` is one.
using refusal = std::function<void(const error&)>;

caf::actor spawn_clerk(caf::actor_system& system, event_feed_actor feed);

/// Runs `what` on the clerk. Any thread. After the clerk's end both are dropped, and with them the
/// responder that they hold, which then answers 500 by itself.
void send_errand(const caf::actor& clerk, errand what, refusal refuse);
/// The same, `ms` from now, for what nobody waits for; on the clerk only.
void send_errand_later(clerk_pointer clerk, std::int64_t ms, errand what);

/// Tells the feed what was thrown and refuses with `internal_error`. On the clerk only.
void errand_failed(clerk_pointer clerk, const char* what, const refusal& refuse) noexcept;

/// `then` as a continuation on the clerk, which survives what it throws.
template <class Then>
auto guarded(clerk_pointer clerk, refusal refuse, Then then) {
  return [clerk, refuse = std::move(refuse), then = std::move(then)](auto&& outcome) mutable {
    try {
      then(std::forward<decltype(outcome)>(outcome));
    } catch (const std::exception& problem) {
      errand_failed(clerk, problem.what(), refuse);
    }
  };
}

}  // namespace taquilla::gateway
