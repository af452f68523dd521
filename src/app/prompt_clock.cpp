#include "app/prompt_clock.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace taquilla {

namespace {

using simple = caf::detail::simple_actor_clock;

/// When this thread's time stood still; the epoch: it does not.
thread_local prompt_clock::time_point still_at{};

}  // namespace

prompt_clock::time_point prompt_clock::now() const noexcept {
  return still_at == time_point{} ? clock_type::now() : still_at;
}

void prompt_clock::stands_still() { still_at = clock_type::now(); }

template <class Change>
void prompt_clock::change(time_point due, Change what) {
  const std::lock_guard<std::mutex> lock{mutex_};
  if (stopping_) return;
  what();
  // Deadlines mostly grow, so the clock's thread is rarely disturbed.
  if (due < wake_at_) changed_.notify_all();
}

void prompt_clock::set_ordinary_timeout(time_point t, caf::abstract_actor* self,
                                        caf::atom_value type, uint64_t id) {
  change(t, [&] { simple::set_ordinary_timeout(t, self, type, id); });
}

void prompt_clock::set_request_timeout(time_point t, caf::abstract_actor* self,
                                       caf::message_id id) {
  change(t, [&] { requests_.set({t, self->ctrl(), id}); });
}

void prompt_clock::set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                                     uint64_t id) {
  change(t, [&] { simple::set_multi_timeout(t, self, type, id); });
}

void prompt_clock::schedule_message(time_point t, caf::strong_actor_ptr receiver,
                                    caf::mailbox_element_ptr content) {
  change(t, [&] { simple::schedule_message(t, std::move(receiver), std::move(content)); });
}

void prompt_clock::schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender,
                                    caf::message content) {
  change(t, [&] {
    simple::schedule_message(t, std::move(target), std::move(sender), std::move(content));
  });
}

void prompt_clock::cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) {
  const std::lock_guard<std::mutex> lock{mutex_};
  simple::cancel_ordinary_timeout(self, type);
}

void prompt_clock::cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) {
  const std::lock_guard<std::mutex> lock{mutex_};
  requests_.cancel(self->id(), id);
}

void prompt_clock::cancel_timeouts(caf::abstract_actor* self) {
  const std::lock_guard<std::mutex> lock{mutex_};
  simple::cancel_timeouts(self);
}

void prompt_clock::cancel_all() {
  std::vector<request_timers::deadline> none_of_these;  // let go behind the lock
  const std::lock_guard<std::mutex> lock{mutex_};
  simple::cancel_all();
  none_of_these = requests_.take_all();
}

void prompt_clock::run() {
  std::unique_lock<std::mutex> lock{mutex_};
  while (!stopping_) {
    auto due = take_due();
    auto late = requests_.take_due(now());
    if (due.empty() && late.empty()) {
      wake_at_ = std::min(now() + std::chrono::hours{1}, requests_.next());
      if (!schedule_.empty()) wake_at_ = std::min(wake_at_, schedule_.begin()->first);
      changed_.wait_until(lock, wake_at_);
      continue;
    }
    // Shipping may release the last reference to an actor, whose end comes back to this clock.
    lock.unlock();
    for (auto& event : due) ship(*event);
    for (auto& one : late) {
      request_timeout event{one.due, std::move(one.who), one.request};
      ship(event);
    }
    due.clear();
    lock.lock();
  }
  // What is not due holds its receivers, and nobody would ever let them go.
  const auto never_due = std::exchange(schedule_, {});
  const auto never_late = requests_.take_all();
  actor_lookup_.clear();
  lock.unlock();
}

void prompt_clock::stop() {
  const std::lock_guard<std::mutex> lock{mutex_};
  stopping_ = true;
  changed_.notify_all();
}

std::vector<prompt_clock::unique_delayed_event_ptr> prompt_clock::take_due() {
  std::vector<unique_delayed_event_ptr> due;
  const auto t = now();
  while (!schedule_.empty() && schedule_.begin()->first <= t) {
    auto event = std::move(schedule_.begin()->second);
    if (event->backlink != actor_lookup_.end()) actor_lookup_.erase(event->backlink);
    schedule_.erase(schedule_.begin());
    due.push_back(std::move(event));
  }
  return due;
}

}  // namespace taquilla
