#include "simulation/cases/minimiser.hpp"

#include "simulation/campaign/stopwatch.hpp"
#include "simulation/cases/plan_numbers.hpp"
#include "simulation/cases/retelling.hpp"
#include "simulation/report/failure.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace taquilla::simulation {

namespace {

/// Nobody needs help to read so few decisions.
constexpr std::size_t short_story = 5;

/// Whose patience makes stories long.
constexpr std::int64_t knobs::*patience[] = {&knobs::breaker_failures, &knobs::limiter_burst,
                                             &knobs::restarts};

class shrinker {
 public:
  shrinker(plan start, std::string oracle, std::uint64_t runs_max, double budget_s)
      : best_(std::move(start)),
        oracle_(std::move(oracle)),
        runs_max_(runs_max),
        budget_s_(budget_s) {}

  const plan& best() const { return best_; }
  std::uint64_t runs() const { return runs_; }
  void restore(plan shorter) { best_ = std::move(shorter); }

  /// Takes `smaller` over if it fails in the same way.
  bool accept(plan smaller) {
    if (spent()) return false;
    ++runs_;
    if (replay(smaller).broken.oracle != oracle_) return false;
    best_ = std::move(smaller);
    return true;
  }

  /// Until nothing gets smaller.
  void shrink() {
    constexpr int rounds_max = 20;
    for (int round = 0; round < rounds_max && once();) ++round;
  }

  /// Whether everything that chance did can be told by one message that is late.
  bool one_late_message() {
    constexpr std::uint32_t occurrences_max = 3;
    if (best_.script.size() < 2 || spent()) return false;
    for (const auto& [link, count] : links_of(best_))
      for (std::uint32_t n = 1; n <= std::min(count, occurrences_max); ++n)
        for (const std::uint64_t late_us : {1'000'000U, 100'000U}) {
          auto simpler = best_;
          simpler.script = {{choice::delay, link, n, late_us, 0}};
          if (accept(std::move(simpler))) return true;
        }
    return false;
  }

  /// Numbers as a person would have written them: with one digit that counts, or two.
  void round_numbers() {
    for (const auto& number : numbers_of(best_)) round(number);
  }

  /// Whether it also breaks where all take their turns as they come, so that nothing is left to
  /// chance but what links and disk do.
  bool in_turn() {
    auto plainer = best_;
    plainer.strategy.which = strategy_name::kind::fifo;
    return best_.strategy.which != plainer.strategy.which && fails_anew_often(plainer);
  }

  /// Whether it also breaks where that limit is reached at once.
  bool with_little(std::int64_t knobs::*limit) {
    auto plainer = best_;
    plainer.numbers.*limit = 1;
    return best_.numbers.*limit != 1 && (accept(plainer) || fails_anew_often(plainer));
  }

  /// A script names the n-th decision of a kind: it means nothing to a plan that lacks an operation
  /// before it. So a plan without one is also played with fresh decisions, which may fail as well.
  bool resow() {
    return resow_without(&plan::operations) || resow_without(&plan::faults) ||
           resow_without(&plan::visits);
  }

 private:
  bool long_story() const { return weight(best_) > short_story; }

  bool once() {
    auto before = std::make_pair(weight(best_), sum_of_times(best_));
    sure_faults();
    list(&plan::faults);
    faults_with_numbers();
    clients();
    list(&plan::operations);
    operations_with_time();
    list(&plan::visits);
    list(&plan::script);
    visitors();
    opening();
    delays_with_time();
    delays_into_one();
    knobs_to_default();
    plainer_house();
    lower_numbers();
    without_keys();
    return std::make_pair(weight(best_), sum_of_times(best_)) != before;
  }

  template <class T>
  bool resow_without(std::vector<T> plan::*which) {
    const std::uint64_t fresh_seeds = long_story() ? 24 : 4;
    for (std::size_t i = 0; i < (best_.*which).size(); ++i) {
      auto smaller = best_;
      (smaller.*which).erase((smaller.*which).begin() + static_cast<std::ptrdiff_t>(i));
      for (std::uint64_t seed = 1; seed <= fresh_seeds; ++seed)
        if (fails_anew(smaller, seed)) return true;
    }
    return false;
  }

  bool fails_anew_often(const plan& candidate) {
    constexpr std::uint64_t fresh_seeds = 100;
    for (std::uint64_t seed = 1; seed <= fresh_seeds; ++seed)
      if (fails_anew(candidate, seed)) return true;
    return false;
  }

  /// Takes the plan over, with the decisions of that seed, if it fails in the same way.
  bool fails_anew(plan candidate, std::uint64_t seed) {
    if (spent()) return false;
    ++runs_;
    run_options fresh;
    fresh.explore_seed = seed;
    candidate.script.clear();
    auto r = explore(candidate, fresh);
    if (r.broken.oracle != oracle_) return false;
    candidate.script = std::move(r.taken);
    return accept(std::move(candidate));
  }

  /// The first run says whether there is anything to shrink; a budget never takes that away.
  bool spent() const {
    const bool late = budget_s_ > 0 && runs_ > 0 && watch_.seconds() > budget_s_;
    return runs_ >= runs_max_ || late;
  }

  /// ddmin: drop blocks, halving the block size until single units.
  template <class T>
  void list(std::vector<T> plan::*which) {
    for (auto block = (best_.*which).size(); block > 0; block /= 2)
      for (std::size_t from = 0; from < (best_.*which).size();) {
        auto smaller = best_;
        auto& units = smaller.*which;
        auto to = std::min(from + block, units.size());
        units.erase(units.begin() + static_cast<std::ptrdiff_t>(from),
                    units.begin() + static_cast<std::ptrdiff_t>(to));
        if (!accept(std::move(smaller))) from += block;
      }
  }

  /// A fault strikes at a moment, and delays before it decide what it meets: without them it must
  /// strike so much earlier.
  void delays_with_time() {
    for (auto block = best_.script.size(); block > 0; block /= 2)
      for (std::size_t from = 0; from < best_.script.size();) {
        auto smaller = best_;
        const auto saved_us = drop_delays(smaller.script, from, block);
        if (saved_us == 0 || !accept_pulled(smaller, saved_us / 1000)) from += block;
      }
  }

  /// Pulls all faults from some moment on.
  bool accept_pulled(const plan& what, std::int64_t by_ms) {
    std::set<std::int64_t> moments;
    for (const auto& f : what.faults) moments.insert(f.at_ms);
    return std::any_of(moments.begin(), moments.end(), [&](std::int64_t from_ms) {
      auto pulled = what;
      for (auto& f : pulled.faults)
        if (f.at_ms >= from_ms) f.at_ms = std::max<std::int64_t>(0, f.at_ms - by_ms);
      return accept(std::move(pulled));
    });
  }

  /// What comes behind a fault that is left out may have lower numbers, all by as much.
  void faults_with_numbers() {
    for (std::size_t i = 0; i < best_.faults.size();) {
      auto smaller = best_;
      smaller.faults.erase(smaller.faults.begin() + static_cast<std::ptrdiff_t>(i));
      if (!accept_shifted(smaller)) ++i;
    }
  }

  bool accept_shifted(const plan& what) {
    constexpr std::uint64_t shift_max = 8;
    for (std::uint64_t shift = 1; shift <= shift_max && !what.script.empty(); ++shift) {
      auto shifted = what;
      for (auto& d : shifted.script)
        if (d.occurrence > shift) d.occurrence -= shift;
      if (accept(std::move(shifted))) return true;
    }
    return false;
  }

  void sure_faults() {
    constexpr std::uint32_t times_max = 3;
    for (std::size_t i = 0; i < best_.faults.size(); ++i)
      for (std::uint32_t times = 0; hits_some(best_.faults[i]) && times <= times_max; ++times)
        accept(with_sure_fault(best_, i, times));
  }

  void clients() {
    std::set<std::uint32_t> all;
    for (const auto& o : best_.operations) all.insert(o.client);
    for (auto c : all) {
      auto smaller = best_;
      auto& ops = smaller.operations;
      ops.erase(
          std::remove_if(ops.begin(), ops.end(), [&](const auto& o) { return o.client == c; }),
          ops.end());
      accept(std::move(smaller));
    }
  }

  /// Without an operation the client's next one must wait by itself, and what follows has other
  /// numbers.
  void operations_with_time() {
    if (spent()) return;
    auto b = beginning_of(best_);
    for (std::size_t i = 0; i < best_.operations.size() && !spent();) {
      const auto smaller = without_operation(best_, i, b);
      const auto accept_by = [&](renumber guess) {
        return accept(renumbered(smaller, i, b, guess));
      };
      if (accept(smaller) || accept_by(renumber::later) || accept_by(renumber::at_desk) ||
          accept_by(renumber::all) || (long_story() && accept_shifted(smaller)))
        b = beginning_of(best_);
      else
        ++i;
    }
  }

  void visitors() {
    if (!best_.visits.empty()) accept(without_front_desk(best_));
  }

  /// What many short delays do together one long one may do alone.
  void delays_into_one() {
    for (auto block = best_.script.size(); block > 1; block /= 2)
      for (std::size_t from = 0; from < best_.script.size();) {
        const bool is_one = is_delay(best_.script[from].kind);
        auto smaller = best_;
        const auto sum_us = is_one ? drop_delays(smaller.script, from + 1, block - 1) : 0;
        if (sum_us > 0) smaller.script[from].value += static_cast<std::uint64_t>(sum_us);
        if (sum_us == 0 || !accept(std::move(smaller))) from += is_one ? block : 1;
      }
  }

  void opening() {
    constexpr std::uint64_t fresh_seeds = 3;
    if (spent()) return;
    const auto b = beginning_of(best_);
    if (!begins_late(b) && !begins_by_chance(b)) return;
    const auto smaller = from_first_question(best_, b);
    if (accept(smaller)) return;
    for (std::uint64_t seed = 1; seed <= fresh_seeds; ++seed)
      if (fails_anew(smaller, seed)) return;
  }

  /// Without a mail server, timers that go off early, a disk that can fail.
  void plainer_house() {
    auto smaller = best_;
    smaller.post = {};
    if (best_.post.there) accept(std::move(smaller));
    smaller = best_;
    smaller.early_ppm = 0;
    smaller.early_within_ms = 0;
    if (best_.early_within_ms != 0) accept(std::move(smaller));
    smaller = best_;
    smaller.fast_disk = true;
    const bool has_process_faults = std::any_of(
        best_.faults.begin(), best_.faults.end(),
        [](const fault& f) { return f.what == fault::kind::kill || f.what == fault::kind::power; });
    if (!best_.fast_disk && !has_process_faults) accept(std::move(smaller));
  }

  void knobs_to_default() {
    for (const auto& knob : all_knobs) {
      const auto member = knob.member;
      if (best_.numbers.*member == knobs{}.*member) continue;
      auto smaller = best_;
      smaller.numbers.*member = knobs{}.*member;
      accept(std::move(smaller));
    }
  }

  void lower_numbers() {
    for (const auto& number : numbers_of(best_)) lower(number);
  }

  bool accept_with(const plan_number& number, std::int64_t value) {
    auto other = best_;
    number.set(other, value);
    return accept(std::move(other));
  }

  /// Tries `calm`, then half-way values.
  void lower(const plan_number& number) {
    constexpr int halvings_max = 8;
    for (int halvings = 0; halvings < halvings_max; ++halvings) {
      const auto value = number.get(best_);
      const auto next = halvings == 0 ? number.calm : number.calm + (value - number.calm) / 2;
      if (next == value) return;
      if (!accept_with(number, next) && halvings > 0) return;
    }
  }

  void round(const plan_number& number) {
    const auto value = number.get(best_);
    std::int64_t unit = 1;
    while (value / unit >= 10) unit *= 10;
    for (const auto step : {unit, unit / 10}) {
      if (step <= 1 || value % step == 0) return;
      const auto below = value / step * step;
      if (accept_with(number, below) || accept_with(number, below + step)) return;
    }
  }

  void without_keys() {
    for (std::size_t i = 0; i < best_.operations.size(); ++i) {
      auto smaller = best_;
      smaller.operations[i].key.clear();
      if (!best_.operations[i].key.empty()) accept(std::move(smaller));
    }
  }

  plan best_;
  std::string oracle_;
  std::uint64_t runs_max_;
  std::uint64_t runs_ = 0;
  double budget_s_;
  stopwatch watch_;
};

}  // namespace

std::size_t weight(const plan& p) {
  return p.operations.size() + p.faults.size() + p.visits.size() + lines_of(p.script).size();
}

minimised minimise(const plan& p, const run_result& failing, std::uint64_t runs_max,
                   double budget_s) {
  minimised out;
  plan start = p;
  start.script = failing.taken;
  out.decisions_before = weight(start);
  shrinker s(start, failing.broken.oracle, runs_max, budget_s);
  if (s.accept(start)) {
    auto shortest = start;
    const auto shrink_and_resow = [&] {
      do {
        s.shrink();
        if (weight(s.best()) <= weight(shortest)) shortest = s.best();
      } while (s.resow());
      s.restore(shortest);
    };
    shrink_and_resow();
    if (weight(s.best()) > short_story && s.in_turn()) shrink_and_resow();
    for (auto limit : patience)
      if (weight(s.best()) > short_story && s.with_little(limit)) shrink_and_resow();
    if (weight(s.best()) > short_story && s.one_late_message()) s.shrink();
    s.round_numbers();
    s.accept(in_order_of_time(s.best()));
  }
  out.smallest.what = s.best();
  out.result = replay(s.best());
  // What the run never came to ask is no part of the story.
  auto trimmed = s.best();
  trimmed.script = out.result.taken;
  if (trimmed.script.size() < out.smallest.what.script.size() && s.accept(trimmed)) {
    out.smallest.what = trimmed;
    out.result = replay(trimmed);
  }
  out.smallest.commit = built_from();
  out.smallest.oracle = failing.broken.oracle;
  out.smallest.hash = out.result.hash;
  out.decisions_after = weight(out.smallest.what);
  out.runs = s.runs();
  return out;
}

}  // namespace taquilla::simulation
