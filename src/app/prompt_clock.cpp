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

prompt_clock::time_point prompt_clock::stands_still() { return still_at = clock_type::now(); }

// Deadlines mostly grow, so that nobody is disturbed as a rule.
template <class Change>
void prompt_clock::change(time_point due, Change what) {
  {
    const std::lock_guard<std::mutex> lock{mutex_};
    if (ended_) return;
    what();
    if (due >= next_.load()) return;
    next_ = due;
  }
  rouse_();
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

// Shipping may release the last reference to an actor, whose end comes back to this clock.
void prompt_clock::ship_due(time_point now) {
  if (now < next()) return;
  const std::unique_lock<std::mutex> turn{shipping_, std::try_to_lock};
  if (!turn) return;
  std::unique_lock<std::mutex> lock{mutex_};
  const auto due = take_due(now);
  auto late = requests_.take_due(now);
  next_ = earliest();
  lock.unlock();
  for (const auto& event : due) ship(*event);
  for (auto& one : late) {
    request_timeout event{one.due, std::move(one.who), one.request};
    ship(event);
  }
}

// What is not due holds its receivers, and nobody would ever let them go.
void prompt_clock::end() {
  schedule_map never_due;  // let go behind the lock
  std::vector<request_timers::deadline> never_late;
  const std::lock_guard<std::mutex> lock{mutex_};
  ended_ = true;
  never_due = std::exchange(schedule_, {});
  never_late = requests_.take_all();
  actor_lookup_.clear();
}

std::vector<prompt_clock::unique_delayed_event_ptr> prompt_clock::take_due(time_point now) {
  std::vector<unique_delayed_event_ptr> due;
  while (!schedule_.empty() && schedule_.begin()->first <= now) {
    auto event = std::move(schedule_.begin()->second);
    if (event->backlink != actor_lookup_.end()) actor_lookup_.erase(event->backlink);
    schedule_.erase(schedule_.begin());
    due.push_back(std::move(event));
  }
  return due;
}

prompt_clock::time_point prompt_clock::earliest() const {
  return schedule_.empty() ? requests_.next()
                           : std::min(requests_.next(), schedule_.begin()->first);
}

}  // namespace taquilla
