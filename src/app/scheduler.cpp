#include "app/scheduler.hpp"

#include "app/prompt_clock.hpp"

#include <caf/all.hpp>
#include <caf/detail/set_thread_name.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace taquilla {

namespace {

/// Actors that have something to do and belong to no worker yet. Each job comes with one reference,
/// which passes to whoever takes it. One of those that wait here keeps the time: he sleeps only
/// until the clock has something to send.
class shared_queue {
 public:
  void push(caf::resumable* job) {
    std::condition_variable* woken = nullptr;
    {
      const std::lock_guard<std::mutex> hold{lock_};
      jobs_.push_back(job);
      waiting_.store(jobs_.size(), std::memory_order_relaxed);
      // The time's keeper last, so that he need not be replaced.
      woken = idle_ > 0 ? &work_ : time_is_kept_ ? &time_ : nullptr;
    }
    if (woken != nullptr) woken->notify_one();
  }

  /// Moves at most `most` jobs to the end of `mine`; does not wait.
  void take(std::deque<caf::resumable*>& mine, std::size_t most) {
    if (waiting_.load(std::memory_order_relaxed) == 0) return;
    const std::lock_guard<std::mutex> hold{lock_};
    move_to(mine, most);
  }

  /// The same, but sleeps until there is something, or `clock` has something due. False: there
  /// never will be.
  bool wait_and_take(std::deque<caf::resumable*>& mine, std::size_t most,
                     const prompt_clock& clock) {
    std::unique_lock<std::mutex> hold{lock_};
    while (jobs_.empty() && !closed_) {
      if (time_is_kept_) {
        ++idle_;
        work_.wait(hold);
        --idle_;
        continue;
      }
      if (clock.next() <= prompt_clock::clock_type::now()) break;
      time_is_kept_ = true;
      time_.wait_until(hold, std::min(clock.next(), prompt_clock::clock_type::now() + an_hour));
      time_is_kept_ = false;
    }
    move_to(mine, most);
    return !mine.empty() || !closed_;
  }

  /// The clock has something earlier than before.
  void rouse() {
    {
      const std::lock_guard<std::mutex> hold{lock_};
      if (!time_is_kept_) return;  // whoever is going to keep it looks first
    }
    time_.notify_one();
  }

  void close() {
    const std::lock_guard<std::mutex> hold{lock_};
    closed_ = true;
    work_.notify_all();
    time_.notify_all();
  }

  /// What nobody runs any more, once all workers are gone.
  std::deque<caf::resumable*> left() {
    const std::lock_guard<std::mutex> hold{lock_};
    return std::exchange(jobs_, {});
  }

 private:
  static constexpr std::chrono::hours an_hour{1};  // the end of time is too far to wait for

  void move_to(std::deque<caf::resumable*>& mine, std::size_t most) {
    for (; most > 0 && !jobs_.empty(); --most) {
      mine.push_back(jobs_.front());
      jobs_.pop_front();
    }
    waiting_.store(jobs_.size(), std::memory_order_relaxed);
  }

  std::mutex lock_;
  std::condition_variable work_;
  std::condition_variable time_;  ///< for the one who keeps the time
  std::deque<caf::resumable*> jobs_;
  std::atomic<std::size_t> waiting_{0};  ///< as many as there are jobs
  std::size_t idle_ = 0;                 ///< beside the one who keeps the time
  bool time_is_kept_ = false;
  bool closed_ = false;
};

/// One thread that runs actors. A worker that is alone keeps whom its actors wake to itself; where
/// there are several, whoever is not being run is anybody's, or one that takes long would hold up
/// those that it has woken.
class worker final : public caf::execution_unit {
 public:
  worker(caf::actor_system& system, shared_queue& shared, prompt_clock& clock, bool alone,
         std::size_t throughput)
      : execution_unit(&system),
        shared_(shared),
        clock_(clock),
        alone_(alone),
        throughput_(throughput) {}

  void start() {
    thread_ = std::thread{[this] {
      caf::detail::set_thread_name("taquilla.actors");
      system().thread_started();
      run();
      system().thread_terminates();
    }};
  }
  void join() { thread_.join(); }

  /// Called by what runs on this thread: an actor that has woken another one.
  void exec_later(caf::resumable* job) override {
    if (alone_)
      mine_.push_back(job);
    else
      shared_.push(job);
  }

 private:
  void run() {
    const std::size_t most = alone_ ? ~std::size_t{0} : 1;
    while (!mine_.empty() || shared_.wait_and_take(mine_, most, clock_)) {
      clock_.ship_due(prompt_clock::stands_still());
      // What comes from outside waits for no more than what was ready before it.
      if (alone_) shared_.take(mine_, most);
      if (!mine_.empty()) run_first();
    }
  }

  void run_first() {
    auto* job = mine_.front();
    mine_.pop_front();
    if (job->resume(this, throughput_) == caf::resumable::resume_later)
      exec_later(job);  // it keeps its reference
    else
      caf::intrusive_ptr_release(job);
  }

  shared_queue& shared_;
  prompt_clock& clock_;
  const bool alone_;
  const std::size_t throughput_;
  std::deque<caf::resumable*> mine_;
  std::thread thread_;
};

class coordinator final : public caf::scheduler::abstract_coordinator {
 public:
  using abstract_coordinator::abstract_coordinator;

  void enqueue(caf::resumable* job) override { queue_.push(job); }
  caf::actor_clock& clock() noexcept override { return clock_; }

 protected:
  void start() override {
    for (std::size_t i = 0; i < num_workers(); ++i)
      workers_.push_back(
          std::make_unique<worker>(system(), queue_, clock_, num_workers() == 1, max_throughput()));
    for (auto& one : workers_) one->start();
    abstract_coordinator::start();
  }

  /// By now the actors are gone; what is still queued is run to its end.
  void stop() override {
    stop_actors();
    queue_.close();
    for (auto& one : workers_) one->join();
    for (auto* job : queue_.left()) cleanup_and_release(job);
    clock_.end();
  }

 private:
  shared_queue queue_;
  prompt_clock clock_{[this] { queue_.rouse(); }};
  std::vector<std::unique_ptr<worker>> workers_;
};

}  // namespace

void use_box_office_scheduler(caf::actor_system_config& config) {
  config.module_factories.push_back([](caf::actor_system& system) -> caf::actor_system::module* {
    return new coordinator(system);
  });
}

}  // namespace taquilla
