// CLIENT and OPERATOR: the people of a simulated run, as actors of the process that they talk to.
//
// A CLIENT sends one operation to the RESERVATION DESK and reports the answer, or that it hung up.
// The OPERATOR starts the theatre, plays chaos through the SUPERVISOR as the chaos endpoints do,
// and asks whether everything has come to rest. They die with their process; their plans and
// memories live in the world (`people_port`), which is told everything. Simulation only.
#pragma once

#include "actors/theatre.hpp"
#include "simulation/oracles/oracle.hpp"
#include "simulation/world/history.hpp"

#include <caf/typed_actor.hpp>

#include <cstdint>

namespace taquilla::simulation {

struct do_operation {
  std::uint64_t number = 0;  ///< in the history
  operation what;
  reservation_id target = 0;  ///< cancel
};
struct start_theatre {};
struct play_chaos {
  set_chaos what;
};
struct look_around {};
struct stop_theatre {};

/// What came of the questions about rest. While the store has things to do nobody else is asked.
struct rest_report {
  enum class part { nothing, the_store, all };
  part known = part::nothing;  ///< nothing if somebody did not answer
  store_counts counts;
  std::uint64_t held = 0;        ///< seats on hold
  std::uint64_t in_flight = 0;   ///< purchases that run
  std::vector<shown_seat> hall;  ///< INVENTORY's picture
  bool hall_true = false;        ///< and it is what the store holds
  std::string not_up;            ///< ", payment is down": who does not serve, says the supervisor
};

class people_port {
 public:
  virtual ~people_port() = default;
  virtual void on_answer(std::uint64_t number, reservation_id id, bool replayed,
                         reservation_state state) = 0;
  virtual void on_refusal(std::uint64_t number, const error& why) = 0;
  virtual void on_silence(std::uint64_t number) = 0;
  virtual void on_started(bool well, const std::string& why) = 0;
  /// The process has drained and closed, or has waited for that as long as it may.
  virtual void on_stopped() = 0;
  virtual void on_rest_report(const rest_report& report) = 0;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, do_operation& x) {
  return f(caf::meta::type_name("do_operation"), x.number, x.target);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, start_theatre&) {
  return f(caf::meta::type_name("start_theatre"));
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, play_chaos& x) {
  return f(caf::meta::type_name("play_chaos"), x.what);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, look_around&) {
  return f(caf::meta::type_name("look_around"));
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, stop_theatre&) {
  return f(caf::meta::type_name("stop_theatre"));
}

using client_actor = caf::typed_actor<caf::reacts_to<do_operation>>;
using operator_actor = caf::typed_actor<caf::reacts_to<start_theatre>, caf::reacts_to<play_chaos>,
                                        caf::reacts_to<look_around>, caf::reacts_to<stop_theatre>>;

/// Of an operation that buys.
purchase_order order_of(const operation& what);

/// `port` must outlive the actor system.
client_actor spawn_client(caf::actor_system& system, desk_actor desk, people_port& port);
operator_actor spawn_operator(caf::actor_system& system, const theatre& house, people_port& port);

}  // namespace taquilla::simulation
