// How a plan is drawn from its seed: what plan.cpp (people, links, disk, numbers) and
// plan_faults.cpp (what goes wrong, and who looks) share. Each question has a key of its own, so
// that none depends on another, and one that is added changes nothing else. Known to those two
// files alone.
#pragma once

#include "simulation/engine/keyed_random.hpp"
#include "simulation/world/plan.hpp"

#include <cstdint>
#include <initializer_list>

namespace taquilla::simulation {

/// Draws for one purpose: each question has its own key, so none depends on another.
class drawer {
 public:
  drawer(std::uint64_t seed, std::uint64_t purpose) : key_(combine(scramble(seed), purpose)) {}

  std::uint64_t raw(const char* question, std::uint64_t n = 0) const {
    return keyed(key_, hash_text(question), n);
  }
  bool chance(const char* question, std::uint32_t ppm, std::uint64_t n = 0) const {
    return one_in(raw(question, n), ppm);
  }
  std::int64_t upto(const char* question, std::int64_t bound, std::uint64_t n = 0) const {
    return static_cast<std::int64_t>(below(raw(question, n), static_cast<std::uint64_t>(bound)));
  }
  template <class T>
  T one_of(const char* question, std::initializer_list<T> values, std::uint64_t n = 0) const {
    return values.begin()[below(raw(question, n), values.size())];
  }

 private:
  std::uint64_t key_;
};

inline constexpr std::uint32_t half = 500'000;
/// When clients begin, as a rule.
inline constexpr std::int64_t usual_start_ms = 250;

/// Which dimensions of trouble a run has at all. Calm in most of them: rare things then meet.
struct moods {
  bool latency, losses, actors, services, kills, power, disk, slow, early;
};

/// Who comes. Most runs have a bit of everything; some things only happen in a crowd.
enum class crowd {
  mixed,
  twins,  ///< all want the same ticket for the same buyer, and cancel what they can get hold of
  rush,   ///< many purchases one after the other, of an INVENTORY that ails
};

crowd draw_crowd(const drawer& d);

/// Once the people of the plan are drawn.
void draw_faults(plan& p, const moods& m, const drawer& d);
/// Once its faults are.
void draw_visits(plan& p, const drawer& d);

}  // namespace taquilla::simulation
