#include "simulation/cases/explainer.hpp"

#include "simulation/cases/case_file.hpp"
#include "simulation/engine/keyed_random.hpp"

#include <algorithm>

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

  double share_at(std::uint64_t step) const {
    unsigned failed = 0;
    for (unsigned i = 0; i < samples_; ++i) {
      run_options o;
      o.explore_from = step;
      o.explore_seed = keyed(plan_.seed, sample_kind, step, i) | 1;
      failed += run_plan(plan_, o).broken.oracle == oracle_;
    }
    return static_cast<double>(failed) / samples_;
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

}  // namespace

explanation explain(const plan& p, const std::string& oracle, unsigned samples) {
  explanation out;
  auto whole = replay(p);
  sampler s(p, oracle, samples);
  auto length = std::max<std::uint64_t>(whole.steps, 1);
  std::uint64_t low = 0;
  std::uint64_t high = length;
  for (std::uint64_t i = 0; i <= coarse_points; ++i) {
    auto step = length * i / coarse_points;
    auto share = s.share_at(step == 0 ? 1 : step);
    out.curve.push_back({step, share});
    if (share < 0.5)
      low = step;
    else
      high = std::min(high, step);
    if (share >= 0.5 && high <= low) high = step;
  }
  while (low + 1 < high) {
    auto middle = low + (high - low) / 2;
    auto share = s.share_at(middle);
    out.curve.push_back({middle, share});
    (share < 0.5 ? low : high) = middle;
  }
  out.decisive_step = high;
  std::sort(out.curve.begin(), out.curve.end(),
            [](const likelihood& a, const likelihood& b) { return a.step < b.step; });
  sort_out(p, &plan::operations, oracle, out);
  sort_out(p, &plan::faults, oracle, out);
  sort_out(p, &plan::script, oracle, out);
  return out;
}

}  // namespace taquilla::simulation
