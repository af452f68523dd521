// A stream of numbers that is the same on every machine, for tests that try many cases: a failing
// case is named by its seed. Not for product code, which takes its randomness as an argument.
#pragma once

#include "policies/keyed_hash.hpp"

#include <cstdint>

namespace taquilla {

class seeded {
 public:
  explicit seeded(std::uint64_t seed) : state_(mix_bits(seed)) {}

  /// A number in [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high) {
    state_ = mix_bits(state_);
    return low + static_cast<std::int64_t>(state_ % static_cast<std::uint64_t>(high - low + 1));
  }

  /// A number in [0, 1).
  double draw() { return static_cast<double>(between(0, (1LL << 53) - 1)) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace taquilla
