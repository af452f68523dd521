// Which events of a run are told: the plot, without the small talk.
//
// LEFT OUT    Starting, stopping, health, timers, polling that found nothing: more than half of all
//             messages, the same in every run, and never what went wrong by itself.
// NEVER LEFT  What chance touched (a message that it held back is shown when it comes, small talk
//             or not), how the doors open when chance touched one of them, what actors and breakers
//             went through, what a later process found when it looked for the first time, who
//             asked for what was found, and the small talk that the broken promise is about: who
//             looks for mails and finds none, where a mail was forgotten.
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

  /// @param broken the promise that was; empty: none.
  selection(touches touched, wanted questions, const violation& broken);

  /// @param e in order.
  bool keeps(const trace_event& e);

 private:
  bool keeps_message(const trace_event& e);
  bool is_first_look(const std::string& type);
  bool is_evidence(const trace_event& e, const std::string& type) const;

  touches touched_;
  wanted questions_;
  std::set<std::string> evidence_;  // types that the verdict is about
  bool opening_matters_ = false;
  bool about_no_message_ = false;
  bool open_ = false;
  unsigned opened_ = 0;           // how often
  std::set<std::string> looked_;  // for what, in this process
};

/// The link of a message, as decisions name it: "supervisor>door open_door".
std::string link_of(const trace_event& message);

/// The questions whose answers have something in them that is worth telling.
selection::wanted questions_in(const std::vector<trace_event>& events,
                               const selection::touches& touched);

}  // namespace taquilla::simulation
