// The port between HTTP and the box office: what a request may ask, as plain C++. No CAF and no
// httplib. Every question takes a callback and returns at once. The callback comes at most once,
// from any thread, and perhaps before the call has returned (`overloaded`). It comes as long as
// there is a clerk, for each question has a deadline behind this interface; with the clerk's end it
// is dropped, and then the responder in it says so to the client (http.hpp). So is that of somebody
// who waited and has gone. The real one is caf_front_desk; tests of the gateway use a fake that
// answers as told.
#pragma once

#include "domain/error.hpp"
#include "store/commands.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace taquilla::gateway {

template <class T>
using reply = std::function<void(result<T>)>;

struct purchase_answer {
  reservation_id id = 0;
  bool replayed = false;  ///< the stored answer of an earlier, identical purchase
};

struct seat_view {
  seat_id seat;
  seat_state state = seat_state::free;
  std::int64_t held_for_ms = 0;  ///< how much longer the hold may last; 0 unless held
};
struct event_view {
  std::string event, name;
  std::uint64_t seats = 0, held = 0, sold = 0;
};

enum class service : std::uint8_t { inventory, payment, notification };

/// One entry of the chaos table, as asked for. Zero or empty: not given.
struct chaos_order {
  service target = service::inventory;
  std::string kind;  ///< crash panic slow flaky lossy stall decline bounce; recover ends all
  std::int64_t delay_ms = 0;           ///< slow
  std::uint32_t rate_ppm = 1'000'000;  ///< flaky, lossy
  std::int64_t for_ms = 0;             ///< ends by itself after this long
  std::uint64_t times = 0;             ///< touches the first N requests, then ends
};
struct chaos_view {
  std::string id, kind;
  std::int64_t delay_ms = 0;
  std::uint32_t rate_ppm = 1'000'000;
  std::int64_t for_ms = 0;
  std::uint64_t times = 0, touched = 0;
  wall_ms since = 0, last_touched = 0, ends_at = 0;  ///< 0: never, not yet
  std::string last_request;  ///< what it touched last, e.g. "reservation 17"
};
struct chaos_table {
  service target = service::inventory;
  bool down = false;
  std::vector<chaos_view> active;
};

struct part_health {
  std::string name, state;  ///< up, starting, restarting, down, gave_up, stopping, gone
  wall_ms since = 0;
  std::string reason;
  std::uint64_t restarts = 0;
};
/// How often the breaker went to `to` because of `reason`.
struct breaker_turns {
  std::string to, reason;
  std::uint64_t count = 0;
};
struct breaker_view {
  std::string state;  ///< closed, open, half_open, ramping, forced_open, disabled
  std::uint64_t consecutive_failures = 0, trips = 0, rejected = 0;
  std::int64_t retry_after_ms = 0;
  std::vector<breaker_turns> turns;
};
struct health_view {
  std::vector<part_health> parts;
  breaker_view breaker;
  std::uint64_t purchases_in_flight = 0;
  std::uint64_t retry_tokens_milli = 0;
  store_counts store;
  bool ready = false;  ///< store open, actors up; a service under chaos does not make us unready
  bool draining = false;
};

/// Who waits, where somebody has to know.
struct waiting_client {
  std::string address;             ///< in whose share of the places he is; empty: in nobody's
  std::function<bool()> has_gone;  ///< nobody wants the answer any more; empty: he stays
};

/// One line of the event feed. `data` is a JSON object, ready to be sent.
struct feed_line {
  std::uint64_t sequence = 0;
  std::string kind;
  std::string data;
};
/// A line that is written out only for somebody who reads it.
struct feed_news {
  std::uint64_t sequence = 0;
  std::function<feed_line()> write;  ///< valid while the news are told
};

class front_desk {
 public:
  virtual ~front_desk() = default;

  virtual void buy(purchase_order order, reply<purchase_answer> done) = 0;
  virtual void cancel(reservation_id id, reply<reservation> done) = 0;

  virtual void reservation_by_id(reservation_id id, reply<reservation> done) = 0;
  virtual void reservations_like(list_reservations filter, reply<reservations> done) = 0;
  virtual void events(reply<std::vector<event_view>> done) = 0;
  /// `after` is a seat of the venue's order, or empty for the beginning.
  virtual void seats(std::string event, std::string after, std::uint32_t limit,
                     reply<std::vector<seat_view>> done) = 0;
  virtual void charges_like(list_charges filter, reply<charges> done) = 0;
  virtual void mailbox(list_mailbox filter, reply<mails> done) = 0;
  /// Answers as soon as the mailbox has a message for `filter`, or empty after `wait_ms`.
  virtual void wait_for_mail(list_mailbox filter, std::int64_t wait_ms, reply<mails> done,
                             waiting_client who = {}) = 0;
  /// The house closes: whoever waits for a mail is answered with what there is, and from now on
  /// nobody waits.
  virtual void stop_waiting() = 0;
  virtual void outbox(list_outbox filter, reply<mails> done) = 0;

  virtual void chaos(chaos_order order, reply<chaos_table> done) = 0;
  virtual void chaos_state(service target, reply<chaos_table> done) = 0;
  virtual void health(reply<health_view> done) = 0;

  /// The event feed from `after` on, at most `limit` lines of what is still kept.
  virtual void feed(std::uint64_t after, std::uint32_t limit,
                    reply<std::vector<feed_line>> done) = 0;
  /// Calls `tell` for every further line, from one thread at a time, until the handle is destroyed.
  virtual std::shared_ptr<void> follow_feed(std::function<void(const feed_news&)> tell) = 0;
};

}  // namespace taquilla::gateway
