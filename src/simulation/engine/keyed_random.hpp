// Keyed, stateless randomness: a value is a pure function of (seed, kind, key, occurrence).
//
// One shared stream of numbers would make every draw depend on all draws before it: one more
// message anywhere, and an old seed tells another story. Here a draw that is added elsewhere
// changes nothing, so seeds age well and a counterexample can be shrunk decision by decision.
// Zero always means "calm" (no fault, no delay, the first in line): shrinking is writing zeros.
// The arithmetic is that of policies/keyed_hash.hpp; what it gives is part of every seed and case
// file. Anybody may call it.
#pragma once

#include "policies/keyed_hash.hpp"

#include <cstdint>
#include <string_view>

namespace taquilla::simulation {

/// A bijection whose output bits all depend on all input bits.
constexpr std::uint64_t scramble(std::uint64_t x) { return mix_bits(x); }

/// Folds `x` into the rolling hash `h`. Order matters.
constexpr std::uint64_t combine(std::uint64_t h, std::uint64_t x) { return scramble(h ^ x); }

/// The identity of a name (a link, a role, a file) in a key.
constexpr std::uint64_t hash_text(std::string_view text) { return scramble(text_key(text)); }

/// The value that `seed` gives to the `occurrence`-th use of `key`.
constexpr std::uint64_t keyed(std::uint64_t seed, std::uint64_t kind, std::uint64_t key,
                              std::uint64_t occurrence = 0) {
  return keyed_hash(seed, kind, key, occurrence);
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
