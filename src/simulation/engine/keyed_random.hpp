// Keyed, stateless randomness: a value is a pure function of (seed, kind, key, occurrence).
//
// One shared stream of numbers would make every draw depend on all draws before it: one more
// message anywhere, and an old seed tells another story. Here a draw that is added elsewhere
// changes nothing, so seeds age well and a counterexample can be shrunk decision by decision.
// Zero always means "calm" (no fault, no delay, the first in line): shrinking is writing zeros.
// Pure arithmetic; anybody may call it.
#pragma once

#include <cstdint>
#include <string_view>

namespace taquilla::simulation {

/// The finaliser of the SplitMix64 generator: a bijection whose output bits all depend on all
/// input bits (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
constexpr std::uint64_t scramble(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// Folds `x` into the rolling hash `h`. Order matters.
constexpr std::uint64_t combine(std::uint64_t h, std::uint64_t x) { return scramble(h ^ x); }

/// 64-bit FNV-1a, scrambled: the identity of a name (a link, a role, a file) in a key.
constexpr std::uint64_t hash_text(std::string_view text) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return scramble(h);
}

/// The value that `seed` gives to the `occurrence`-th use of `key`.
constexpr std::uint64_t keyed(std::uint64_t seed, std::uint64_t kind, std::uint64_t key,
                              std::uint64_t occurrence = 0) {
  return combine(combine(combine(scramble(seed), kind), key), occurrence);
}

/// True for `ppm` in a million values, decided by the upper half of `value`.
constexpr bool one_in(std::uint64_t value, std::uint32_t ppm) {
  return ((value >> 32) * 1'000'000ULL >> 32) < ppm;
}

/// Maps `value` to 0..bound-1 (bound 0 gives 0) by its lower half.
constexpr std::uint64_t below(std::uint64_t value, std::uint64_t bound) {
  return bound == 0 ? 0 : (value & 0xffffffffULL) * (bound & 0xffffffffULL) >> 32;
}

}  // namespace taquilla::simulation
