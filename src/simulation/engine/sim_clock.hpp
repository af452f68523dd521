// The clock of simulated actors: virtual time, and timers kept in the engine's agenda.
//
// `now()` moves only when the engine says so. A request's timer is cancelled as soon as its answer
// is handed over (CAF 0.17.6 would leave it to expire, which drags virtual time ahead).
// Actors use it through caf::actor_clock and cannot tell it from CAF's own.
#pragma once

#include "simulation/engine/agenda.hpp"

#include <caf/actor_clock.hpp>

namespace taquilla::simulation {

class sim_clock final : public caf::actor_clock {
 public:
  /// Virtual time zero, as actors read it: some time after boot, like any monotonic clock.
  static constexpr std::chrono::seconds origin{1'000'000};

  explicit sim_clock(agenda& events) : events_(events) {}

  virtual_ns elapsed() const { return elapsed_; }
  /// Moves forward to `t`; earlier times are ignored: the clock is monotonic.
  void advance_to(virtual_ns t) {
    if (t > elapsed_) elapsed_ = t;
  }
  void cancel_request(caf::actor_id actor, caf::message_id mid) {
    events_.cancel_request(actor, mid);
  }

  time_point now() const noexcept override;
  duration_type difference(caf::atom_value measurement, long units, time_point from,
                           time_point to) const noexcept override;
  void set_ordinary_timeout(time_point due, caf::abstract_actor* self, caf::atom_value type,
                            std::uint64_t id) override;
  void set_multi_timeout(time_point due, caf::abstract_actor* self, caf::atom_value type,
                         std::uint64_t id) override;
  void set_request_timeout(time_point due, caf::abstract_actor* self, caf::message_id id) override;
  void cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) override;
  void cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) override;
  void cancel_timeouts(caf::abstract_actor* self) override;
  void schedule_message(time_point due, caf::strong_actor_ptr receiver,
                        caf::mailbox_element_ptr content) override;
  void schedule_message(time_point due, caf::group target, caf::strong_actor_ptr sender,
                        caf::message content) override;
  void cancel_all() override;

 private:
  static virtual_ns to_virtual(time_point t);

  agenda& events_;
  virtual_ns elapsed_ = 0;
};

}  // namespace taquilla::simulation
