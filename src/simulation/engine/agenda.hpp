// The agenda of a run: everything that will happen at a virtual time, in one queue.
//
// Timers of actors, delayed messages, messages in transit between services and events of the
// world outside (clients, faults) lie side by side, ordered by (due, order of insertion): equal due
// times fire in the order in which they were asked for, on every machine. An entry can be
// cancelled in O(1); its place in the heap is skipped later.
// When a process dies its entries go with it and the world's stay (drop_process).
// Owned by one engine; single-threaded. Knows nothing of roles, links or faults.
#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/atom.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message_id.hpp>

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

namespace taquilla::simulation {

/// Nanoseconds of virtual time since the run began.
using virtual_ns = std::int64_t;

enum class entry_kind : std::uint8_t { free, timeout, request_timeout, delayed, transit, world };

struct agenda_entry {
  entry_kind kind = entry_kind::free;
  caf::strong_actor_ptr target;      ///< empty for world events
  caf::mailbox_element_ptr element;  ///< delayed, transit
  caf::message_id mid;               ///< request_timeout
  caf::atom_value timeout_type{};    ///< timeout
  std::uint64_t timeout_id = 0;      ///< timeout
  bool overrides = false;            ///< timeout: a newer one of its type replaces it
  std::function<void()> action;      ///< world
};

class agenda {
 public:
  agenda() = default;
  agenda(const agenda&) = delete;
  agenda& operator=(const agenda&) = delete;

  /// Adds an entry due at `due`; returns its ticket for cancel().
  std::uint64_t add(virtual_ns due, agenda_entry entry);
  void cancel(std::uint64_t ticket);
  /// Cancels the timer of one open request, if there is one.
  void cancel_request(caf::actor_id actor, caf::message_id mid);
  /// Cancels every timer (not the messages) of `actor`.
  void cancel_timers(caf::actor_id actor);
  void cancel_timeout(caf::actor_id actor, caf::atom_value type);

  bool empty();
  /// Due time of the next entry. Precondition: !empty().
  virtual_ns next_due();
  /// Removes and returns the next entry. Precondition: !empty().
  agenda_entry pop();
  /// Forgets all entries but the world's.
  void drop_process();
  std::size_t size() const { return live_; }
  std::size_t world_entries() const { return world_; }
  /// Calls `look(const agenda_entry&)` for all, in no order that means anything.
  template <class F>
  void each(F look) const {
    for (const auto& one : slots_)
      if (one.order != 0) look(one.entry);
  }

 private:
  struct place {
    virtual_ns due;
    std::uint64_t order;
    std::uint32_t slot;
  };
  struct slot {
    agenda_entry entry;
    std::uint64_t order = 0;  // 0 = free
  };
  static bool later(const place& a, const place& b) {
    return a.due != b.due ? a.due > b.due : a.order > b.order;
  }
  static std::uint64_t request_key(caf::actor_id actor, caf::message_id mid);
  void skip_cancelled();
  void release(std::uint32_t index);

  std::vector<place> heap_;
  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_;
  std::unordered_map<std::uint64_t, std::uint32_t> requests_;  // looked up, never iterated
  std::uint64_t order_ = 0;
  std::size_t live_ = 0;
  std::size_t world_ = 0;
};

}  // namespace taquilla::simulation
