#include "simulation/world/plan.hpp"

#include "simulation/engine/keyed_random.hpp"
#include "simulation/world/hall.hpp"

#include <array>
#include <initializer_list>
#include <utility>

namespace taquilla::simulation {

namespace {

/// Draws for one purpose: each question has its own key, so none depends on another.
class drawer {
 public:
  drawer(std::uint64_t seed, std::uint64_t purpose) : key_(combine(scramble(seed), purpose)) {}

  std::uint64_t raw(const char* question, std::uint64_t n = 0) const {
    return keyed(key_, hash_text(question), n);
  }
  bool chance(const char* question, std::uint32_t ppm, std::uint64_t n = 0) const {
    return one_in(raw(question, n), ppm);
  }
  std::int64_t upto(const char* question, std::int64_t bound, std::uint64_t n = 0) const {
    return static_cast<std::int64_t>(below(raw(question, n), static_cast<std::uint64_t>(bound)));
  }
  template <class T>
  T one_of(const char* question, std::initializer_list<T> values, std::uint64_t n = 0) const {
    return values.begin()[below(raw(question, n), values.size())];
  }

 private:
  std::uint64_t key_;
};

constexpr std::uint32_t half = 500'000;
/// When clients begin, as a rule.
constexpr std::int64_t usual_start_ms = 250;

/// Which dimensions of trouble a run has at all. Calm in most of them: rare things then meet.
struct moods {
  bool latency, losses, actors, services, kills, power, disk, slow, early;
};

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

void draw_knobs(plan& p, const drawer& d) {
  auto& k = p.numbers;
  k.hold_ms = d.one_of<std::int64_t>("hold", {60'000, 60'000, 25'000});
  // Little more than three attempts: then a slow start makes the last one meet the deadline.
  k.deadline_ms = d.one_of<std::int64_t>("deadline", {20'000, 20'000, 16'000});
  k.batch_max = d.one_of<std::int64_t>("batch", {512, 512, 2, 1});
  k.commit_delay_ms = d.one_of<std::int64_t>("commit-delay", {2, 2, 0, 50});
  k.breaker_open_ms = d.one_of<std::int64_t>("breaker-open", {30'000, 5'000, 1'000});
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
  k.retry_base_ms = d.one_of<std::int64_t>("retry-base", {0, 0, 0, 300, 3'000});
  k.feed_kept = d.one_of<std::int64_t>("feed-kept", {1'000, 1'000, 8});
}

std::string draw_seat(const drawer& d, const char* question, std::uint64_t n, int seats) {
  // Half of all purchases want the first seat: that is where it gets crowded.
  const auto number = d.chance("hot", half, n) ? 1 : 1 + d.upto(question, seats, n);
  // In half of the runs some want the seat of the same number in the other row, or of the same name
  // in the other event.
  constexpr std::uint32_t some = 200'000;
  const bool wide = d.chance("wide", half);
  const auto& halls = both_halls();
  const auto& hall = halls[wide && d.chance("other-event", some, n) ? 1 : 0];
  const auto& row = hall.rows[wide && d.chance("other-row", some, n) ? 1 : 0];
  return name_of_place(hall.id, {row, static_cast<std::uint32_t>(number)});
}

/// Who comes. Most runs have a bit of everything; some things only happen in a crowd.
enum class crowd {
  mixed,
  twins,  ///< all want the same ticket for the same buyer, and cancel what they can get hold of
  rush,   ///< many purchases one after the other, of an INVENTORY that ails
};

crowd draw_crowd(const drawer& d) {
  constexpr std::int64_t twins_percent = 12, rush_percent = 10;
  const auto percent = d.upto("crowd", 100);
  if (percent < twins_percent) return crowd::twins;
  return percent < twins_percent + rush_percent ? crowd::rush : crowd::mixed;
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
    }
  }
}

// -- faults ------------------------------------------------------------------------------------

const std::array<const char*, 8> mortal_roles{{"inventory", "payment", "notification", "settlement",
                                               "mail_relay", "reservation_desk", "reservation",
                                               "event_feed"}};
const std::array<const char*, 3> services{{"inventory", "payment", "notification"}};

std::int64_t draw_moment(const drawer& d, std::uint64_t n) {
  auto scale = d.one_of<std::int64_t>("scale", {10, 500, 5'000, 30'000}, n);
  return d.upto("moment", scale, n);
}

/// Soon after somebody begins: a RESERVATION lives for milliseconds, any other moment misses it.
std::int64_t draw_purchase_moment(const plan& p, const drawer& d, std::uint64_t n) {
  const auto& begun = p.operations[below(d.raw("whose", n), p.operations.size())];
  std::int64_t us = 0;
  bool first = true;
  for (const auto& o : p.operations) {
    if (o.client == begun.client) {
      // Who wants to begin before the house is open comes again a little later.
      us += std::exchange(first, false) && o.think_us == 0 ? usual_start_ms * 1'000 : o.think_us;
    }
    if (&o == &begun) break;
  }
  return us / 1000 + d.upto("after", d.one_of<std::int64_t>("after-scale", {2, 20, 1'000}, n), n);
}

/// Soon after something else went wrong: who cleans up may die as well.
std::int64_t draw_aftermath(const plan& p, const drawer& d, const char* question, std::uint64_t n) {
  const auto& wrong = p.faults[below(d.raw(question, n), p.faults.size())];
  const auto within = d.one_of<std::int64_t>("aftermath", {2, 50, 2'000}, n);
  return wrong.at_ms + d.upto("aftermath-share", within, n);
}

fault draw_actor_fault(const plan& p, const drawer& d, std::uint64_t n) {
  constexpr std::uint32_t a_third = 333'000;
  fault f;
  f.target = mortal_roles[below(d.raw("role", n), mortal_roles.size())];
  const bool brief = f.target == std::string("reservation");
  f.at_ms = brief ? draw_purchase_moment(p, d, n) : draw_moment(d, n);
  if (!brief && !p.faults.empty() && d.chance("second-death", a_third, n))
    f.at_ms = draw_aftermath(p, d, "first-death", n);
  f.what = d.one_of<fault::kind>(
      "actor", {fault::kind::crash, fault::kind::last_step, fault::kind::stall}, n);
  if (f.what == fault::kind::stall)
    f.for_ms = d.one_of<std::int64_t>("stall", {20, 1'500, 6'000, 18'000}, n);
  return f;
}

const char* draw_chaos_kind(const drawer& d, const std::string& service, std::uint64_t n) {
  if (service == "payment" && d.chance("decline", 150'000, n)) return "decline";
  if (service == "notification" && d.chance("bounce", 150'000, n)) return "bounce";
  return d.one_of<const char*>("chaos", {"crash", "panic", "slow", "flaky", "lossy", "stall"}, n);
}

fault draw_service_fault(const drawer& d, std::uint64_t n) {
  fault f;
  f.at_ms = draw_moment(d, n);
  f.what = fault::kind::chaos;
  f.target = services[below(d.raw("service", n), services.size())];
  f.detail = draw_chaos_kind(d, f.target, n);
  if (f.detail == "slow") f.value = d.one_of<std::int64_t>("delay", {10, 1'000, 6'000, 20'000}, n);
  f.rate_ppm = d.one_of<std::uint32_t>("rate", {1'000'000, 500'000}, n);
  if (f.detail == "crash" || f.detail == "panic") f.rate_ppm = 1'000'000;
  f.for_ms = d.one_of<std::int64_t>("for", {0, 500, 8'000, 25'000}, n);
  if (f.for_ms == 0) f.times = static_cast<std::uint32_t>(d.upto("times", 4, n));
  if (f.detail == "panic") f.for_ms = f.times = 0;
  return f;
}

fault draw_process_fault(const drawer& d, std::uint64_t n, bool power) {
  fault f;
  f.at_ms = draw_moment(d, n);
  f.what = power ? fault::kind::power : fault::kind::kill;
  if (!power && d.chance("orderly", 300'000, n)) f.what = fault::kind::stop;
  f.for_ms = d.one_of<std::int64_t>("down", {1, 800, 10'000}, n);
  f.value = d.one_of<std::int64_t>("jump", {0, 0, -3'600'000, 5'000, 86'400'000}, n);
  return f;
}

/// Purchases that the last process left are resumed when the next one opens, and may die again.
fault draw_relapse(const fault& death, const drawer& d, std::uint64_t n) {
  fault f;
  f.target = "reservation";
  f.what = d.one_of<fault::kind>("relapse-how", {fault::kind::last_step, fault::kind::crash}, n);
  f.at_ms = death.at_ms + death.for_ms + d.upto("relapse", 3, n);
  if (d.chance("relapse-at-sweep", half, n)) f.at_ms += 5'000;
  return f;
}

/// One child dies so often that its supervisor must give up on it for a while.
void draw_storm(plan& p, const drawer& d) {
  constexpr int deaths = 8;
  constexpr std::int64_t apart_ms = 1'000;
  fault f;
  f.target = d.one_of<const char*>(
      "storm-role", {"inventory", "payment", "notification", "settlement", "reservation_desk"});
  f.at_ms = draw_moment(d, 0);
  for (int i = 0; i < deaths; ++i) {
    p.faults.push_back(f);
    f.at_ms += apart_ms;
  }
}

/// INVENTORY fails long enough for a breaker to open, is well for a moment, and fails again.
void draw_ailing(plan& p, const drawer& d) {
  p.numbers.breaker_open_ms = d.one_of<std::int64_t>("ailing-open", {1'000, 1'000, 5'000});
  fault f;
  f.what = fault::kind::chaos;
  f.target = "inventory";
  for (std::uint64_t i = 0; i < 3; ++i) {
    f.detail = d.one_of<const char*>("ailing", {"crash", "flaky", "lossy", "stall", "slow"}, i);
    f.value = f.detail == "slow" ? d.one_of<std::int64_t>("ailing-delay", {1'000, 6'000}, i) : 0;
    f.for_ms = d.one_of<std::int64_t>("ailing-for", {500, 2'000, 8'000}, i);
    p.faults.push_back(f);
    f.at_ms += f.for_ms + d.one_of<std::int64_t>("ailing-pause", {1, 200, 2'000}, i);
  }
}

void draw_faults(plan& p, const moods& m, const drawer& d) {
  std::uint64_t n = 0;  // every fault has a number of its own
  auto some = [&](const char* question, int most) { return 1 + d.upto(question, most); };
  if (m.services && draw_crowd(d) == crowd::rush) draw_ailing(p, d);
  if (m.actors && d.chance("storm", 100'000)) draw_storm(p, d);
  if (m.services)
    for (auto i = some("service-faults", 3); i > 0; --i) {
      ++n;
      auto f = draw_service_fault(d, n);
      p.faults.push_back(f);
      if (!d.chance("mended", half, n)) continue;
      fault mend;
      mend.what = fault::kind::recover;
      mend.target = f.target;
      mend.at_ms = f.at_ms + d.upto("mend", 12'000, n);
      p.faults.push_back(mend);
    }
  if (m.kills)
    for (auto i = some("kills", 2); i > 0; --i) {
      ++n;
      p.faults.push_back(draw_process_fault(d, n, m.power && d.chance("power-too", half, n)));
      if (m.actors && d.chance("relapses", half, n))
        p.faults.push_back(draw_relapse(p.faults.back(), d, n));
    }
  else if (m.power)
    p.faults.push_back(draw_process_fault(d, n, true));
  if (m.actors)
    for (auto i = some("actor-faults", 3); i > 0; --i) {
      ++n;
      p.faults.push_back(draw_actor_fault(p, d, n));
    }
}

// -- visitors ----------------------------------------------------------------------------------

/// Half of them soon after something went wrong.
std::int64_t draw_visit_moment(const plan& p, const drawer& d, std::uint64_t n) {
  if (p.faults.empty() || d.chance("any-time", half, n)) return draw_moment(d, n);
  return draw_aftermath(p, d, "seen", n);
}

visit draw_visit(const plan& p, const drawer& d, std::uint64_t n) {
  visit v;
  v.at_ms = draw_visit_moment(p, d, n);
  v.what = static_cast<visit::kind>(d.upto("visit", visit::kinds, n));
  if (v.what == visit::kind::wait || v.what == visit::kind::reservations)
    v.buyer = static_cast<std::uint32_t>(1 + d.upto("mail-of", 3, n));
  if (v.what != visit::kind::wait) return v;
  // Mails go out while sales are made: half of those who wait come then.
  if (d.chance("wait-for-a-sale", half, n)) v.at_ms = draw_purchase_moment(p, d, n);
  v.for_ms = d.one_of<std::int64_t>("wait-for", {0, 300, 3'000, 20'000}, n);
  return v;
}

void draw_visits(plan& p, const drawer& d) {
  constexpr std::uint32_t an_eighth = 125'000, crowds = 100'000;
  constexpr std::uint64_t first_number = 1'000;  // no fault has it
  if (!d.chance("visitors", an_eighth)) return;
  const auto count = 1 + d.upto("visits", 12);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto n = first_number + static_cast<std::uint64_t>(i);
    const auto v = draw_visit(p, d, n);
    // More than there are places for, at once.
    p.visits.insert(p.visits.end(), d.chance("visitors-crowd", crowds, n) ? 5 : 1, v);
  }
}

}  // namespace

bool is_steady(const plan& p) { return p.early_ppm == 0 || p.early_within_ms <= 1; }

bool is_quiet(const plan& p) {
  constexpr std::uint32_t quick_us = 50'000;
  return is_steady(p) && p.fast_disk && p.faults.empty() && p.links.lost_ppm == 0 &&
         p.links.late_ppm == 0 && p.links.doubled_ppm == 0 && p.links.overtake_ppm == 0 &&
         p.links.bad_ppm == 0 && p.links.delay_max_us <= quick_us;
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
