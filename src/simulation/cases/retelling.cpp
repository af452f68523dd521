#include "simulation/cases/retelling.hpp"

#include "simulation/world/run.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace taquilla::simulation {

namespace {

/// When clients begin in a run where nothing is in the way.
constexpr std::int64_t usual_start_us = 250'000;

}  // namespace

beginning beginning_of(const plan& p) {
  beginning out;
  std::vector<std::uint64_t> steps;  // of the questions, in the order of the history
  run_options how;
  how.trace = [&](const trace_event& e) {
    if (e.what != trace_event::kind::invoked) return;
    if (e.from.rfind("client", 0) == 0) steps.push_back(e.step);
    if (out.first_ask_step != 0) return;
    out.first_ask_step = e.step;
    out.first_ask_us = e.now / 1000;
  };
  auto r = replay(p, how);
  out.asked_us.assign(p.operations.size(), -1);
  out.asked_step.assign(p.operations.size(), 0);
  std::size_t n = 0;
  for (const auto& entry : r.story.entries()) {
    out.asked_us[entry.index] = entry.invoked / 1000;
    if (n < steps.size()) out.asked_step[entry.index] = steps[n++];
  }
  out.taken = std::move(r.taken);
  return out;
}

plan without_operation(const plan& p, std::size_t which, const beginning& b) {
  auto out = p;
  auto& ops = out.operations;
  const auto client = ops[which].client;
  const auto same = [&](const operation& o) { return o.client == client; };
  const auto at = ops.begin() + static_cast<std::ptrdiff_t>(which);
  const auto next = std::find_if(at + 1, ops.end(), same);
  const bool first = std::find_if(ops.begin(), at, same) == at;
  if (next != ops.end()) {
    const auto asked_us = b.asked_us[static_cast<std::size_t>(next - ops.begin())];
    // Thinking begins with the answer before.
    const auto begun_us = first ? 0 : b.asked_us[which] - at->think_us;
    if (asked_us >= 0) next->think_us = asked_us - begun_us;
  }
  ops.erase(at);
  return out;
}

plan renumbered(plan out, std::size_t which, const beginning& b, renumber guess) {
  const auto decided_before = [&](const decision& d) {
    const auto taken = std::find(b.taken.begin(), b.taken.end(), d);
    return taken != b.taken.end() && taken->step < b.asked_step[which];
  };
  const auto is_at_desk = [](const decision& d) {
    return d.name.rfind("client>", 0) == 0 || d.name.rfind("clerk>", 0) == 0 ||
           d.name.find(">client ") != std::string::npos ||
           d.name.find(">clerk ") != std::string::npos;
  };
  for (auto& d : out.script) {
    if (d.occurrence <= 1) continue;
    if (guess != renumber::all && decided_before(d)) continue;
    if (guess == renumber::at_desk && !is_at_desk(d)) continue;
    --d.occurrence;
  }
  return out;
}

std::map<std::string, std::uint32_t> links_of(const plan& p) {
  std::map<std::string, std::uint32_t> out;
  run_options how;
  how.trace = [&](const trace_event& e) {
    const auto role = [](const std::string& name) {
      return name.substr(0, name.find_first_of("#("));
    };
    if (e.what == trace_event::kind::message && !e.from.empty() && e.from != e.to)
      ++out[role(e.from) + ">" + role(e.to) + " " + e.fields.substr(0, e.fields.find('('))];
  };
  replay(p, how);
  return out;
}

bool begins_by_chance(const beginning& b) {
  return std::any_of(b.taken.begin(), b.taken.end(),
                     [&](const decision& d) { return d.step < b.first_ask_step; });
}

bool begins_late(const beginning& b) {
  return b.first_ask_step != 0 && b.first_ask_us > usual_start_us;
}

plan from_first_question(const plan& p, const beginning& b) {
  auto out = p;
  const auto by_us = b.first_ask_us - usual_start_us;
  const auto is_before = [&](const decision& d) {
    const auto taken = std::find(b.taken.begin(), b.taken.end(), d);
    return taken != b.taken.end() && taken->step < b.first_ask_step;
  };
  auto& script = out.script;
  script.erase(std::remove_if(script.begin(), script.end(), is_before), script.end());
  std::vector<fault> later;
  for (auto f : p.faults) {
    if (f.at_ms * 1000 < b.first_ask_us) continue;
    f.at_ms -= by_us / 1000;
    later.push_back(std::move(f));
  }
  out.faults = std::move(later);
  for (auto& v : out.visits) v.at_ms = std::max<std::int64_t>(0, v.at_ms - by_us / 1000);
  std::set<std::uint32_t> begun;
  for (std::size_t i = 0; i < out.operations.size(); ++i) {
    if (!begun.insert(out.operations[i].client).second || b.asked_us[i] < 0) continue;
    const auto at_us = b.asked_us[i] - by_us;
    out.operations[i].think_us = at_us == usual_start_us ? 0 : at_us;
  }
  return out;
}

std::int64_t drop_delays(std::vector<decision>& script, std::size_t from, std::size_t block) {
  std::int64_t sum_us = 0;
  const auto first = script.begin() + static_cast<std::ptrdiff_t>(std::min(from, script.size()));
  const auto last =
      script.begin() + static_cast<std::ptrdiff_t>(std::min(from + block, script.size()));
  const auto kept = std::remove_if(first, last, [&](const decision& d) {
    if (!is_delay(d.kind)) return false;
    sum_us += static_cast<std::int64_t>(d.value);
    return true;
  });
  script.erase(kept, last);
  return sum_us;
}

plan without_front_desk(const plan& p) {
  auto out = p;
  out.visits.clear();
  for (auto& d : out.script)
    for (const char* pair : {"clerk>reservation_desk", "reservation_desk>clerk"})
      if (d.name.rfind(pair, 0) == 0) d.name.replace(d.name.find("clerk"), 5, "client");
  return out;
}

bool hits_some(const fault& f) {
  return f.what == fault::kind::chaos && f.rate_ppm != fault{}.rate_ppm;
}

plan with_sure_fault(plan p, std::size_t which, std::uint32_t times) {
  auto& f = p.faults[which];
  f.rate_ppm = fault{}.rate_ppm;
  if (times > 0) f.times = times;
  return p;
}

plan in_order_of_time(plan p) {
  std::stable_sort(p.faults.begin(), p.faults.end(),
                   [](const fault& a, const fault& b) { return a.at_ms < b.at_ms; });
  return p;
}

}  // namespace taquilla::simulation
