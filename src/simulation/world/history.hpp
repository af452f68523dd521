// The history of a run: what the clients asked, what they were told, and when. The oracles judge by
// it and by what the store holds at the end, never by what actors believe.
//
// An operation that was invoked ends as `accepted` (with the id it was given), `refused` (with the
// code), or `unknown`: the client hung up, or its process died. Unknown may turn out either way,
// but must turn out. Appended by the world, read by oracles and reports. Times are virtual
// nanoseconds.
#pragma once

#include "domain/error.hpp"
#include "domain/reservation.hpp"
#include "simulation/engine/agenda.hpp"
#include "simulation/world/plan.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace taquilla::simulation {

enum class outcome : std::uint8_t { running, accepted, refused, unknown };
const char* to_string(outcome how);

struct history_entry {
  std::size_t index = 0;  ///< in the plan's operations
  operation what;
  std::uint32_t process = 0;  ///< 1 = the first process
  virtual_ns invoked = 0;
  virtual_ns ended = 0;  ///< 0 while running
  outcome how = outcome::running;
  reservation_id id = 0;  ///< accepted: the reservation; cancel: the one to be cancelled
  bool replayed = false;  ///< accepted: the stored answer was given again
  reservation_state state = reservation_state::pending;  ///< accepted cancel: what it is now
  errc why = errc::none;                                 ///< refused
  std::int64_t wait_ms = 0;                              ///< rate_limited: told to wait so long
  reservation_id named = 0;                              ///< refused: which one the refusal names
  bool orphaned = false;                                 ///< unknown, because the process died
};

class history {
 public:
  /// Returns the entry's number, for end().
  std::size_t begin(std::size_t index, const operation& what, std::uint32_t process,
                    virtual_ns now);
  history_entry& at(std::size_t number) { return entries_[number]; }
  void end(std::size_t number, outcome how, virtual_ns now);
  /// Every operation that still runs ends as unknown: its process is gone.
  void lose_running(virtual_ns now);
  const std::vector<history_entry>& entries() const { return entries_; }
  /// The n-th (from 1) reservation that a buyer was told about; 0 if there is none.
  reservation_id nth_confirmed(std::uint32_t n) const;

 private:
  std::vector<history_entry> entries_;
  std::vector<reservation_id> confirmed_;
};

/// The e-mail address of a buyer of the workload.
std::string email_of(std::uint32_t buyer);

}  // namespace taquilla::simulation
