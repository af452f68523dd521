// The application behind the HTTP server: the endpoints, what is refused at the door, and what is
// said when nobody else has an answer. Knows tickets and nothing of sockets; asks everything of the
// front desk and never waits for it.
//
// All functions may be called from any thread. The application must outlive the server, and the
// front desk the application; a late answer of the desk may outlive all three.
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
  /// Tells the followers `bye` and takes no new ones, and lets nobody wait for a mail any more.
  /// Before the server drains, which waits for all of them.
  virtual void say_goodbye() = 0;
};

/// @throws std::invalid_argument when the options cannot be used, saying which and why.
std::unique_ptr<application> make_application(gateway_options options,
                                              const std::shared_ptr<front_desk>& desk);

}  // namespace taquilla::gateway
