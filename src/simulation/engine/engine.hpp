// The engine: runs actors one message at a time, in virtual time, under control of a seed.
//
// It owns one simulated *process* at a time (an actor system with the simulator's scheduler), the
// clock and the agenda. Every message that an actor sends is taken out of the receiver's mailbox at
// once, goes through the link layer, and is put back, alone, when the receiver is chosen to run. So
// the engine alone decides who runs, when time moves, and which messages arrive; the actors are the
// ones that production runs, and cannot tell the difference. A process can die silently (kill) and
// another be booted: agenda entries of the world, the clock and the rolling hash go on. Guarantees:
// same decisions, same actors -> the same hash, bit by bit. Single-threaded. It knows no business:
// which actors exist is up to the `boot` caller.
#pragma once

#include "simulation/engine/agenda.hpp"
#include "simulation/engine/decisions.hpp"
#include "simulation/engine/keyed_random.hpp"
#include "simulation/engine/links.hpp"
#include "simulation/engine/role_name.hpp"
#include "simulation/engine/scheduler_module.hpp"
#include "simulation/engine/sim_clock.hpp"
#include "simulation/engine/strategy.hpp"

#include <caf/actor_system.hpp>
#include <caf/scheduled_actor.hpp>

#include <functional>
#include <memory>
#include <string>
#include <typeinfo>
#include <unordered_map>
#include <vector>

namespace taquilla::simulation {

/// The type of a message that is one struct of ours; null for everything else.
const std::type_info* type_of(const caf::mailbox_element& element);
/// "charge_card": as links and traces call a message.
const std::string& type_name_of(const caf::type_erased_tuple& content);

/// One message at the moment it is handed to its receiver (or a start, then `element` is null).
struct delivery_view {
  std::uint64_t step;
  virtual_ns now;
  role_name receiver;
  std::uint32_t incarnation;  ///< 1 = first actor of its role in this process
  role_name sender;           ///< "" if the message has no sender
  std::uint32_t sender_incarnation;
  const std::string& type;  ///< message type, "start" for a start
  const caf::mailbox_element* element;
  const std::type_info* what;

  template <class Message>
  bool is() const {
    return what == &typeid(Message);
  }
};

/// One message at the moment it is sent, before the links touch it.
struct sending_view {
  virtual_ns now;
  role_name sender;  ///< "" if the message has no sender
  std::uint32_t sender_incarnation;
  role_name receiver;
  std::uint32_t receiver_incarnation;
  const caf::mailbox_element& element;
  bool passed_on;  ///< by somebody who stands between sender and receiver (a door)
  const std::type_info* what;
  caf::actor_id to;   ///< the receiver's, in this process
  role_name speaker;  ///< whose step it is: who said it, also if it has no sender; "" for nobody's
  std::uint32_t speaker_incarnation;

  template <class Message>
  bool is() const {
    return what == &typeid(Message);
  }
};

/// Watches a run; every method may be left as it is. Must not touch actors.
class engine_observer {
 public:
  virtual ~engine_observer() = default;
  virtual void on_spawned(const std::string& /*role*/, std::uint32_t /*incarnation*/, virtual_ns) {}
  virtual void on_sending(const sending_view&) {}
  virtual void on_delivery(const delivery_view&) {}
  virtual void on_lost(const std::string& /*link*/, const caf::type_erased_tuple&, virtual_ns) {}
  /// So many messages wait for one actor of `role`, or (role "agenda") timers and messages are
  /// under way: called at every doubling from 64 on.
  /// @param mostly which of them are the most, where that is known.
  virtual void on_backlog(const std::string& /*role*/, std::size_t /*waiting*/,
                          const std::string& /*mostly*/) {}
  virtual void on_ended(const std::string& /*role*/, std::uint32_t /*incarnation*/, virtual_ns) {}
  /// Said before on_ended: what it did in this step, its last, stays done; what it sent is gone.
  virtual void on_last_step(const std::string& /*role*/, std::uint32_t /*incarnation*/) {}
};

struct engine_options {
  strategy_name schedule;
  link_weather weather;
  std::uint32_t early_ppm = 0;  ///< how often time moves while actors are ready
  virtual_ns early_within = 0;  ///< how far it may jump then; 0 = never
  std::function<bool(const std::string& from, const std::string& to)> lossy;  ///< default: none
};

class engine final : private ready_sink {
 public:
  engine(engine_options options, decisions& taken, engine_observer& observer);
  ~engine() override;

  // -- processes ------------------------------------------------------------

  /// Starts a process. `compose` spawns its actors. Precondition: !running().
  void boot(const std::function<void(caf::actor_system&)>& compose);
  /// Ends the process at once: nobody is told, nothing more is sent. May be called inside a step
  /// (by a disk that was cut off); it then takes effect when the step returns.
  void kill();
  bool running() const { return system_ != nullptr && !dying_; }
  caf::actor_system& system() { return *system_; }

  // -- time and steps -------------------------------------------------------

  virtual_ns now() const { return clock_.elapsed(); }
  sim_clock& clock() { return clock_; }
  /// Calls `action` at virtual time `due`, whatever process is alive then.
  void at(virtual_ns due, std::function<void()> action);
  /// Time passes inside the current step (a slow disk): everything else happens later.
  void spend(virtual_ns duration) { clock_.advance_to(clock_.elapsed() + duration); }
  /// Does the next thing. Returns false if nothing is left to do.
  bool step();
  std::uint64_t steps() const { return steps_; }
  std::uint64_t hash() const { return hash_; }
  /// Folds a fact of the world into the rolling hash.
  void fold(std::uint64_t fact) { hash_ = combine(hash_, fact); }

  // -- faults ---------------------------------------------------------------

  void weather(const link_weather& w) { links_.weather(w); }
  /// From now on time moves only when nothing is ready.
  void no_early_time() { options_.early_within = 0; }
  /// Kills every living actor of `role` between two messages: monitors fire, requests bounce.
  /// Returns how many died.
  std::size_t crash(const std::string& role);
  /// The next message that an actor of `role` handles is its last: what it did stays done, what it
  /// sent then is never sent.
  void crash_after_next_step(const std::string& role);
  /// Actors of `role` run nothing until `until`; their messages wait.
  void stall(const std::string& role, virtual_ns until);
  /// Living actors of `role`.
  std::size_t population(const std::string& role) const;
  /// Messages that wait for actors of `role`.
  std::size_t backlog(const std::string& role) const;
  std::size_t agenda_size() const { return agenda_.size(); }

 private:
  struct delivery {
    caf::strong_actor_ptr receiver;
    caf::mailbox_element_ptr element;
    std::uint32_t type = 0;
  };
  struct actor_entry {
    caf::weak_actor_ptr self;
    std::uint32_t role = 0;
    std::uint32_t incarnation = 0;
    std::uint64_t identity = 0;
    bool known = false;
    bool ready = false;
    bool alive = false;
    caf::strong_actor_ptr unborn;  // set from spawn to the first step
    std::vector<delivery> inbox;
  };
  struct role_entry {
    std::string name;
    std::uint64_t hash = 0;
    std::uint32_t incarnations = 0;
    virtual_ns stalled_until = 0;
    bool last_step_ahead = false;
  };

  void on_ready(caf::resumable* job) override;
  std::size_t drain(caf::scheduled_actor& actor, const caf::strong_actor_ptr& self);
  void announce(caf::actor_id to, const caf::mailbox_element& element);
  void flush_outgoing();
  void route(delivery message);
  void deliver_at(virtual_ns due, delivery message, bool overtakes);
  void into_inbox(delivery message);
  void fire(agenda_entry entry);
  void make_ready(caf::actor_id id);
  void run(std::size_t index);
  void hand_over(caf::scheduled_actor& actor, delivery message);
  void after_step(caf::actor_id id, caf::scheduled_actor& actor, bool ended);
  void silence_last_words();
  void note_step(const actor_entry& entry, const delivery* message);
  std::size_t choose();
  std::string most_of_agenda() const;
  void end_actor(caf::actor_id id);
  void bury_process();
  actor_entry& entry_of(caf::scheduled_actor& actor);
  std::uint32_t role_index(const std::string& name);
  std::uint32_t type_index(const caf::mailbox_element& element);
  std::uint32_t link_of(const delivery& message, const actor_entry& from, const actor_entry& to);

  decisions& taken_;
  engine_observer& observer_;
  engine_options options_;
  std::unique_ptr<strategy> strategy_;
  agenda agenda_;
  sim_clock clock_;
  link_layer links_;
  std::unique_ptr<process_config> config_;
  std::unique_ptr<caf::actor_system> system_;
  std::unique_ptr<sim_worker> worker_;
  bool dying_ = false;
  caf::actor_id stepper_ = 0;  ///< whose step it is; 0: nobody's
  bool buried_ = true;

  std::vector<actor_entry> actors_;  // by actor id
  std::vector<role_entry> roles_;
  std::unordered_map<std::string, std::uint32_t> role_names_;  // looked up only
  std::vector<const std::string*> types_;
  std::unordered_map<std::uint64_t, std::uint32_t> type_indices_;  // looked up only
  std::vector<caf::actor_id> ready_;
  std::vector<delivery> outgoing_;
  std::unordered_map<std::uint64_t, virtual_ns> last_due_;  // per pair of actors; looked up only
  options_now question_;
  std::size_t agenda_told_ = 64;
  std::uint64_t steps_ = 0;
  std::uint64_t choices_ = 0;
  std::uint64_t hash_ = 0;
};

}  // namespace taquilla::simulation
