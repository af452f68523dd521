// The memory of the simulated computer's SQLite, which can be put back to what it was.
//
// Whatever SQLite allocates lies in one piece. A copy of that piece is every connection as it was
// at that moment, bit by bit: schema, prepared statements, pages, locks, open transactions. Putting
// the copy back is what a process that starts anew needs, however the one before has died, and
// costs a twentieth of parsing it all again. It is also exact: a run begins with the same bytes
// whatever ran before it in this process. There can be several pieces, one for each kind of store;
// SQLite uses one at a time.
//
// What is not in there is what SQLite keeps in static variables (its list of file systems, its
// random numbers), and the files: sim_vfs keeps those by number for the same reason. A handle that
// was opened in the same piece after the copy was taken does not survive that it is put back.
// Single-threaded: SQLite is told to take no locks.
#pragma once

#include <cstddef>
#include <vector>

namespace taquilla::simulation {

class sqlite_memory {
 public:
  /// What was in use at one moment, and where it lay.
  class copy {
   private:
    friend class sqlite_memory;
    struct part {
      std::size_t offset;
      std::size_t size;
    };
    void* piece_ = nullptr;
    std::vector<part> parts_;
    std::vector<std::byte> bytes_;  // one part after the other
  };

  /// From here on SQLite allocates in a new piece, which stays for as long as this program lives.
  /// Before the first call no connection may be open. Throws std::bad_alloc.
  static void begin_piece();
  /// A copy of the piece in use. Precondition: begin_piece was called.
  static copy remember();
  /// SQLite goes on in the piece of this copy, as it was then.
  static void put_back(const copy& then);
};

}  // namespace taquilla::simulation
