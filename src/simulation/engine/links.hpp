// The link layer: what can happen to a message between two services.
//
// Every message from one actor to another belongs to a link: sender role, receiver role and message
// type, e.g. "reservation>payment charge_card". Per link and occurrence the layer decides whether
// the message is late, lost, doubled or allowed to overtake, by keyed randomness. Without
// `overtake` two messages of one pair of actors keep their order, as CAF guarantees. Only links
// that the world declares lossy lose, double or reorder, and there only requests and answers: a
// caller can defend itself against those, and against nothing else. Owned by one engine. It
// decides; the engine moves the messages.
#pragma once

#include "simulation/engine/decisions.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace taquilla::simulation {

/// How rough the links are in one run; all zero is a calm network.
struct link_weather {
  std::uint32_t delay_ppm = 0;
  std::uint32_t delay_max_us = 0;
  std::uint32_t lost_ppm = 0;
  std::uint32_t doubled_ppm = 0;
  std::uint32_t overtake_ppm = 0;
  std::uint32_t late_ppm = 0;  ///< of the delayed: so late that the caller has given up
  std::uint32_t late_max_us = 0;
  std::string bad;  ///< one link that loses messages more often than the others; empty: none
  std::uint32_t bad_ppm = 0;
  std::string tardy;  ///< one link on which messages are late more often; empty: none
  std::uint32_t tardy_ppm = 0;
};

struct link {
  std::string name;
  std::uint64_t hash = 0;
  bool lossy = false;
  std::uint64_t occurrences = 0;
  bool bad = false;
  bool tardy = false;
};

struct message_fate {
  std::int64_t delay_us = 0;
  bool lost = false;
  bool overtakes = false;
  std::int64_t doubled_after_us = 0;  ///< 0 = not doubled
};

class link_layer {
 public:
  explicit link_layer(decisions& taken) : taken_(taken) {}

  void weather(const link_weather& w) { weather_ = w; }

  /// Index of the link between two roles for a message type; `lossy` counts the first time only.
  std::uint32_t find(std::uint32_t from, std::uint32_t to, std::uint32_t type,
                     const std::string& name, bool lossy);
  /// The index if the link is known, else `unknown`.
  static constexpr std::uint32_t unknown = 0xffffffff;
  std::uint32_t find(std::uint32_t from, std::uint32_t to, std::uint32_t type) const;

  /// Counts one more message on `index` and decides what becomes of it.
  message_fate next(std::uint32_t index, bool request_or_answer);

  const link& at(std::uint32_t index) const { return links_[index]; }

 private:
  std::uint64_t propose_delay(const link& l) const;
  std::uint64_t take(choice kind, const link& l, std::uint32_t ppm, std::uint64_t value_max);

  decisions& taken_;
  link_weather weather_;
  std::vector<link> links_;
  std::unordered_map<std::uint64_t, std::uint32_t> index_;  // looked up, never iterated
};

}  // namespace taquilla::simulation
