#include "simulation/engine/strategy.hpp"

#include "simulation/engine/keyed_random.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>

namespace taquilla::simulation {

namespace {

constexpr std::uint64_t random_kind = 101;
constexpr std::uint64_t early_kind = 102;
constexpr std::uint64_t priority_kind = 103;
constexpr std::uint64_t change_point_kind = 104;
constexpr std::uint64_t portfolio_kind = 105;
constexpr std::uint64_t time_identity = 0x74696d65;

/// How long a run is thought to be, in choices with two or more options, when PCT draws its points.
constexpr std::uint64_t pct_length = 200;

class fifo final : public strategy {
 public:
  std::size_t propose(const options_now&) override { return 0; }
};

class uniform final : public strategy {
 public:
  uniform(std::uint64_t seed, std::uint32_t early_ppm) : seed_(seed), early_ppm_(early_ppm) {}

  std::size_t propose(const options_now& now) override {
    auto early = keyed(seed_, early_kind, now.number);
    if (now.time_may_move && one_in(early, early_ppm_)) return now.actors.size();
    return below(keyed(seed_, random_kind, now.number), now.actors.size());
  }

 private:
  std::uint64_t seed_;
  std::uint32_t early_ppm_;
};

/// Highest priority first; time takes part like an actor.
class by_priority : public strategy {
 public:
  std::size_t propose(const options_now& now) final {
    std::size_t best = 0;
    for (std::size_t i = 1; i < now.actors.size(); ++i)
      if (priority(now.actors[i]) > priority(now.actors[best])) best = i;
    auto chosen = now.actors[best];
    if (now.time_may_move && priority(time_identity) > priority(chosen)) {
      chosen = time_identity;
      best = now.actors.size();
    }
    chose(chosen, now.number);
    return best;
  }

 protected:
  virtual std::uint64_t priority(std::uint64_t identity) = 0;
  virtual void chose(std::uint64_t identity, std::uint64_t number) = 0;
};

class pct final : public by_priority {
 public:
  pct(std::uint64_t seed, unsigned depth) : seed_(seed) {
    for (unsigned i = 0; i < depth; ++i)
      change_points_.push_back(below(keyed(seed, change_point_kind, i), pct_length));
  }

 protected:
  std::uint64_t priority(std::uint64_t identity) override {
    auto lowered = lowered_.find(identity);
    // The half above is for those never lowered, so a lowered one is below them all.
    if (lowered != lowered_.end()) return lowered->second;
    auto drawn = keyed(seed_, priority_kind, identity) | 1ULL << 63;
    // Time starts low: a run in which it always moved first would be nothing but timeouts.
    return identity == time_identity ? drawn >> 2 : drawn;
  }
  void chose(std::uint64_t identity, std::uint64_t number) override {
    auto changes = std::count(change_points_.begin(), change_points_.end(), number);
    if (changes > 0) lowered_[identity] = --next_low_;
    // Past its change points the run must stay fair: time may always move.
    if (number > pct_length) lowered_.clear();
  }

 private:
  std::uint64_t seed_;
  std::vector<std::uint64_t> change_points_;
  std::unordered_map<std::uint64_t, std::uint64_t> lowered_;  // looked up, never iterated
  std::uint64_t next_low_ = 1ULL << 61;
};

class pos final : public by_priority {
 public:
  pos(std::uint64_t seed, std::uint32_t early_ppm) : seed_(seed), early_ppm_(early_ppm) {}

 protected:
  std::uint64_t priority(std::uint64_t identity) override {
    auto drawn = keyed(seed_, priority_kind, identity, runs_[identity]);
    if (identity != time_identity) return drawn;
    return one_in(scramble(drawn), early_ppm_) ? drawn : 0;
  }
  void chose(std::uint64_t identity, std::uint64_t) override {
    ++runs_[identity];
    ++runs_[time_identity];
  }

 private:
  std::uint64_t seed_;
  std::uint32_t early_ppm_;
  std::unordered_map<std::uint64_t, std::uint64_t> runs_;  // looked up, never iterated
};

}  // namespace

bool parse_strategy(const std::string& text, strategy_name& out) {
  using kind = strategy_name::kind;
  if (text == "auto") return out = {kind::automatic, 0}, true;
  if (text == "fifo") return out = {kind::fifo, 0}, true;
  if (text == "random") return out = {kind::random, 0}, true;
  if (text == "pos") return out = {kind::pos, 0}, true;
  if (text.rfind("pct:", 0) != 0) return false;
  unsigned depth = 0;
  auto end = text.data() + text.size();
  auto parsed = std::from_chars(text.data() + 4, end, depth);
  if (parsed.ec != std::errc{} || parsed.ptr != end || depth < 1 || depth > 20) return false;
  out = {kind::pct, depth};
  return true;
}

std::string to_string(const strategy_name& name) {
  switch (name.which) {
    case strategy_name::kind::automatic:
      return "auto";
    case strategy_name::kind::fifo:
      return "fifo";
    case strategy_name::kind::random:
      return "random";
    case strategy_name::kind::pos:
      return "pos";
    case strategy_name::kind::pct:
      return "pct:" + std::to_string(name.depth);
  }
  return "auto";
}

strategy_name resolve(const strategy_name& name, std::uint64_t seed) {
  using kind = strategy_name::kind;
  if (name.which != kind::automatic) return name;
  auto drawn = keyed(seed, portfolio_kind, 0);
  auto percent = below(drawn, 100);
  if (percent < 50) return {kind::random, 0};
  if (percent < 70) return {kind::pct, static_cast<unsigned>(1 + below(scramble(drawn), 5))};
  if (percent < 90) return {kind::pos, 0};
  return {kind::fifo, 0};
}

std::unique_ptr<strategy> make_strategy(const strategy_name& name, std::uint64_t seed,
                                        std::uint32_t early_ppm) {
  auto resolved = resolve(name, seed);
  switch (resolved.which) {
    case strategy_name::kind::pct:
      return std::make_unique<pct>(seed, resolved.depth);
    case strategy_name::kind::pos:
      return std::make_unique<pos>(seed, early_ppm);
    case strategy_name::kind::random:
      return std::make_unique<uniform>(seed, early_ppm);
    case strategy_name::kind::automatic:
    case strategy_name::kind::fifo:
      break;
  }
  return std::make_unique<fifo>();
}

}  // namespace taquilla::simulation
