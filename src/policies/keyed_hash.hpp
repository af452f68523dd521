// Randomness without a generator: the same inputs always draw the same number.
//
// A generator shared by requests gives other victims with every interleaving of threads. A hash of
// (seed, rule, request, attempt) does not, so a fault plan replays exactly and a slow ramp admits
// the same request wherever it is asked. Stateless, allocation-free, safe from any thread. This is
// a statistical mix, not a cryptographic one: nothing secret may depend on it.
#pragma once

#include <cstdint>
#include <string_view>

namespace taquilla {

/// Spreads every input bit over the whole word: a bijection, the finaliser of SplitMix64 (Steele,
/// Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
constexpr std::uint64_t mix_bits(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

/// Draws a number from four keys; the order of the keys matters.
constexpr std::uint64_t keyed_hash(std::uint64_t seed, std::uint64_t first, std::uint64_t second,
                                   std::uint64_t third) {
  return mix_bits(mix_bits(mix_bits(mix_bits(seed) ^ first) ^ second) ^ third);
}

/// Turns a text key (a request id) into a number for `keyed_hash` (64-bit FNV-1a).
constexpr std::uint64_t text_key(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

}  // namespace taquilla
