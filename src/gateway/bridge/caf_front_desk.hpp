// The front desk over actors: every question becomes an errand of the CLERK, a request to the actor
// that knows, and a callback with the answer. Deadlines: each question waits at most a little
// longer than the asked actor may take, so a silent actor costs a 503 and never a hung client. And
// limits: purchases, reads of the store, of the seats and of the event feed, cancellations, waiters
// for a mail and chaos orders have places of their own, and one more is told `overloaded` here and
// reaches no actor. Health, events and the state of chaos have one round each, which many share.
//
// The theatre must outlive the front desk. Any thread may ask.
#pragma once

#include "actors/theatre.hpp"
#include "gateway/front_desk.hpp"
#include "gateway/options.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace taquilla::gateway {

std::unique_ptr<front_desk> make_caf_front_desk(caf::actor_system& system, const theatre& actors,
                                                const theatre_options& options,
                                                const front_desk_limits& limits);

}  // namespace taquilla::gateway
