// The application behind the HTTP server: the endpoints, what is refused at the door, and what is
// said when nobody else has an answer. Knows tickets and nothing of sockets; asks everything of the
// front desk and never waits for it.
//
// All functions may be called from any thread. The front desk must outlive the application; the
// application must outlive the server.
#pragma once

#include "gateway/front_desk.hpp"
#include "gateway/http.hpp"
#include "gateway/options.hpp"

#include <memory>

namespace taquilla::gateway {

class application : public http_application {
 public:
  /// Keeps the followers of /api/stream awake. To be called every few seconds by the owner, who
  /// has the clock.
  virtual void heartbeat() = 0;
  /// Tells the followers `bye` and takes no new ones. Before the server drains.
  virtual void say_goodbye() = 0;
};

/// @throws std::invalid_argument when the options cannot be used, saying which and why.
std::unique_ptr<application> make_application(gateway_options options, front_desk& desk);

}  // namespace taquilla::gateway
