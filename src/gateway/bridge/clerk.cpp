#include "gateway/bridge/clerk.hpp"

#include <caf/all.hpp>

#include <chrono>

namespace taquilla::gateway {

struct errand_slip {
  errand what;
  refusal refuse;
};

}  // namespace taquilla::gateway

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(taquilla::gateway::errand_slip)

namespace taquilla::gateway {

caf::actor spawn_clerk(caf::actor_system& system, event_feed_actor feed) {
  const auto body = [](clerk_pointer self, event_feed_actor told) -> caf::behavior {
    self->state.feed = std::move(told);
    return {[self](const errand_slip& slip) { guarded(self, slip.refuse, slip.what)(self); }};
  };
  return system.spawn(body, std::move(feed));
}

void send_errand(const caf::actor& clerk, errand what, refusal refuse) {
  caf::anon_send(clerk, errand_slip{std::move(what), std::move(refuse)});
}

void send_errand_later(clerk_pointer clerk, std::int64_t ms, errand what) {
  clerk->delayed_send(clerk, std::chrono::milliseconds{ms},
                      errand_slip{std::move(what), [](const error&) {}});
}

void errand_failed(clerk_pointer clerk, const char* what, const refusal& refuse) noexcept {
  // Both may need memory, which may be just what there is none of. Then a dropped responder says
  // so.
  try {
    clerk->send(clerk->state.feed, happened{"clerk.failed", "gateway", 0, {}, what});
  } catch (const std::exception&) {
  }
  try {
    refuse(error{errc::internal_error, {}, 0});
  } catch (const std::exception&) {
  }
}

}  // namespace taquilla::gateway
