// BOX OFFICE: everything that runs between the start and the stop of `serve`: the actor system, the
// theatre on it, the GATEWAY as its last child. It is given what was opened before (store, log,
// mail transport) and gives up cleanly in the opposite order. One thread, the main one.
//
//   built --start--> serving --stop--> stopped          start refused: stopped
#pragma once

#include "actors/notification.hpp"
#include "app/log_book.hpp"
#include "app/settings.hpp"
#include "app/trouble.hpp"
#include "domain/seat_map.hpp"
#include "store/database.hpp"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace taquilla::app {

struct box_office_parts {
  settings all;
  std::shared_ptr<const venue> plan;
  std::shared_ptr<database> base;
  log_book* book = nullptr;
  mail_transport* transport = nullptr;  ///< may be null
  std::string version;
  std::function<void(const std::string& why)> on_fatal;
};

/// The longest that the children may take to start, and to stop: from what each of them may take,
/// so that nothing is ended while the SUPERVISOR still waits for it. The GATEWAY's drain is in it.
duration_ms start_limit_ms(const settings& all);
duration_ms stop_limit_ms(const settings& all);

class box_office {
 public:
  explicit box_office(box_office_parts parts);
  ~box_office();

  /// Starts every child; the listeners come last. A refusal says what, why and how to mend it.
  std::optional<trouble> start();
  /// Logs what happened since the start, and from now on everything. Once, after `start`.
  void log_events();
  /// The ports that were bound, in the order of gateway::listener. After `start`.
  std::array<std::uint16_t, gateway::listener_count> ports() const;
  std::uint64_t live_reservations() const;

  /// No new purchases; gives those under way `drain_limit_ms`, then ends them: their buyers are
  /// told to ask again, and the next start decides. @return how many those were; nothing if the
  /// desk did not say.
  std::optional<std::uint64_t> drain();
  /// Stops every child and waits until nothing runs any more. Idempotent.
  void stop();

 private:
  struct running;
  std::unique_ptr<running> running_;
};

}  // namespace taquilla::app
