// The deadlines of requests that are under way: a hashed timing wheel (Varghese and Lauck, 1987),
// with an index by request. Nearly every request is answered long before its deadline, so setting
// and cancelling are what happens, some twelve times a purchase; both cost the same however many
// there are. Time is cut into slots; a deadline is in the slot of its time, modulo the length of
// the wheel, and to look for what is due is to look into the slots that time went through.
//
// Deadlines are exact: a slot is where one is looked for, not when it ends. What an actor leaves
// behind when it dies runs out with its deadline, and is delivered to nobody.
// One thread at a time: the caller has the lock (prompt_clock.hpp).
#pragma once

#include <caf/actor_clock.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/message_id.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace taquilla {

class request_timers {
 public:
  using time_point = caf::actor_clock::time_point;
  struct deadline {
    time_point due;
    caf::strong_actor_ptr who;
    caf::message_id request;
  };

  /// Instead of an earlier one of the same request.
  void set(deadline what);
  /// Does nothing when there is none.
  void cancel(caf::actor_id who, caf::message_id request);
  /// Those that are due, in no order; they are no longer here.
  std::vector<deadline> take_due(time_point now);
  /// All, due or not.
  std::vector<deadline> take_all();
  /// When the earliest is due; when there is none, the end of time.
  time_point next() const;
  std::size_t size() const { return all_.size(); }

 private:
  struct key {
    caf::actor_id who = 0;
    std::uint64_t request = 0;
    bool operator==(const key& other) const { return who == other.who && request == other.request; }
  };
  struct hash {
    std::size_t operator()(const key& k) const {
      return static_cast<std::size_t>(k.who * 0x9E3779B97F4A7C15U ^ k.request);
    }
  };
  struct entry {
    deadline what;
    entry* next = nullptr;   ///< in its slot
    entry** from = nullptr;  ///< what points to it: the slot, or the one before
  };
  static constexpr std::size_t slots = 1024;
  static constexpr std::chrono::milliseconds slot_length{4};

  static std::int64_t tick_of(time_point t) { return t.time_since_epoch() / slot_length; }
  static key key_of(const deadline& one) { return {one.who->id(), one.request.integer_value()}; }
  std::size_t slot_of(std::int64_t tick) const { return static_cast<std::size_t>(tick) % slots; }
  static void unlink(entry& one);

  std::unordered_map<key, entry, hash> all_;
  std::array<entry*, slots> wheel_{};  ///< the first of each slot; entries do not move
  std::int64_t looked_to_ = 0;         ///< the tick that was under way at the last look
};

}  // namespace taquilla
