// Which events of a run are told: the plot, without the small talk.
//
// LEFT OUT    Starting, stopping, health, timers, polling that found nothing: more than half of all
//             messages, the same in every run, and never what went wrong by itself.
// NEVER LEFT  What chance touched (a message that it held back is shown when it comes, small talk
//             or not), how the doors open when chance touched one of them, what actors and breakers
//             went through, what a later process found when it looked for the first time, and who
//             asked for what was found.
#pragma once

#include "simulation/world/run.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace taquilla::simulation {

/// One for each story: it remembers what the run has come to.
class selection {
 public:
  /// By the name of a link ("supervisor>door open_door"): the step in which chance first held one
  /// of its messages back, doubled it or let it overtake.
  using touches = std::map<std::string, std::uint64_t>;

  /// Steps of messages that are told although they are small talk.
  using wanted = std::set<std::uint64_t>;

  selection(touches touched, wanted questions);

  /// @param e in order.
  bool keeps(const trace_event& e);

 private:
  bool keeps_message(const trace_event& e);
  bool is_first_look(const std::string& type);

  touches touched_;
  wanted questions_;
  bool opening_matters_ = false;
  bool open_ = false;
  unsigned opened_ = 0;           // how often
  std::set<std::string> looked_;  // for what, in this process
};

/// The questions whose answers have something in them that is worth telling.
selection::wanted questions_in(const std::vector<trace_event>& events,
                               const selection::touches& touched);

/// What actors, breakers and faults went through, as the event feed is told: a line of its own.
bool is_news(const trace_event& e);

}  // namespace taquilla::simulation
