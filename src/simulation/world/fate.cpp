// Fate: the faults of the plan, and what the disk does.
#include "simulation/cases/case_file.hpp"
#include "simulation/engine/keyed_random.hpp"
#include "simulation/world/goals.hpp"
#include "simulation/world/world.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace taquilla::simulation {

namespace {

constexpr virtual_ns ms = 1'000'000;
constexpr wall_ms first_wall_ms = 1'800'000'000'000;  // a day in January 2027
constexpr std::int64_t down_after_disk_fault_ms = 300;
/// After an error what was begun is taken back, or the next process takes over what it finds: some
/// ten writes and syncs.
constexpr std::uint64_t shaken_changes = 12;

bool changes_the_disk(disk_operation what) {
  return what == disk_operation::write || what == disk_operation::sync;
}

/// Without its time, which stands before it in a trace.
std::string words_of(const fault& f) {
  const auto all = print(f);
  return all.substr(all.find(' ', all.find("at=")) + 1);
}

}  // namespace

void world::plan_faults() {
  faults_ahead_ = plan_.faults.size();
  for (const auto& f : plan_.faults)
    engine_.at(f.at_ms * ms, [this, &f] {
      --faults_ahead_;
      const bool down = !engine_.running() && up_again_planned_ && !healed_;
      if (down && f.what == fault::kind::last_step) return last_steps_ahead_.push_back(&f);
      const auto why = why_missed(f);
      if (why.empty()) return strike(f);
      note(trace_event::kind::missed, "", f.target, words_of(f) + ": " + why);
    });
}

/// Why a fault finds nothing that it could strike; empty when it does.
std::string world::why_missed(const fault& f) const {
  using kind = fault::kind;
  if (healed_) return "all is healed by now";
  if (!engine_.running()) return "the process is down";
  const bool by_order = f.what == kind::chaos || f.what == kind::recover || f.what == kind::stop;
  if (by_order && !serving_) return "the theatre is not open yet";
  if (f.what == kind::stop && stopping_ != nullptr) return "it is stopping already";
  if (f.what == kind::crash && engine_.population(f.target) == 0) return "none is alive";
  return {};
}

void world::strike(const fault& f) {
  note(trace_event::kind::fault, "", f.target, words_of(f));
  reached(goal_of(f));
  switch (f.what) {
    case fault::kind::crash:
      engine_.crash(f.target);
      return;
    case fault::kind::last_step:
      return engine_.crash_after_next_step(f.target);
    case fault::kind::stall:
      return engine_.stall(f.target, engine_.now() + f.for_ms * ms);
    case fault::kind::chaos:
    case fault::kind::recover:
      return order_chaos(f);
    case fault::kind::kill:
      return die(false, f.for_ms, f.value, "killed");
    case fault::kind::power:
      return die(true, f.for_ms, f.value, "power cut");
    case fault::kind::stop:
      return order_stop(f);
  }
}

void world::order_chaos(const fault& f) {
  if (!serving_) return;
  if (visitors_.front() != nullptr) return visitors_.play_chaos(f);
  set_chaos what;
  what.service = f.target;
  what.kind = f.what == fault::kind::recover ? "recover" : f.detail;
  what.delay_ms = f.value;
  what.rate_ppm = f.rate_ppm;
  what.for_ms = f.for_ms;
  what.times = f.times;
  caf::anon_send(operator_, play_chaos{what});
}

void world::order_stop(const fault& f) {
  stopping_ = &f;
  visitors_.house_closes();
  caf::anon_send(operator_, stop_theatre{});
}

// -- the disk ----------------------------------------------------------------------------------

disk_fault world::draw_disk_fault(disk_operation what, const std::string& name, std::uint64_t hash,
                                  std::uint64_t occurrence) {
  const auto& w = plan_.disk;
  auto drawn = taken_.draw(choice::disk_fault, hash, occurrence);
  auto hits = [&](std::uint32_t ppm) { return one_in(drawn = scramble(drawn), ppm); };
  (void)name;
  if (what == disk_operation::lock) return hits(w.busy_ppm) ? disk_fault::busy : disk_fault::none;
  if (hits(w.io_error_ppm)) return disk_fault::io_error;
  if (what == disk_operation::write && (hits(w.full_ppm) || engine_.now() < disk_full_until_))
    return disk_fault::full;
  const bool changes = changes_the_disk(what);
  if (changes && hits(w.kill_ppm)) return disk_fault::kill;
  const bool shaken = disk_changes_ < disk_shaken_until_;
  const auto power_ppm = shaken ? std::max(w.shaken_ppm, w.power_ppm) : w.power_ppm;
  if (changes && hits(power_ppm)) return disk_fault::power;
  return disk_fault::none;
}

disk_fault world::before(disk_operation what, const char* file) {
  if (plan_.fast_disk || disk_calm_ || process_ == 0) return disk_fault::none;
  auto name = std::string(file) + " " + to_string(what);
  auto hash = hash_text(name);
  auto occurrence = ++disk_uses_[hash];
  std::uint64_t proposal = 0;
  if (taken_.exploring())
    proposal = static_cast<std::uint64_t>(draw_disk_fault(what, name, hash, occurrence));
  auto fate =
      static_cast<disk_fault>(taken_.take(choice::disk_fault, hash, name, occurrence, proposal));
  if (changes_the_disk(what)) ++disk_changes_;
  // Not while a process tries to start: it would be given up for a disk that is full again and
  // again.
  if (fate == disk_fault::full && engine_.now() >= disk_full_until_ && engine_.running())
    disk_full_until_ = engine_.now() + plan_.disk.full_for_ms * ms;
  if (fate == disk_fault::full || fate == disk_fault::io_error)
    disk_shaken_until_ = disk_changes_ + shaken_changes;
  if (fate == disk_fault::io_error && serving_ && name.rfind("db", 0) == 0 &&
      changes_the_disk(what)) {
    disk_failed_in_ = process_;
    disk_failed_at_ = name;
  }
  if (fate != disk_fault::none) {
    note(trace_event::kind::fault, "", "disk", name + ": " + to_string(fate));
    reached(std::string("disk-") + to_string(fate));
  }
  if (fate == disk_fault::kill || fate == disk_fault::power) {
    die(fate == disk_fault::power, down_after_disk_fault_ms, 0, "died during " + name);
    return engine_.running() ? disk_fault::none : fate;
  }
  if (what == disk_operation::sync && fate == disk_fault::none) {
    std::uint64_t slow = 0;
    auto drawn = taken_.draw(choice::disk_slow, hash, occurrence);
    if (taken_.exploring() && one_in(drawn, plan_.disk.slow_ppm))
      slow = 1 + below(scramble(drawn), plan_.disk.slow_max_us);
    pass_time_us(
        static_cast<std::int64_t>(taken_.take(choice::disk_slow, hash, name, occurrence, slow)));
  }
  return fate;
}

/// What no answer shows.
void world::watch_disk() {
  if (const auto log = disk_.find("taquilla.db-wal"))
    facts_.log_bytes = std::max(facts_.log_bytes, log->size());
  if (engine_.running() && disk_failed_in_ == process_ && engine_.population("store") > 0)
    facts_.went_on_after = disk_failed_at_;
}

std::int64_t world::wall_clock_ms() { return first_wall_ms + wall_jump_ms_ + engine_.now() / ms; }

void world::pass_time_us(std::int64_t us) { engine_.spend(us * 1000); }

std::uint64_t world::entropy() {
  constexpr std::uint64_t kind = 301;
  return keyed(plan_.seed, kind, 0, ++entropy_drawn_);
}

}  // namespace taquilla::simulation
