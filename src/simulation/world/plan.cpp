#include "simulation/world/plan.hpp"

#include "simulation/world/hall.hpp"
#include "simulation/world/plan_draws.hpp"

#include <algorithm>
#include <string>

namespace taquilla::simulation {

namespace {

moods draw_moods(const std::string& profile, const drawer& d) {
  if (profile == "calm") return {true, false, false, false, false, false, false, false, true};
  if (profile == "crash") return {true, false, true, true, true, false, false, false, false};
  if (profile == "disk")
    return {true, d.chance("losses", half / 2), false, false, true, true, true, false, false};
  if (profile == "slow") return {true, true, false, true, false, false, false, true, true};
  return {d.chance("latency", 800'000), d.chance("losses", half),   d.chance("actors", half),
          d.chance("services", half),   d.chance("kills", 250'000), d.chance("power", 100'000),
          d.chance("disk", 100'000),    d.chance("slow", 250'000),  d.chance("early", 250'000)};
}

void draw_links(plan& p, const moods& m, const drawer& d) {
  if (m.latency) {
    p.links.delay_ppm = d.one_of<std::uint32_t>("delay", {100'000, 500'000, 900'000});
    p.links.delay_max_us = d.one_of<std::uint32_t>("delay-max", {200, 2'000, 50'000, 800'000});
  }
  if (m.losses) {
    p.links.lost_ppm = d.one_of<std::uint32_t>("lost", {0, 5'000, 30'000});
    p.links.doubled_ppm = d.one_of<std::uint32_t>("doubled", {0, 5'000, 30'000});
    p.links.overtake_ppm = d.one_of<std::uint32_t>("overtake", {0, 20'000});
    p.links.late_ppm = d.one_of<std::uint32_t>("late", {0, 20'000});
    p.links.late_max_us = d.one_of<std::uint32_t>("late-max", {2'500'000, 7'000'000, 20'000'000});
    if (p.links.delay_max_us == 0) p.links.delay_max_us = 1000;
    if (p.links.delay_ppm == 0 && p.links.late_ppm != 0) p.links.delay_ppm = 100'000;
  }
  if (m.losses && d.chance("bad-link", half)) {
    p.links.bad = d.one_of<const char*>(
        "which-link",
        {"store>reservation purchase_confirmed", "store>reservation purchase_recorded",
         "store>reservation purchase_failed", "reservation>store confirm_purchase",
         "reservation>store fail_purchase", "inventory>reservation hold_answer",
         "payment>reservation charge_record", "store>mail_relay mail_filed",
         "store>settlement settled", "store>cancellation purchase_cancelled"});
    p.links.bad_ppm = d.one_of<std::uint32_t>("bad", {200'000, 600'000});
  }
  if (m.losses && p.links.delay_ppm != 0 && d.chance("tardy-link", half / 2)) {
    p.links.tardy = d.one_of<const char*>(
        "tardy", {"reservation>inventory hold_seat", "reservation>inventory sell_seat",
                  "inventory>reservation hold_answer", "reservation>store record_purchase",
                  "reservation>store confirm_purchase", "reservation>payment charge_card",
                  "reservation>store fail_purchase", "store>inventory live_seat",
                  "settlement>payment void_payment", "cancellation>store cancel_purchase"});
    p.links.tardy_ppm = d.one_of<std::uint32_t>("tardy-often", {200'000, 600'000});
  }
  if (!m.early) return;
  p.early_ppm = d.one_of<std::uint32_t>("early", {20'000, 200'000});
  p.early_within_ms = d.one_of<std::int64_t>("early-within", {1, 50, 1'000});
}

void draw_disk(plan& p, const moods& m, const drawer& d) {
  p.fast_disk = !(m.power || m.disk || m.slow || m.kills);
  if (m.disk) {
    p.disk.io_error_ppm = d.one_of<std::uint32_t>("eio", {0, 1'000, 5'000});
    p.disk.full_ppm = d.one_of<std::uint32_t>("enospc", {0, 2'000, 20'000});
    p.disk.busy_ppm = d.one_of<std::uint32_t>("busy", {0, 100'000});
    p.disk.full_for_ms = d.one_of<std::int64_t>("full-for", {0, 0, 500, 5'000});
    if (m.power) p.disk.shaken_ppm = d.one_of<std::uint32_t>("shaken", {0, 0, 100'000});
  }
  if (m.slow) {
    p.disk.slow_ppm = d.one_of<std::uint32_t>("slow", {50'000, 500'000});
    p.disk.slow_max_us = d.one_of<std::uint32_t>("slow-max", {2'000, 200'000, 2'000'000});
  }
  if (m.kills) p.disk.kill_ppm = d.one_of<std::uint32_t>("kill", {0, 500, 5'000});
  if (m.power) p.disk.power_ppm = d.one_of<std::uint32_t>("cut", {500, 5'000});
}

void draw_post(plan& p, const moods& m, const drawer& d) {
  p.post.there = d.chance("post", half / 2);
  if (!p.post.there || !(m.services || m.slow)) return;
  p.post.later_ppm = d.one_of<std::uint32_t>("post-later", {0, 100'000, 500'000});
  p.post.never_ppm = d.one_of<std::uint32_t>("post-never", {0, 0, 100'000});
  p.post.slow_ppm = d.one_of<std::uint32_t>("post-slow", {0, 300'000});
  // A mail is waited for 5 s.
  p.post.slow_max_us = d.one_of<std::uint32_t>("post-slow-max", {50'000, 6'000'000, 30'000'000});
}

/// A request every 20 s. The limiter may forget a client who has been idle for a minute, and at
/// this rate he may still owe it something then.
constexpr std::int64_t slow_limiter = 50, idle_client_us = 61'000'000;

void draw_knobs(plan& p, const drawer& d) {
  auto& k = p.numbers;
  k.hold_ms = d.one_of<std::int64_t>("hold", {60'000, 60'000, 25'000});
  // Little more than three attempts: then a slow start makes the last one meet the deadline.
  k.deadline_ms = d.one_of<std::int64_t>("deadline", {20'000, 20'000, 16'000});
  k.batch_max = d.one_of<std::int64_t>("batch", {512, 512, 2, 1});
  k.commit_delay_ms = d.one_of<std::int64_t>("commit-delay", {2, 2, 0, 50});
  k.breaker_failures = d.one_of<std::int64_t>("breaker-failures", {5, 5, 2, 1});
  k.breaker_open_ms = d.one_of<std::int64_t>("breaker-open", {30'000, 5'000, 1'000});
  k.breaker_growth = d.one_of<std::int64_t>("breaker-growth", {1, 1, 2});
  k.breaker_probes = d.one_of<std::int64_t>("breaker-probes", {1, 1, 1, 2});
  k.breaker_successes = d.one_of<std::int64_t>("breaker-successes", {1, 1, 1, 2});
  k.breaker_window = d.one_of<std::int64_t>("breaker-window", {0, 0, 0, 0, 4, 10});
  k.breaker_ramp_ms = d.one_of<std::int64_t>("breaker-ramp", {0, 0, 0, 2'000, 10'000});
  k.limiter_burst = d.one_of<std::int64_t>("limiter-burst", {5, 5, 5, 5, 5, 5, 5, 1});
  k.limiter_rate_milli =
      d.one_of<std::int64_t>("limiter-rate", {2'000, 2'000, 2'000, 1'700, slow_limiter});
  k.limiter_keys = d.one_of<std::int64_t>("limiter-keys", {10'000, 10'000, 10'000, 2, 1});
  k.restarts = d.one_of<std::int64_t>("restarts", {5, 5, 5, 1});
  k.sweep_ms = d.one_of<std::int64_t>("sweep", {5'000, 1'000});
  k.mail_attempts = d.one_of<std::int64_t>("mail-attempts", {1'000'000, 1'000'000, 3});
  // Small limits are met by small crowds.
  k.in_flight_max = d.one_of<std::int64_t>("in-flight", {5'000, 5'000, 5'000, 3});
  k.joiners_max = d.one_of<std::int64_t>("joiners", {64, 64, 1});
  k.relay_batch = d.one_of<std::int64_t>("relay-batch", {64, 64, 2, 1});
  // A run writes a few hundred pages at most.
  k.checkpoint_pages = d.one_of<std::int64_t>("checkpoint", {1'000, 1'000, 60, 8});
  k.page = d.one_of<std::int64_t>("page", {1'000, 1'000, 2, 1});
  k.pages_a_period = d.one_of<std::int64_t>("pages-a-period", {20, 20, 1});
  k.retry_budget_milli = d.one_of<std::int64_t>("retry-budget", {1'000'000, 1'000'000, 3'000});
  k.retry_base_ms = d.one_of<std::int64_t>("retry-base", {0, 0, 0, 300, 3'000});
  k.feed_kept = d.one_of<std::int64_t>("feed-kept", {1'000, 1'000, 8});
}

std::string draw_seat(const drawer& d, const char* question, std::uint64_t n, int seats) {
  // Half of all purchases want the first seat: that is where it gets crowded.
  auto number = d.chance("hot", half, n) ? 1 : 1 + d.upto(question, seats, n);
  if (d.chance("last-of-row", 30'000, n)) number = both_halls()[0].seats_per_row;
  // In half of the runs some want the seat of the same number in the other row, or of the same name
  // in the other event.
  constexpr std::uint32_t some = 200'000;
  const bool wide = d.chance("wide", half);
  const auto& halls = both_halls();
  const auto& hall = halls[wide && d.chance("other-event", some, n) ? 1 : 0];
  const auto& row = hall.rows[wide && d.chance("other-row", some, n) ? 1 : 0];
  return name_of_place(hall.id, {row, static_cast<std::uint32_t>(number)});
}

std::int64_t draw_think_us(const drawer& d, crowd who, std::uint64_t n) {
  // Often at once, sometimes a little later, rarely so late that holds and holders are gone.
  auto think =
      who == crowd::mixed
          ? d.one_of<std::int64_t>("think", {0, 0, 100, 5'000, 300'000, 2'000'000, 20'000'000}, n)
          : d.one_of<std::int64_t>("think-crowd", {0, 0, 0, 100, 5'000, 300'000, 2'000'000}, n);
  return think == 0 ? 0 : d.upto("think-share", think, n);
}

bool draw_cancels(const drawer& d, crowd who, std::uint64_t n) {
  const auto percent = d.upto("what", 100, n);
  if (who == crowd::twins) return percent < 30;
  return who == crowd::mixed && percent < 20 && d.chance("cancels", half);
}

void draw_purchase(operation& o, const drawer& d, crowd who, std::uint64_t n, int seats) {
  if (who == crowd::twins) return;  // A1, the first buyer, the usual price
  o.seat = draw_seat(d, "seat", n, seats);
  // A buyer is mostly the client himself; sharing one makes two requests the same purchase.
  o.buyer = d.chance("same-buyer", 300'000, n) ? 1 : o.client;
  o.cents = d.chance("other-amount", 100'000, n) ? 7'550 : 5'000;
  if (d.chance("keys", half) && d.chance("key", half, n))
    o.key = "k" + std::to_string(1 + d.upto("key-number", 3, n));
}

operation draw_operation(const drawer& d, crowd who, std::uint32_t client, std::uint64_t n,
                         int seats) {
  operation o;
  o.client = client;
  o.think_us = draw_think_us(d, who, n);
  if (draw_cancels(d, who, n)) {
    o.what = operation::kind::cancel;
    o.target = static_cast<std::uint32_t>(1 + d.upto("target", 4, n));
    o.blind = d.chance("blind", who == crowd::twins ? half : half / 2, n);
    return o;
  }
  draw_purchase(o, d, who, n, seats);
  if (d.chance("gives-up", 100'000, n))
    o.patience_ms = d.one_of<std::int64_t>("patience", {5, 500, 4'000}, n);
  return o;
}

void draw_operations(plan& p, const drawer& d) {
  const auto who = draw_crowd(d);
  auto clients = static_cast<std::uint32_t>(2 + d.upto("clients", 4));
  auto seats = static_cast<int>(1 + d.upto("seats", 3));
  bool soak = d.chance("soak", 10'000);
  std::uint64_t n = 0;
  for (std::uint32_t c = 1; c <= clients; ++c) {
    auto count = soak ? 40 + d.upto("count", 40, c) : 1 + d.upto("count", 5, c);
    if (who == crowd::rush) count += 4;
    for (std::int64_t i = 0; i < count; ++i) {
      ++n;
      p.operations.push_back(draw_operation(d, who, c, n, seats));
      if (p.numbers.limiter_rate_milli == slow_limiter && d.chance("long-pause", 100'000, n))
        p.operations.back().think_us += idle_client_us;
    }
  }
}

}  // namespace

crowd draw_crowd(const drawer& d) {
  constexpr std::int64_t twins_percent = 12, rush_percent = 10;
  const auto percent = d.upto("crowd", 100);
  if (percent < twins_percent) return crowd::twins;
  return percent < twins_percent + rush_percent ? crowd::rush : crowd::mixed;
}

bool is_steady(const plan& p) { return p.early_ppm == 0 || p.early_within_ms <= 1; }

bool is_punctual(const plan& p, const std::string& role) {
  // A disk that is slow holds up all at once.
  const bool quick_disk =
      p.disk.slow_ppm == 0 && std::none_of(p.script.begin(), p.script.end(), [](const decision& d) {
        return d.kind == choice::disk_slow;
      });
  return is_steady(p) && quick_disk &&
         std::none_of(p.faults.begin(), p.faults.end(), [&](const fault& f) {
           return f.what == fault::kind::stall && f.target == role;
         });
}

bool is_quiet(const plan& p) {
  constexpr std::uint32_t quick_us = 50'000;
  return is_steady(p) && p.fast_disk && p.faults.empty() && p.links.lost_ppm == 0 &&
         p.links.late_ppm == 0 && p.links.doubled_ppm == 0 && p.links.overtake_ppm == 0 &&
         p.links.bad_ppm == 0 && p.links.tardy_ppm == 0 && p.links.delay_max_us <= quick_us;
}

circuit_breaker_config breaker_of(const knobs& k) {
  circuit_breaker_config out;
  out.failures = static_cast<int>(k.breaker_failures);
  out.open_ms = k.breaker_open_ms;
  out.open_growth = static_cast<double>(k.breaker_growth);
  out.probes = static_cast<int>(k.breaker_probes);
  out.successes_to_close = static_cast<int>(k.breaker_successes);
  out.ramp_ms = k.breaker_ramp_ms;
  if (k.breaker_window == 0) return out;
  out.mode = breaker_mode::window;
  out.window_calls = static_cast<std::size_t>(k.breaker_window);
  out.window_calls_min = out.window_calls / 2;
  out.slow_ms = 3'600'000;  // an hour: nobody is slow, because nobody here could say it so exactly
  return out;
}

bool is_profile(const std::string& name) {
  return name == "swarm" || name == "calm" || name == "crash" || name == "disk" || name == "slow";
}

plan draw_plan(std::uint64_t seed, const std::string& profile, const strategy_name& strategy) {
  plan p;
  p.seed = seed;
  p.profile = profile;
  p.strategy = resolve(strategy, seed);
  drawer d(seed, hash_text(profile));
  auto m = draw_moods(profile, d);
  draw_links(p, m, d);
  draw_disk(p, m, d);
  draw_post(p, m, d);
  draw_knobs(p, d);
  draw_operations(p, d);
  draw_faults(p, m, d);
  draw_visits(p, d);
  return p;
}

}  // namespace taquilla::simulation
