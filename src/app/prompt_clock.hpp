// The clock of the real box office: CAF's simple one (a multimap of timers) behind a mutex, but for
// the deadlines of requests, which have a wheel of their own (request_timers.hpp).
//
// WHY   Every request here has a deadline, and nearly every one is answered long before it. CAF
//       0.17.6 hands each timer and each cancellation to a clock thread through a queue, which
//       costs several times the request itself. Here setting and cancelling happen on the caller's
//       thread, and the clock's thread wakes only when something is really due.
//       Deadlines are as exact as before.
// TIME  A purchase asks for the time some forty times. Who runs actors may read it once for each
//       stretch that one of them runs, and to that actor time stands still meanwhile, as it does
//       in the simulation.
//
// Any thread may call it. `run` is what the clock's own thread does until `stop`.
#pragma once

#include "app/request_timers.hpp"

#include <caf/all.hpp>
#include <caf/detail/simple_actor_clock.hpp>

#include <condition_variable>
#include <mutex>
#include <vector>

namespace taquilla {

class prompt_clock final : public caf::detail::simple_actor_clock {
 public:
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
  static void stands_still();

  void run();
  void stop();

 private:
  template <class Change>
  void change(time_point due, Change what);
  std::vector<unique_delayed_event_ptr> take_due();

  std::mutex mutex_;
  std::condition_variable changed_;
  request_timers requests_;
  time_point wake_at_{};
  bool stopping_ = false;
};

}  // namespace taquilla
