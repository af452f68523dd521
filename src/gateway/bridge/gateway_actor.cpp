#include "gateway/bridge/gateway_actor.hpp"

#include "actors/errors.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

namespace taquilla::gateway {

namespace {

constexpr std::chrono::seconds heartbeat_period{5};
// Beyond the time that a connection lingers, so that a stop does not end what would end by itself.
constexpr std::chrono::milliseconds last_words_margin{500};

class gateway_state {
 public:
  static inline const char* name = "gateway";
  using pointer = gateway_actor::stateful_pointer<gateway_state>;
  explicit gateway_state(pointer self) : self_(self) {}

  ~gateway_state() {
    if (!server_) return;
    application_->say_goodbye();
    server_->drain(time_to_drain());
  }

  gateway_actor::behavior_type start(gateway_parts parts) {
    parts_ = std::move(parts);
    auto options = parts_.application;
    // A late answer of the desk asks for them, perhaps when the server has gone.
    const auto counted = std::make_shared<std::weak_ptr<http_server>>();
    options.server_counters = [counted] {
      const auto server = counted->lock();
      return server ? server->read_counters() : http_server::counters{};
    };
    application_ = make_application(std::move(options), parts_.desk);
    server_ = make_http_server(parts_.server, *application_);
    *counted = server_;
    bind_failure failed{};
    if (server_->start(failed)) {
      if (parts_.on_bound) parts_.on_bound(*server_);
      beat();
    } else {
      server_.reset();
      bind_trouble_ = failed.address + ":" + std::to_string(failed.port) + ": " +
                      std::strerror(failed.error_number);
      if (parts_.on_bind_failure) parts_.on_bind_failure(failed);
    }
    return {[this](const report_ready&) { return ready(); },
            [this](const stop_accepting&) {
              stopping_since_ = self_->clock().now();
              if (server_) server_->stop_accepting();
            },
            [this](const look_again&) { beat(); }};
  }

 private:
  caf::result<child_ready> ready() const {
    if (server_) return child_ready{};
    return to_caf({errc::internal_error, "cannot listen on " + bind_trouble_, 0});
  }

  /// The purchases under way have used up some of it; what they are told still has to get out.
  std::chrono::milliseconds time_to_drain() const {
    const auto limit = parts_.drain_limit;
    if (!stopping_since_) return limit;
    const auto used = std::chrono::duration_cast<std::chrono::milliseconds>(self_->clock().now() -
                                                                            *stopping_since_);
    const auto last_words = parts_.server.linger_timeout + last_words_margin;
    return std::max(limit - used, std::min(limit, last_words));
  }

  void beat() {
    application_->heartbeat();
    tell_of_full_house();
    self_->delayed_send(gateway_actor{self_}, heartbeat_period, look_again{});
  }

  void tell_of_full_house() {
    const auto now = server_->read_counters();
    const auto fresh = now.turned_away - std::exchange(turned_away_, now.turned_away);
    if (fresh > 0 && parts_.on_full_house) parts_.on_full_house(fresh, now.open_connections);
  }

  pointer self_;
  gateway_parts parts_;
  std::unique_ptr<application> application_;  // outlives the server that calls it
  std::shared_ptr<http_server> server_;
  std::string bind_trouble_;
  std::uint64_t turned_away_ = 0;  ///< of them is told
  std::optional<caf::actor_clock::time_point> stopping_since_;
};

}  // namespace

gateway_actor spawn_gateway(caf::actor_system& system, gateway_parts parts) {
  return system.spawn<caf::detached>(
      [](gateway_state::pointer self, gateway_parts p) { return self->state.start(std::move(p)); },
      std::move(parts));
}

}  // namespace taquilla::gateway
