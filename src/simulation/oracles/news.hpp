// What a part tells the event feed, as an oracle sees it go by: the one channel on which parts say
// by themselves what they decided, in the order in which they decided it. It sees news of this
// process as they are sent, each once; whether they arrive, and what they mean, it does not know.
#pragma once

#include "actors/protocol.hpp"
#include "simulation/oracles/oracle.hpp"

#include <caf/all.hpp>

namespace taquilla::simulation {

/// What `from` tells the event feed, or nullptr. A door passes it on in the same name: it counts
/// once.
template <std::size_t N>
const happened* news(const sending_view& view, const char (&from)[N]) {
  if (!view.is<happened>() || view.passed_on || view.sender != from) return nullptr;
  return &view.element.content().get_as<happened>(0);
}

}  // namespace taquilla::simulation
