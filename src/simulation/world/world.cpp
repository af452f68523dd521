#include "simulation/world/world.hpp"

#include "domain/planted.hpp"
#include "simulation/engine/keyed_random.hpp"
#include "simulation/guard/determinism_guard.hpp"
#include "simulation/world/breakable_store.hpp"
#include "simulation/world/hall.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace taquilla::simulation {

namespace {

constexpr virtual_ns ms = 1'000'000;

/// How often a store that cannot be opened is tried before the disk is mended: it may be so rough
/// that no start comes through, and only what a good disk cannot open is lost.
constexpr int boots_failed_max = 60;
constexpr std::int64_t boot_retry_ms = 500;
/// What a stop waits for those who wait for a mail.
constexpr std::int64_t linger_ms = 2'000;

/// Between these roles requests and answers may be lost: everybody who asks defends himself with a
/// deadline. Inside a part (desk and its purchases, supervisor and its children) nothing is.
bool may_lose(const std::string& from, const std::string& to) {
  auto outside = [](role_name role) { return role == "client"; };
  auto service = [](role_name role) {
    return role == "door" || role == "inventory" || role == "store";
  };
  auto asks = [](role_name role) {
    return role == "reservation" || role == "payment" || role == "notification" ||
           role == "settlement" || role == "mail_relay" || role == "cancellation" ||
           role == "inventory";
  };
  auto sweep = [](role_name a, role_name b) { return a == "reservation_desk" && b == "store"; };
  if (sweep(from, to) || sweep(to, from)) return true;
  if (outside(from) || outside(to)) return true;
  return (asks(from) && service(to)) || (service(from) && asks(to)) || (asks(from) && asks(to));
}

sqlite_options limits_of(const knobs& k) {
  sqlite_options o;
  o.batch_max = k.batch_max;
  o.checkpoint_pages = static_cast<int>(k.checkpoint_pages);
  return o;
}

engine_options options_for(const plan& p) {
  engine_options o;
  o.schedule = p.strategy;
  o.weather = p.links;
  o.early_ppm = p.early_ppm;
  o.early_within = p.early_within_ms * ms;
  o.lossy = may_lose;
  return o;
}

decisions decisions_for(const plan& p, const run_options& o) {
  auto seed = o.explore_seed != 0 ? o.explore_seed : p.seed;
  return o.explore_from == 0 ? decisions(seed) : decisions(seed, p.script, o.explore_from);
}

/// ", its clock 225.000 s behind"; empty when the clock goes right.
std::string words_of_clock(std::int64_t jump_ms) {
  if (jump_ms == 0) return {};
  const auto off = std::abs(jump_ms);
  auto fraction = std::to_string(1000 + off % 1000);
  fraction[0] = '.';
  return ", its clock " + std::to_string(off / 1000) + fraction + " s " +
         (jump_ms < 0 ? "behind" : "ahead");
}

/// "taquilla.db-wal: of 5 sectors without a sync 2 are kept, 1 is torn, 2 are gone"
std::string words_of_cut(const cut_file& f) {
  const auto all = f.kept + f.torn + f.gone;
  auto out = f.name + ": of " + std::to_string(all) + " sectors without a sync " +
             std::to_string(f.kept) + " kept, " + std::to_string(f.torn) + " torn, " +
             std::to_string(f.gone) + " gone";
  return f.sync_had_failed ? out + "; gone too: what a failed sync had left" : out;
}

}  // namespace

world::world(const plan& p, const run_options& options)
    : plan_(p),
      options_(options),
      taken_(decisions_for(p, options)),
      machine_(*this, p.fast_disk, limits_of(p.numbers)),
      disk_(machine_.disk()),
      engine_(options_for(p), taken_, *this),
      oracles_(make_oracles(p)),
      visitors_(plan_, {engine_, story_, [this] { return wall_clock_ms(); },
                        [this](bool asks, std::string what) {
                          note(asks ? trace_event::kind::invoked : trace_event::kind::answered,
                               "visitor", "", std::move(what));
                        }}) {
  for (std::size_t i = 0; i < plan_.operations.size(); ++i) {
    auto client = plan_.operations[i].client;
    if (client >= scripts_.size()) scripts_.resize(client + 1);
    scripts_[client].push_back(i);
  }
  next_.resize(scripts_.size());
}

world::~world() {
  disk_.unplug();
  visitors_.house_is_gone();
  engine_.kill();
  base_ = nullptr;
}

run_result world::run() {
  run_result result;
  guard::forget();
  {
    guard::armed_scope armed;
    plan_faults();
    visitors_.plan_visits();
    boot();
    for (std::uint32_t c = 1; c < scripts_.size(); ++c) plan_next(c);
    engine_.at(0, [this] { tick(); });
    while (!over() && broken_.oracle.empty() && engine_.steps() < options_.steps_max)
      if (!engine_.step()) break;
    judge(result);
  }
  result.guard_violations = guard::violations();
  result.guard_first = guard::first_violation();
  result.taken = taken_.taken();
  result.story = std::move(story_);
  result.goals.assign(goals_.begin(), goals_.end());
  return result;
}

// -- processes -----------------------------------------------------------------------------------

theatre_options world::tuned() const {
  theatre_options o;
  const auto& k = plan_.numbers;
  o.inventory.hold_ms = k.hold_ms;
  o.inventory.breaker = breaker_of(k);
  o.supervisor.intensity.restarts = static_cast<int>(k.restarts);
  o.inventory.page = static_cast<std::uint32_t>(k.page);
  o.inventory.pages_a_period = static_cast<int>(k.pages_a_period);
  o.payment.attempt_timeout_ms = k.attempt_timeout_ms;
  o.payment.budget.tokens_max_milli = k.retry_budget_milli;
  o.payment.retry.jitter = k.retry_base_ms > 0;
  o.payment.retry.base_ms = std::max<std::int64_t>(1, k.retry_base_ms);
  o.event_feed.kept_max = static_cast<std::size_t>(k.feed_kept);
  o.reservation.deadline_ms = k.deadline_ms;
  o.reservation.sweep_ms = k.sweep_ms;
  o.reservation.sweep_page = std::min(o.reservation.sweep_page, o.inventory.page);
  o.notification.backoff.attempts_max = static_cast<int>(k.mail_attempts);
  o.reservation.in_flight_max = static_cast<std::size_t>(k.in_flight_max);
  o.reservation.joiners_max = static_cast<std::size_t>(k.joiners_max);
  o.settlement.batch = o.notification.batch = static_cast<std::uint32_t>(k.relay_batch);
  o.store.batch_max = static_cast<std::size_t>(k.batch_max);
  o.store.commit_delay_ms = k.commit_delay_ms;
  if (planted::is(planted::bug::deadline_ignored)) {
    o.reservation.deadline_ms *= 30;
    o.payment.attempt_timeout_ms *= 30;
  }
  return o;
}

bool world::open_store() {
  auto opened = machine_.open_store(!planted::is(planted::bug::synchronous_off));
  if (opened) {
    audited_ = opened->get();
    base_ =
        planted::is(planted::bug::none) ? std::move(*opened) : make_breakable(std::move(*opened));
    boots_failed_ = 0;
    return true;
  }
  if (!disk_.plugged()) return false;  // it died on the way: somebody has planned the next boot
  if (disk_calm_) {
    store_unusable(opened.failure().detail);
    return false;
  }
  disk_calm_ = ++boots_failed_ > boots_failed_max;
  engine_.at(engine_.now() + boot_retry_ms * ms, [this] { boot(); });
  return false;
}

void world::store_unusable(const std::string& why) {
  facts_.store_readable = false;
  facts_.store_trouble = why;
}

void world::boot() {
  up_again_planned_ = false;
  if (engine_.running() || over()) return;
  disk_.plug_in();
  if (!open_store()) return;
  ++process_;
  facts_.processes = process_;
  letters_.new_process();
  note(trace_event::kind::process, "", "",
       "process " + std::to_string(process_) + " starts" + words_of_clock(wall_jump_ms_));
  for (auto& o : oracles_) o->on_process_start(engine_.now());
  engine_.boot([this](caf::actor_system& system) { compose(system); });
  for (const auto* f : std::exchange(last_steps_ahead_, {})) strike(*f);
}

void world::compose(caf::actor_system& system) {
  theatre_parts parts;
  parts.options = tuned();
  parts.plan = std::make_shared<const venue>(both_halls());
  parts.base = std::move(base_);
  parts.store_has_own_thread = false;
  constexpr std::int64_t origin_ms = std::chrono::milliseconds(sim_clock::origin).count();
  parts.wall.offset_ms = wall_clock_ms() - engine_.now() / ms - origin_ms;
  parts.seed = plan_.seed;
  if (plan_.post.there) parts.transport = this;
  parts.on_fatal = [this](const std::string& why) {
    reached("fail-stop");
    die(false, 100, 0, "fail-stop: " + why);
  };
  auto house = build_theatre(system, std::move(parts));
  behind_doors_.clear();
  for (const auto& at : house.doors) behind_doors_.push_back(at.service);
  rate_limiter_config limit;
  limit.burst = plan_.numbers.limiter_burst;
  limit.rate_milli = plan_.numbers.limiter_rate_milli;
  limit.keys_max = static_cast<std::size_t>(plan_.numbers.limiter_keys);
  limiter_ = std::make_unique<rate_limiter>(limit);
  visitors_.house_is_built(house, tuned());
  operator_ = spawn_operator(system, house, *this);
  clients_.assign(scripts_.size(), client_actor{});
  for (std::uint32_t c = 1; c < scripts_.size(); ++c)
    clients_[c] = spawn_client(system, house.desk, *this);
  caf::anon_send(operator_, start_theatre{});
}

void world::die(bool power, std::int64_t down_ms, std::int64_t jump_ms, const std::string& why) {
  if (!engine_.running()) return;
  note(trace_event::kind::process, "", "", why);
  reached(power ? "power-cut" : "process-killed");
  disk_.unplug();
  if (power) {
    static const std::string name = "power";
    auto hash = hash_text(name);
    auto occurrence = ++disk_uses_[hash];
    auto salt = taken_.exploring() ? taken_.draw(choice::power_cut, hash, occurrence) | 1 : 0;
    salt = taken_.take(choice::power_cut, hash, name, occurrence, salt);
    // The dying process closes its files first; what it still says to them is not heard.
    engine_.at(engine_.now(), [this, salt] {
      for (const auto& file : disk_.power_cut(salt))
        if (file.kept + file.torn + file.gone > 0 || file.sync_had_failed)
          note(trace_event::kind::process, "", "", words_of_cut(file));
    });
  }
  leave(down_ms, jump_ms);
}

void world::on_stopped() {
  if (stopping_ == nullptr || !engine_.running()) return;
  // The server of the real one does not close while it owes somebody an answer.
  if (std::exchange(serving_, false) && visitors_.anybody_is_kept_waiting())
    return engine_.at(engine_.now() + linger_ms * ms, [this, mine = process_] {
      if (process_ == mine) on_stopped();
    });
  const auto& order = *stopping_;
  note(trace_event::kind::process, "", "", "stopped as ordered");
  reached("process-stopped");
  // The store is closed on a disk that listens, which happens at the end of this step; and before
  // the next process, which may start at once, plugs the disk in.
  engine_.at(engine_.now(), [this] { disk_.unplug(); });
  leave(order.for_ms, order.value);
}

void world::leave(std::int64_t down_ms, std::int64_t jump_ms) {
  serving_ = false;
  stopping_ = nullptr;
  operator_ = nullptr;
  clients_.clear();
  at_the_post_.clear();
  visitors_.house_is_gone();
  engine_.kill();
  wall_jump_ms_ += jump_ms;
  auto lost = running_;
  running_.clear();
  story_.lose_running(engine_.now());
  for (const auto& [number, client] : lost) {
    answered(client, "unknown: the process is gone");
    plan_next(client);
  }
  up_again_planned_ = true;
  engine_.at(engine_.now() + down_ms * ms, [this] { boot(); });
}

run_result run_plan(const plan& p, const run_options& options) { return world(p, options).run(); }

}  // namespace taquilla::simulation
