// What came of one visit: when it was made, what it was told, and what the visitor could know of
// the house by himself. Written by `visitors`, read by oracles. Times are virtual nanoseconds.
#pragma once

#include "domain/error.hpp"
#include "simulation/engine/agenda.hpp"
#include "simulation/world/plan.hpp"
#include "store/commands.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace taquilla::simulation {

struct visit_record {
  visit what;
  std::uint32_t process = 0;  ///< 1 = the first process
  virtual_ns asked = 0;
  std::size_t beside = 0;  ///< under way when it was made, for places of the same kind
  int answers = 0;
  virtual_ns answered = 0;  ///< the first
  errc why = errc::none;    ///< refused
  std::string detail;       ///< of the refusal
  bool closing = false;     ///< when it was answered the house had been told to stop
  virtual_ns stopped = 0;   ///< it was told so before this was answered; 0: it was not
  virtual_ns gone = 0;      ///< and its process was over before this was answered
  // -- what it was shown --------------------------------------------------------------------
  bool ready = false;               ///< health
  std::vector<std::string> absent;  ///< health: parts that are not up
  std::vector<std::pair<reservation_id, reservation_state>> rows;  ///< reservation(s), pending
  std::vector<std::pair<reservation_id, charge_state>> charges;
  std::string astray;              ///< what was shown to one who had not asked for it; or empty
  std::vector<std::string> mails;  ///< mailbox, wait, outbox: message ids
  wall_ms first_mail_at = 0;       ///< wait: when the first of them was delivered
  wall_ms answered_at = 0;         ///< by the clock of the process
  reservation_id id = 0;           ///< reservation: asked for
  bool sold = false;               ///< and somebody had been told that he has bought it
};

}  // namespace taquilla::simulation
