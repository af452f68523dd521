// The clock of the real box office: CAF's simple one (a multimap of timers) behind a mutex, but for
// the deadlines of requests, which have a wheel of their own (request_timers.hpp).
//
// WHY   Every request here has a deadline, and nearly every one is answered long before it. CAF
//       0.17.6 hands each timer and each cancellation to a clock thread through a queue, which
//       costs several times the request itself. Here setting and cancelling happen on the caller's
//       thread, and there is no clock thread that would have to be woken for each earlier timer:
//       whoever runs actors looks for what is due between two of them, and sleeps no longer than
//       until something is. Deadlines are as exact as before.
// TIME  A purchase asks for the time some forty times. Who runs actors may read it once for each
//       stretch that one of them runs, and to that actor time stands still meanwhile, as it does
//       in the simulation.
//
// Any thread may call it.
#pragma once

#include "app/request_timers.hpp"

#include <caf/all.hpp>
#include <caf/detail/simple_actor_clock.hpp>

#include <atomic>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace taquilla {

class prompt_clock final : public caf::detail::simple_actor_clock {
 public:
  /// @param rouse is told, on any thread, that `next` is earlier than it was.
  explicit prompt_clock(std::function<void()> rouse) : rouse_(std::move(rouse)) {}

  void set_ordinary_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                            uint64_t id) override;
  void set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) override;
  void set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                         uint64_t id) override;
  void schedule_message(time_point t, caf::strong_actor_ptr receiver,
                        caf::mailbox_element_ptr content) override;
  void schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender,
                        caf::message content) override;
  void cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) override;
  void cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) override;
  void cancel_timeouts(caf::abstract_actor* self) override;
  void cancel_all() override;

  time_point now() const noexcept override;
  /// On the calling thread it is now what it is, until this is called again; so for threads that do
  /// nothing but run actors.
  static time_point stands_still();

  /// Nothing is due before.
  time_point next() const { return next_.load(); }
  /// Sends what is due, in its order. Does nothing while another thread does so.
  void ship_due(time_point now);
  /// Lets go of all that is not due yet, and takes nothing any more.
  void end();

 private:
  template <class Change>
  void change(time_point due, Change what);
  std::vector<unique_delayed_event_ptr> take_due(time_point now);
  time_point earliest() const;

  const std::function<void()> rouse_;
  std::mutex shipping_;  ///< whoever has it ships; taken before the other
  std::mutex mutex_;     ///< of what follows
  request_timers requests_;
  std::atomic<time_point> next_{time_point::max()};
  bool ended_ = false;
};

}  // namespace taquilla
