// The decisions of one run: every place where the simulator could have done something else.
//
// A decision has a kind, a key that says *what* it is about (a link and message type, a file, the
// n-th choice) and a value; value 0 is the calm default and is never stored, so the record is
// sparse. Exploring: the caller's proposal (drawn by seed) is taken and recorded. Replaying: the
// recorded value is taken, and zero where there is none. A boundary step separates the two in one
// run: replay before it, explore behind it; the explainer finds the decisive step that way. Owned
// by one run, used by its engine, disk and faults. Knows nothing of actors.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <unordered_map>
#include <vector>

namespace taquilla::simulation {

enum class choice : std::uint8_t {
  pick = 1,    ///< schedule: value = index in the ready list, keyed by the number of the choice
  early,       ///< schedule: the next timer fires while messages wait
  delay,       ///< link: value = extra microseconds
  lost,        ///< link: the message never arrives
  doubled,     ///< link: it arrives a second time; value = microseconds later
  overtake,    ///< link: it may pass earlier messages of the same pair
  disk_fault,  ///< disk: value = which error the operation reports
  disk_slow,   ///< disk: value = microseconds a sync takes
  power_cut,   ///< disk: value = salt that decides which unsynced sectors survive
  post_fault,  ///< post: value = what the mail server says to a mail
  post_slow,   ///< post: value = microseconds until it says so
};

/// The word used in case files; the inverse is parse_choice.
const char* to_string(choice kind);
/// Returns false if `word` names no kind.
bool parse_choice(const std::string& word, choice& kind);
/// Whether its value is a time by which something is late.
constexpr bool is_delay(choice kind) {
  return kind == choice::delay || kind == choice::disk_slow || kind == choice::post_slow;
}

/// Whether its value is a span of time, in microseconds.
constexpr bool is_span(choice kind) { return is_delay(kind) || kind == choice::doubled; }

struct decision {
  choice kind{};
  std::string name;              ///< what it is about, e.g. "reservation>payment charge_card"
  std::uint64_t occurrence = 0;  ///< 1 = the first time
  std::uint64_t value = 0;       ///< never 0 in a record
  std::uint64_t step = 0;        ///< when it was taken; not part of its identity
  friend bool operator==(const decision& a, const decision& b) {
    return a.kind == b.kind && a.name == b.name && a.occurrence == b.occurrence &&
           a.value == b.value;
  }
};

class decisions {
 public:
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

  /// Explores everything by `seed`.
  explicit decisions(std::uint64_t seed) : seed_(seed) {}
  /// Replays `script` before step `boundary`, and explores by `seed` from there on.
  decisions(std::uint64_t seed, const std::vector<decision>& script,
            std::uint64_t boundary = never);

  std::uint64_t seed() const { return seed_; }
  bool exploring() const { return step_ >= boundary_; }
  void at_step(std::uint64_t step) { step_ = step; }

  /// A raw draw; use it to build a proposal while exploring().
  std::uint64_t draw(choice kind, std::uint64_t name, std::uint64_t occurrence) const;

  /// The value that counts: `proposal` while exploring, else what the script says.
  /// `name_text` is only read when something has to be recorded.
  std::uint64_t take(choice kind, std::uint64_t name, const std::string& name_text,
                     std::uint64_t occurrence, std::uint64_t proposal);

  const std::vector<decision>& taken() const { return taken_; }

 private:
  std::uint64_t seed_;
  std::uint64_t step_ = 0;
  std::uint64_t boundary_ = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> script_;  // looked up, never iterated
  std::vector<decision> taken_;
};

}  // namespace taquilla::simulation
