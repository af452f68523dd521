// NOTIFICATION: delivers mails. Each mail ends in the mailbox, where it can be read, once by
// message id however often it is sent; with a transport (SMTP) it is handed over there first, so a
// crash between the two sends it again under the same Message-ID rather than losing it.
//
// It is told what to send by the MAIL RELAY and answers when the mail is filed. It holds nothing
// that a death could lose: what was not answered stays in the outbox. It remembers the last
// thousands of mails that the other side has taken and hands none of them over again: a relay whose
// store is full, or who misses an answer, asks for the same mail until it is filed.
#pragma once

#include "actors/clock.hpp"
#include "actors/protocol.hpp"

#include <caf/actor_system.hpp>

#include <functional>

namespace taquilla {

/// Hands a mail to the outside world. `send` returns at once; `done` comes once, from any thread:
/// code none when the other side took the mail, mail_undeliverable when it never will, else try
/// again later.
class mail_transport {
 public:
  virtual ~mail_transport() = default;
  virtual void send(const mail& what, std::function<void(error)> done) = 0;
};

/// @param transport may be null: the mailbox is the only addressee. Must outlive the actor system.
notification_actor spawn_notification(caf::actor_system& system, store_actor store,
                                      duration_ms store_patience_ms, wall_clock wall,
                                      mail_transport* transport);

}  // namespace taquilla
