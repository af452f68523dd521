// What a door should make of a request, by the orders of chaos that it has heard of: a second
// reading of the rules (policies/chaos.hpp), which knows nothing of how the door does it.
//
// If a rule is for all, the door says of each request that it was touched; of a rule that is over,
// of none. What was touched is refused, or gets no answer (`stall`), or its work is done (`lossy`),
// or it waits (`slow`). Where chance decides, or a rule is just ending, nothing is foreseen.
#pragma once

#include "actors/protocol.hpp"
#include "simulation/engine/agenda.hpp"

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace taquilla::simulation {

inline constexpr virtual_ns never = std::numeric_limits<virtual_ns>::max() / 2;  // room for a sum

/// One order, as its door should follow it.
struct ordered {
  std::string kind;
  bool for_all = true;
  virtual_ns delay = 0;
  virtual_ns until = never;
  std::uint64_t times = 0, touched = 0;  ///< 0 times: no limit
  bool ended = false;                    ///< the feed was told
  virtual_ns since = 0, touched_at = 0;  ///< the latter: last

  bool used_up() const { return times != 0 && touched >= times; }
  bool surely_on(virtual_ns now) const;
  bool surely_over(virtual_ns now) const;
};

ordered ordered_by(const set_chaos& what, virtual_ns now);

/// Who asks, and which of his questions it is.
using question = std::tuple<std::string, std::uint32_t, std::uint64_t>;

/// A request at a door, from its arrival until the door turns to something else.
struct passage {
  std::string service, request;  ///< "inventory", "the hold_seat of reservation#1"
  question from;                 ///< by whom it can be told from others
  bool asked = false;            ///< somebody waits for the answer
  std::set<std::string> due;     ///< kinds that must touch it
  std::string decisive;          ///< the one of them that decides the answer alone
  std::set<std::string> touch;   ///< kinds that the door says have touched it
  bool handed_over = false, refused = false;
  std::uint32_t door = 0;
};

/// What the rules of one door, the oldest first, make of a request.
void foresee(const std::vector<ordered>& rules, virtual_ns now, passage& p);

/// What is wrong with how it went; empty: nothing.
std::string judged(const passage& p);

/// What is wrong with how a door shows its rules; empty: nothing.
std::string misreported(const std::vector<ordered>& rules, const chaos_report& shown,
                        virtual_ns now);

}  // namespace taquilla::simulation
