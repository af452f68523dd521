#include "simulation/cases/explainer.hpp"

#include "simulation/cases/case_file.hpp"
#include "simulation/engine/keyed_random.hpp"

#include <algorithm>
#include <iterator>

namespace taquilla::simulation {

namespace {

constexpr std::uint64_t sample_kind = 501;
constexpr std::uint64_t coarse_points = 10;

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

/// What was handed over in a step, and what chance did then.
std::vector<std::string> told_of(const plan& p, std::uint64_t step) {
  std::vector<std::string> out;
  run_options o;
  o.trace = [&](const trace_event& e) {
    if (e.step != step) return;
    const auto ends = e.from + (e.from.empty() || e.to.empty() ? "" : " -> ") + e.to;
    out.push_back(ends + (ends.empty() ? "" : ": ") + e.text);
  };
  const auto r = replay(p, o);
  for (const auto& d : r.taken)
    if (d.step == step) out.push_back(print(d));
  return out;
}

/// Halves the gap between a step that leaves it unlikely and one that makes it likely.
std::uint64_t first_likely(const sampler& s, std::uint64_t unlikely, std::uint64_t likely,
                           std::vector<likelihood>& curve) {
  while (unlikely + 1 < likely) {
    const auto middle = unlikely + (likely - unlikely) / 2;
    curve.push_back(s.after(middle));
    (curve.back().share < 0.5 ? unlikely : likely) = middle;
  }
  return likely;
}

}  // namespace

explanation explain(const plan& p, const std::string& oracle, unsigned samples) {
  explanation out;
  const sampler s(p, oracle, samples);
  const auto length = std::max<std::uint64_t>(replay(p).steps, 1);
  for (std::uint64_t i = 0; i <= coarse_points; ++i)
    out.curve.push_back(s.after(length * i / coarse_points));
  // With all steps kept it fails for certain, so behind the last that is unlikely stands a likely.
  const auto unlikely = std::find_if(out.curve.rbegin(), out.curve.rend(),
                                     [](const likelihood& at) { return at.share < 0.5; });
  const bool chance = !p.script.empty();
  if (chance && unlikely != out.curve.rend() && unlikely != out.curve.rbegin()) {
    const auto likely = std::prev(unlikely)->step;
    out.decisive_step = first_likely(s, unlikely->step, likely, out.curve);
    out.decisive = told_of(p, *out.decisive_step);
  }
  std::sort(out.curve.begin(), out.curve.end(),
            [](const likelihood& a, const likelihood& b) { return a.step < b.step; });
  sort_out(p, &plan::operations, oracle, out);
  sort_out(p, &plan::faults, oracle, out);
  sort_out(p, &plan::visits, oracle, out);
  sort_out(p, &plan::script, oracle, out);
  return out;
}

}  // namespace taquilla::simulation
