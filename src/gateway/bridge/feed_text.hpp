// The event feed as the console reads it: one event, one JSON object.
#pragma once

#include "actors/protocol.hpp"
#include "gateway/front_desk.hpp"

namespace taquilla::gateway {

feed_line line_of(const feed_event& event);

}  // namespace taquilla::gateway
