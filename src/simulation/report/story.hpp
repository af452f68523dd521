// The story of a run: what of its events a reader wants to know, in words.
//
// LEFT OUT   The small talk (selection.hpp), and what repeats itself (folding.hpp).
// IN A LINE  What goes as it should (routine.hpp).
// ADDED      The decisions (a message that is late, a timer that is early) where they were taken,
//            since a message stands where it arrives; and at the end what was broken, by whom, and
//            what had been promised.
// SHORTENED  T+1.250s is a reading of the wall clock, T its reading when the run began; ~1, ~2, ...
//            are long numbers (a purchase's token, an order's identity), the same one for the same.
#pragma once

#include "simulation/world/run.hpp"

#include <string>
#include <vector>

namespace taquilla::simulation {

struct story_line {
  enum class kind : std::uint8_t { message, from_nobody, lost, of_one, of_all };
  kind what = kind::message;
  virtual_ns now = 0;
  std::uint64_t step = 0;
  std::string word;      ///< "", LOST, FAULT, ASK, ...: docs/simulation.md says what each means
  std::string from, to;  ///< as in trace_event; of a lost message without incarnations
  std::string text;
};

/// "message", "lost", "ask", ...: one word for each kind.
const char* to_string(trace_event::kind kind);

/// @param events of the run that has ended with `result`.
std::vector<story_line> story_of(const std::vector<trace_event>& events, const run_result& result);

}  // namespace taquilla::simulation
