// Everything the front desk can tell about the house at once: health, events, chaos of the three
// services. The questions run side by side and the answer comes when the last of them has. What
// could not be had is absent, so that /metrics and the console go on showing the rest of a house
// that is partly down.
#pragma once

#include "gateway/front_desk.hpp"

#include <array>
#include <functional>
#include <optional>
#include <vector>

namespace taquilla::gateway {

inline constexpr std::array<service, 3> all_services = {service::inventory, service::payment,
                                                        service::notification};

struct overview {
  result<health_view> health = errc::internal_error;
  std::optional<std::vector<event_view>> events;
  std::array<std::optional<chaos_table>, all_services.size()> chaos;
};

/// `done` is called once, from the thread of the last answer.
void take_overview(front_desk& desk, std::function<void(const overview&)> done);
/// The same without the events, so that a hanging INVENTORY keeps nobody waiting.
void take_health(front_desk& desk, std::function<void(const overview&)> done);

}  // namespace taquilla::gateway
