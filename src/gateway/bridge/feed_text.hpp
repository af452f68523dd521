// The event feed as the console reads it: one event, one JSON object.
// Shared by the live stream and by whoever reads the feed's past, so that both look the same.
#pragma once

#include "actors/protocol.hpp"
#include "gateway/front_desk.hpp"

namespace taquilla::gateway {

feed_line line_of(const feed_event& event);

}  // namespace taquilla::gateway
