#include "simulation/world/plan_draws.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace taquilla::simulation {

namespace {

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
  f.at_ms = death.at_ms + d.upto("relapse", death.for_ms + 3, n);
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
  const bool is_service = std::find(services.begin(), services.end(), f.target) != services.end();
  const auto mended_after =
      is_service && d.chance("storm-mended", half) ? d.upto("mended", deaths) : -1;
  for (int i = 0; i < deaths; ++i) {
    p.faults.push_back(f);
    if (i == mended_after) {  // while it waits to be restarted, perhaps
      auto mend = f;
      mend.what = fault::kind::recover;
      mend.at_ms += d.upto("storm-mended-at", 400);
      p.faults.push_back(mend);
    }
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
  // While a breaker is open nobody is let in but its probe: whoever dies next is that.
  if (!d.chance("probe-dies", half)) return;
  fault last;
  last.what = fault::kind::last_step;
  last.target = "reservation";
  last.at_ms = d.upto("probe-dies-at", f.at_ms + p.numbers.breaker_open_ms);
  p.faults.push_back(last);
}

}  // namespace

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
      if (!d.chance("again", half, n)) continue;
      f.at_ms = mend.at_ms + d.upto("again-at", 3'000, n);
      p.faults.push_back(f);
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

namespace {

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
  // Nor may he who waits then hold a stop up.
  const auto stop = std::find_if(p.faults.begin(), p.faults.end(),
                                 [](const fault& f) { return f.what == fault::kind::stop; });
  if (stop == p.faults.end() || !d.chance("wait-for-the-end", half, n)) return v;
  v.at_ms = std::max<std::int64_t>(0, stop->at_ms - d.upto("before-the-end", 2'000, n));
  v.for_ms = 20'000;
  return v;
}

}  // namespace

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

}  // namespace taquilla::simulation
