// DOORWAY: the handle that peers hold of a supervised actor, and the way past its DOOR (door.hpp).
//
// A door that passes everything on would cost each message a turn of its own: the door has to be
// scheduled before the service is. So a message that nothing is in the way of goes straight into
// the service's mailbox, on the sender's thread. Whatever needs a decision goes to the DOOR: while
// the service is down, while a rule of chaos is on, while messages wait behind a delay.
//
//   sender --> DOORWAY --nothing in the way--> service
//                 `-------else--> DOOR ---decides---^
//
// Messages of one sender keep their order: as long as one is still with the DOOR, all later ones
// follow it there. Any thread may send; a threshold's lock is held for a few instructions. It has
// no mailbox, so do not send to it with a delay.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <cstddef>
#include <memory>
#include <mutex>

namespace taquilla {

/// What a DOORWAY and its DOOR share.
class threshold {
 public:
  /// The service, when a message may go straight to it. Else nothing, and the message is counted
  /// as with the DOOR until `passed`.
  caf::actor straight_to();
  /// Says whether messages may go straight, and to whom (null: they may not). The dead get none.
  void let_through(caf::actor child);
  /// `child` has ended: what is sent from now on is the DOOR's affair, whoever heard of the death.
  void has_ended(caf::actor_id child);
  /// Whether that is known of this one.
  bool is_over(caf::actor_id child);
  /// The DOOR has decided about one of the messages that went to it.
  void passed();

 private:
  std::mutex lock_;
  caf::actor child_;
  caf::actor_id ended_ = 0;
  std::size_t with_door_ = 0;
};

/// Lives until it is sent an exit message, or nobody holds it any more.
caf::actor make_doorway(caf::actor_system& system, caf::actor door,
                        std::shared_ptr<threshold> shared);

}  // namespace taquilla
