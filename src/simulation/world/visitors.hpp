// VISITORS: who looks at the box office in a run, through the front desk that HTTP has: CLERK,
// turnstiles, shared rounds, those who wait for a mail, and one who follows the event feed. Only
// some runs have visitors, and only those have a front desk. It has few places, so that a small
// crowd is too many.
//
// They look and change nothing, so what they are told is judged at the end: each is answered, once,
// in time, and with the truth. A visit that finds the house closed is none.
// Simulation only.
#pragma once

#include "actors/theatre.hpp"
#include "gateway/front_desk.hpp"
#include "simulation/engine/engine.hpp"
#include "simulation/world/history.hpp"
#include "simulation/world/visit_record.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace taquilla::simulation {

/// Which turnstile of the front desk counts him.
enum class visit_place : std::uint8_t {
  none,  ///< one round answers all who ask
  reads,
  seats,
  feed,
  waiters,
};
visit_place place_of(visit::kind what);

/// The longest that a visitor may have to wait, where no deadline is late.
virtual_ns answered_within(const visit& what);
/// And wherever: who has waited for so long waits for ever.
inline virtual_ns surely_answered_within(const visit& what) {
  return answered_within(what) + 60'000'000'000;
}

class visitors {
 public:
  /// Of reads of the store, of the seats, of the feed, and of waiters for a mail, each.
  static constexpr std::size_t places = 3;

  struct surroundings {
    engine& machine;
    const history& sales;
    std::function<wall_ms()> wall_clock;
    /// What a visitor asks (true) or is told, for the trace.
    std::function<void(bool asks, std::string)> note;
  };

  /// `p` must outlive it.
  visitors(const plan& p, surroundings around);

  /// Plans them all. Once, before the run.
  void plan_visits();
  /// A process has composed its theatre.
  void house_is_built(const theatre& house, const theatre_options& options);
  /// Its actors serve: now there is a front desk, as in production.
  void house_is_open(caf::actor_system& system);
  /// It was told to stop: whoever waits is answered with what there is.
  void house_closes();
  /// The process is over, or will be before anything else happens.
  void house_is_gone();
  /// None while no house is open, or where nobody ever visits.
  gateway::front_desk* front() const { return desk_.get(); }
  /// As the chaos endpoints do, in the words of the original.
  void play_chaos(const fault& f);
  void feed_is_born() { ++feeds_born_; }

  /// Somebody may still be answered.
  bool anybody_waits() const;
  /// For a mail, though the house was told to stop.
  bool anybody_is_kept_waiting() const;

  const std::vector<visit_record>& records() const { return records_; }
  /// What was wrong with the lines that the feed's follower was told; and the last of this process.
  const std::string& trouble_with_feed() const { return trouble_; }
  std::uint64_t last_line() const { return last_line_; }

 private:
  void make(const visit& what);
  void ask(std::size_t number);
  void read(std::size_t number);
  void hear(std::uint64_t line);
  /// A reply for the visit of that number; `shown` notes what it was shown.
  template <class T, class Shown>
  gateway::reply<T> told(std::size_t number, Shown shown);
  void over(std::size_t number);

  const std::vector<visit>& planned_;
  const bool feed_forgets_;  ///< it keeps so few lines that a burst is more
  const surroundings around_;
  std::vector<visit_record> records_;
  std::map<visit_place, std::size_t> under_way_;  ///< in this process
  theatre house_;
  theatre_options options_;
  std::unique_ptr<gateway::front_desk> desk_;
  std::shared_ptr<void> following_;
  std::uint32_t process_ = 0;
  bool closing_ = false;
  std::uint64_t feeds_born_ = 0, gaps_ = 0, last_line_ = 0;  ///< of this process
  std::string trouble_;
};

}  // namespace taquilla::simulation
