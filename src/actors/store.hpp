// STORE: the one actor that touches the database. Writes are applied as they come and committed
// together (group commit): a transaction takes in the whole backlog, for which its first write
// sends a `flush_batch` behind it. It then waits for the next writes of the purchases that it has
// begun, as long as they take, but never longer than `commit_delay_ms`; so a lone purchase costs
// one commit, and a crowd shares few. A transaction that began nothing, or whose purchases are all
// ended, is committed at once (docs/adr/0011). Reads see committed rows only: a read commits first.
//
// No buyer is told of a write before the commit that made it durable. Within a purchase two answers
// come earlier, as soon as their command was applied: "recorded" and "charged". Each can lead only
// to the next write of the same purchase, which is in the same or a later transaction of this one
// writer: it is never durable without them, and refused if they were rolled back. That saves a
// purchase two waits for the disk of three (docs/adr/0008).
//
// A commit that failed in a way nobody can judge (I/O error) is fail-stop: no answer of that batch
// is sent, the actor dies with the reason, and whoever composed the system ends the process; the
// disk decides after the restart. A batch that was rolled back (disk full) is refused and the store
// goes on.
#pragma once

#include "actors/options.hpp"
#include "actors/protocol.hpp"
#include "store/database.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace taquilla {

/// @param own_thread true in production: a commit blocks while the disk syncs. False under a
///        virtual clock, where nothing may start a thread.
store_actor spawn_store(caf::actor_system& system, std::shared_ptr<database> base,
                        store_options options, bool own_thread);

}  // namespace taquilla
