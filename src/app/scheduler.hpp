// The scheduler of the real box office: a few workers and one queue of actors that have something
// to do, with a cheaper clock (prompt_clock.hpp).
//
// WHY   CAF's own worker looks up what each job is for a log that Debian's CAF does not have, and
//       takes a lock and a block of memory for each message; that was a tenth of what the actors
//       cost. Here only a worker that sleeps is woken, and a worker that is alone (on two cores,
//       beside STORE and the I/O) keeps the actors that others have woken in a queue that nobody
//       else touches: what comes from other threads alone goes through the shared one. The workers
//       keep the time, too: no thread has to be woken for each timer that is earlier than the
//       others.
//
// The simulation loads its own module instead; the actors cannot tell.
#pragma once

#include <caf/actor_system_config.hpp>

namespace taquilla {

/// Once per configuration, before its system is made. The configuration's scheduler.max-threads is
/// the number of workers, scheduler.max-throughput how many messages an actor handles in a row.
void use_box_office_scheduler(caf::actor_system_config& config);

}  // namespace taquilla
