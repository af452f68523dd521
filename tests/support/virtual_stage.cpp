#include "support/virtual_stage.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <utility>

namespace taquilla::testing {

namespace {

constexpr std::size_t messages_at_one_instant_max = 2'000'000;

}  // namespace

struct virtual_stage::config : caf::actor_system_config {
  config() { set("scheduler.policy", caf::atom("testing")); }
};

virtual_stage::virtual_stage(std::uint64_t seed)
    : config_(std::make_unique<config>()),
      system_(std::make_unique<caf::actor_system>(*config_)),
      scheduler_(&dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler())),
      draw_(seed),
      shuffle_(seed != 0),
      trace_(std::getenv("TAQUILLA_TRACE") != nullptr) {}

virtual_stage::~virtual_stage() {
  // A delayed message keeps its receiver alive, and an actor that has not run yet cannot end.
  scheduler_->clock().cancel_all();
  for (int round = 0; round < 5 && system_->registry().running() != 0; ++round) {
    for (const auto& [id, one] : std::map<std::uint64_t, known>(seen_))
      caf::anon_send_exit(one.address, caf::exit_reason::kill);
    while (step()) {
    }
    scheduler_->clock().cancel_all();
  }
  seen_.clear();
  if (system_->registry().running() == 0) return;
  std::cerr << "virtual_stage: an actor does not end\n";  // ~actor_system would wait for ever
  std::abort();
}

bool virtual_stage::step() {
  auto& jobs = scheduler_->jobs;
  if (jobs.empty()) return false;
  if (shuffle_) std::swap(jobs[0], jobs[draw_() % jobs.size()]);
  auto& actor = dynamic_cast<caf::scheduled_actor&>(*jobs[0]);
  const auto me = seen_.emplace(actor.id(), known{actor.address(), actor.name()}).first;
  ++activity_[me->second.role];
  if (trace_) {
    const auto* next = actor.mailbox().peek();
    std::cerr << now_ms() << " " << me->second.role << ": "
              << (next == nullptr ? "-" : caf::to_string(next->content())) << "\n";
  }
  scheduler_->run_once();
  if (!caf::actor_cast<caf::strong_actor_ptr>(me->second.address)) seen_.erase(me);
  return true;
}

void virtual_stage::settle() {
  for (auto left = messages_at_one_instant_max; step(); --left)
    if (left == 0) throw std::runtime_error("the actors talk without end at one instant");
}

void virtual_stage::advance(std::int64_t ms) {
  auto& clock = scheduler_->clock();
  const auto end = clock.current_time + std::chrono::milliseconds{ms};
  settle();
  while (!clock.schedule().empty() && clock.schedule().begin()->first <= end) {
    const auto wait = clock.schedule().begin()->first - clock.current_time;
    scheduler_->advance_time(std::max(caf::timespan{0}, caf::timespan{wait}));
    settle();
  }
  clock.current_time = end;
}

std::int64_t virtual_stage::now_ms() const {
  const auto now = scheduler_->clock().current_time.time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

bool virtual_stage::lives(const known& one) {
  const auto strong = caf::actor_cast<caf::strong_actor_ptr>(one.address);
  return strong && !strong->get()->getf(caf::abstract_actor::is_terminated_flag);
}

std::map<std::string, int> virtual_stage::population() const {
  std::map<std::string, int> out;
  for (const auto& [id, one] : seen_)
    if (lives(one)) ++out[one.role];
  return out;
}

std::size_t virtual_stage::timers() const { return scheduler_->clock().schedule().size(); }

int virtual_stage::kill(const std::string& role) {
  int killed = 0;
  for (const auto& [id, one] : seen_) {
    if (one.role != role || !lives(one)) continue;
    caf::anon_send_exit(one.address, caf::exit_reason::kill);
    ++killed;
  }
  return killed;
}

}  // namespace taquilla::testing
