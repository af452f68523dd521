#include "simulation/cases/explainer.hpp"

#include "simulation/cases/case_file.hpp"
#include "simulation/engine/keyed_random.hpp"
#include "simulation/report/story.hpp"

#include <algorithm>

namespace taquilla::simulation {

namespace {

constexpr std::uint64_t sample_kind = 501;
constexpr std::uint64_t coarse_points = 10;
/// Forty samples err by a tenth; whatever rises less in one gap has no decisive step.
constexpr double decisive_rise = 0.3;

/// A case file states no weather; what is drawn anew needs some.
plan with_weather(plan p) {
  if (p.links.delay_ppm == 0) {
    p.links.delay_ppm = 500'000;
    p.links.delay_max_us = 2'000;
  }
  return p;
}

class sampler {
 public:
  sampler(plan p, std::string oracle, unsigned samples)
      : plan_(with_weather(std::move(p))), oracle_(std::move(oracle)), samples_(samples) {}

  /// When everything behind `step` is drawn anew.
  likelihood after(std::uint64_t step) const {
    unsigned failed = 0;
    for (unsigned i = 0; i < samples_; ++i) {
      run_options o;
      o.explore_from = step + 1;
      o.explore_seed = keyed(plan_.seed, sample_kind, step, i) | 1;
      failed += run_plan(plan_, o).broken.oracle == oracle_;
    }
    return {step, static_cast<double>(failed) / samples_};
  }

 private:
  plan plan_;
  std::string oracle_;
  unsigned samples_;
};

template <class T>
void sort_out(const plan& p, std::vector<T> plan::*which, const std::string& oracle,
              explanation& out) {
  for (std::size_t i = 0; i < (p.*which).size(); ++i) {
    auto without = p;
    (without.*which).erase((without.*which).begin() + static_cast<std::ptrdiff_t>(i));
    auto& where = replay(without).broken.oracle == oracle ? out.scenery : out.essential;
    where.push_back(print((p.*which)[i]));
  }
}

/// What is told of a step.
std::vector<std::string> told_of(const plan& p, std::uint64_t step) {
  std::vector<std::string> out;
  std::vector<trace_event> events;
  run_options o;
  o.trace = [&](const trace_event& e) { events.push_back(e); };
  const auto r = replay(p, o);
  for (const auto& line : story_of(events, r)) {
    if (line.step != step) continue;
    const auto ends = line.from + (line.to.empty() ? "" : " -> " + line.to);
    out.push_back((line.word.empty() ? "" : line.word + " ") + ends + (ends.empty() ? "" : " ") +
                  line.text);
  }
  // What is no story by itself may decide one.
  for (const auto& e : events)
    if (out.empty() && e.step == step) out.push_back(e.from + " -> " + e.to + " " + e.text);
  return out;
}

/// The gap between neighbours in which the likelihood rises most.
std::size_t steepest(const std::vector<likelihood>& curve) {
  std::size_t best = 1;
  const auto rise = [&](std::size_t i) { return curve[i].share - curve[i - 1].share; };
  for (std::size_t i = 2; i < curve.size(); ++i)
    if (rise(i) > rise(best)) best = i;
  return best;
}

/// Halves the steepest gap until it is one step wide.
void look_closer(const sampler& s, std::vector<likelihood>& curve) {
  constexpr int looks_max = 12;
  for (int i = 0; i < looks_max; ++i) {
    const auto at = steepest(curve);
    const auto from = curve[at - 1].step, to = curve[at].step;
    if (to - from < 2) return;
    curve.insert(curve.begin() + static_cast<std::ptrdiff_t>(at), s.after(from + (to - from) / 2));
  }
}

}  // namespace

explanation explain(const plan& p, const std::string& oracle, unsigned samples) {
  explanation out;
  const sampler s(p, oracle, samples);
  const auto length = std::max<std::uint64_t>(replay(p).steps, coarse_points);
  for (std::uint64_t i = 0; i <= coarse_points; ++i)
    out.curve.push_back(s.after(length * i / coarse_points));
  if (!p.script.empty()) look_closer(s, out.curve);
  const auto at = steepest(out.curve);
  const auto& before = out.curve[at - 1];
  const auto& after = out.curve[at];
  if (!p.script.empty() && after.share - before.share >= decisive_rise) {
    out.decisive_after = before.step;
    out.decisive_step = after.step;
    out.decisive = told_of(p, after.step);
  }
  sort_out(p, &plan::operations, oracle, out);
  sort_out(p, &plan::faults, oracle, out);
  sort_out(p, &plan::visits, oracle, out);
  sort_out(p, &plan::script, oracle, out);
  return out;
}

}  // namespace taquilla::simulation
