#include "app/scheduler.hpp"

#include <caf/all.hpp>
#include <caf/detail/thread_safe_actor_clock.hpp>
#include <caf/policy/work_sharing.hpp>
#include <caf/scheduler/coordinator.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace taquilla {

namespace {

/// CAF's simple clock (a multimap of timers) behind a mutex. It derives from the thread-safe clock
/// only because the coordinator's interface names that type; the base's own queue stays empty.
class prompt_clock final : public caf::detail::thread_safe_actor_clock {
 public:
  using simple = caf::detail::simple_actor_clock;

  void set_ordinary_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                            uint64_t id) override {
    change(t, [&] { simple::set_ordinary_timeout(t, self, type, id); });
  }
  void set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) override {
    change(t, [&] { simple::set_request_timeout(t, self, id); });
  }
  void set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                         uint64_t id) override {
    change(t, [&] { simple::set_multi_timeout(t, self, type, id); });
  }
  void schedule_message(time_point t, caf::strong_actor_ptr receiver,
                        caf::mailbox_element_ptr content) override {
    change(t, [&] { simple::schedule_message(t, std::move(receiver), std::move(content)); });
  }
  void schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender,
                        caf::message content) override {
    change(t, [&] {
      simple::schedule_message(t, std::move(target), std::move(sender), std::move(content));
    });
  }
  void cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) override {
    const std::lock_guard<std::mutex> lock{mutex_};
    simple::cancel_ordinary_timeout(self, type);
  }
  void cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) override {
    const std::lock_guard<std::mutex> lock{mutex_};
    simple::cancel_request_timeout(self, id);
  }
  void cancel_timeouts(caf::abstract_actor* self) override {
    const std::lock_guard<std::mutex> lock{mutex_};
    simple::cancel_timeouts(self);
  }
  void cancel_all() override {
    const std::lock_guard<std::mutex> lock{mutex_};
    simple::cancel_all();
  }

  void run() {
    std::unique_lock<std::mutex> lock{mutex_};
    while (!stopping_) {
      auto due = take_due();
      if (due.empty()) {
        wake_at_ = schedule_.empty() ? now() + std::chrono::hours{1} : schedule_.begin()->first;
        changed_.wait_until(lock, wake_at_);
        continue;
      }
      // Shipping may release the last reference to an actor, whose end comes back to this clock.
      lock.unlock();
      for (auto& event : due) ship(*event);
      due.clear();
      lock.lock();
    }
    // What is not due holds its receivers, and nobody would ever let them go.
    const auto never_due = std::exchange(schedule_, {});
    actor_lookup_.clear();
    lock.unlock();
  }

  void stop() {
    const std::lock_guard<std::mutex> lock{mutex_};
    stopping_ = true;
    changed_.notify_all();
  }

 private:
  template <class Change>
  void change(time_point due, Change what) {
    const std::lock_guard<std::mutex> lock{mutex_};
    if (stopping_) return;
    what();
    // Deadlines mostly grow, so the clock's thread is rarely disturbed.
    if (due < wake_at_) changed_.notify_all();
  }

  std::vector<unique_delayed_event_ptr> take_due() {
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

  std::mutex mutex_;
  std::condition_variable changed_;
  time_point wake_at_{};
  bool stopping_ = false;
};

class coordinator final : public caf::scheduler::coordinator<caf::policy::work_sharing> {
 public:
  using super = caf::scheduler::coordinator<caf::policy::work_sharing>;
  using super::super;

  caf::detail::thread_safe_actor_clock& clock() noexcept override { return clock_; }

 protected:
  void start() override {
    timer_ = std::thread{[this] { clock_.run(); }};
    super::start();
  }
  void stop() override {
    super::stop();
    clock_.stop();
    timer_.join();
  }

 private:
  prompt_clock clock_;
  std::thread timer_;
};

}  // namespace

void use_box_office_scheduler(caf::actor_system_config& config) {
  config.module_factories.push_back([](caf::actor_system& system) -> caf::actor_system::module* {
    return new coordinator(system);
  });
}

}  // namespace taquilla
