// Strategies: which of several possible next steps is taken.
//
// No strategy dominates: bugs that need one actor to starve are found by PCT, those that need
// strict alternation by POS or plain random, and some by the calm first-in-first-out order. So
// seeds are spread over a portfolio (strategy `auto`). A strategy only *proposes*; the engine
// records what was taken, and a replay never asks a strategy.
//   fifo    in order of arrival, time moves when nothing is ready
//   random  uniform among the choices
//   pct:D   random priorities per actor and for time itself, lowered at D drawn choice points
//           (Burckhardt et al., "A randomized scheduler with probabilistic guarantees", 2010)
//   pos     a priority per actor that is drawn anew each time it runs
// Owned by the engine of one run. Deterministic in (seed, questions asked).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace taquilla::simulation {

/// What the engine could do next.
struct options_now {
  std::vector<std::uint64_t> actors;  ///< identities of the ready actors, in order of arrival
  bool time_may_move = false;         ///< the next event may fire although actors are ready
  std::uint64_t number = 0;           ///< how many such questions were asked before
};

class strategy {
 public:
  virtual ~strategy() = default;
  /// Index into `actors`, or actors.size() for "let time move" if that is allowed.
  virtual std::size_t propose(const options_now& now) = 0;
};

struct strategy_name {
  enum class kind { automatic, fifo, random, pct, pos } which = kind::automatic;
  unsigned depth = 3;  ///< pct only: change points, 1..20
};

/// Parses "auto", "fifo", "random", "pct:D", "pos". Returns false for anything else.
bool parse_strategy(const std::string& text, strategy_name& out);
std::string to_string(const strategy_name& name);

/// The member of the portfolio that `seed` stands for; names other than auto are returned as they
/// are.
strategy_name resolve(const strategy_name& name, std::uint64_t seed);

/// `early_ppm`: how often the random strategies let time move early.
std::unique_ptr<strategy> make_strategy(const strategy_name& name, std::uint64_t seed,
                                        std::uint32_t early_ppm);

}  // namespace taquilla::simulation
