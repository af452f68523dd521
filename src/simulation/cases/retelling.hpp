// Other ways to tell the same story: plans that leave something out and change what hangs on it.
//
// Leaving a line out of a plan alone often changes everything behind it: clients ask at other
// moments, faults strike too late, the n-th message of a kind is another one. These functions put
// that right as far as it can be foreseen. Whether the new plan still fails only its run can say:
// that is the minimiser's business (minimiser.hpp).
#pragma once

#include "simulation/world/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace taquilla::simulation {

/// How the run of a plan begins.
struct beginning {
  std::uint64_t first_ask_step = 0;  ///< 0: nobody ever asked
  std::int64_t first_ask_us = 0;
  std::vector<std::int64_t> asked_us;     ///< by operation; -1: never
  std::vector<std::uint64_t> asked_step;  ///< by operation; 0: never
  std::vector<decision> taken;            ///< with their steps
};
/// Costs a run with a trace.
beginning beginning_of(const plan& p);

/// Whether clients begin later than in a run where nothing is in the way.
bool begins_late(const beginning& b);
/// The same story without what came before the first question, and so much earlier.
/// Precondition: begins_late(b).
plan from_first_question(const plan& p, const beginning& b);

/// Whether chance took part before the first question.
bool begins_by_chance(const beginning& b);

/// Without operation `which`; the same client's next one is asked when it was asked before.
plan without_operation(const plan& p, std::size_t which, const beginning& b);

/// What numbers later messages have where the one of an operation is missing depends on which
/// messages it took: a guess.
enum class renumber : std::uint8_t {
  all,      ///< every number of a script one lower
  later,    ///< of what was decided behind the question
  at_desk,  ///< of that, only between those who ask and the desk: the question went no further
};
/// The script of `out`, a plan without operation `which` of `p`, by that guess.
plan renumbered(plan out, std::size_t which, const beginning& b, renumber guess);

/// Drops the delays among `block` decisions from `from` on. Returns their sum, microseconds.
std::int64_t drop_delays(std::vector<decision>& script, std::size_t from, std::size_t block);

/// Without visits there is no front desk, through which buyers come too: they speak to the desk
/// themselves.
plan without_front_desk(const plan& p);

/// Whether chance decides whom it hits.
bool hits_some(const fault& f);
/// That fault hits all, so many times (0: as often as it was).
plan with_sure_fault(plan p, std::size_t which, std::uint32_t times);

/// Faults in the order in which they strike, as a reader wants them.
plan in_order_of_time(plan p);

/// How often each link carried a message in the run of a plan, by the names of decisions. Costs a
/// run with a trace.
std::map<std::string, std::uint32_t> links_of(const plan& p);

}  // namespace taquilla::simulation
