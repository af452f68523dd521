// VIRTUAL THEATRE: the whole box office, as production composes it, over a real SQLite store in
// memory and under a clock that the test moves. What a test does to it are plain functions; what it
// sees are plain values. No header of CAF is included here, so that a test file compiles in a
// moment.
//
// Nothing is delivered until the test says `settle` or `advance`. `at_rest` says in words what is
// still open or wrong; an empty text means that the promises of the box office hold. One thread.
#pragma once

#include "actors/options.hpp"
#include "domain/reservation.hpp"
#include "domain/seat_map.hpp"
#include "store/database.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace taquilla::testing {

/// An answer that will come, or came, or never does.
template <class T>
struct reply {
  std::shared_ptr<std::optional<result<T>>> box = std::make_shared<std::optional<result<T>>>();

  bool pending() const { return !*box; }
  bool ok() const { return *box && **box; }
  const T& value() const { return ***box; }
  error failure() const { return pending() || ok() ? error{} : (*box)->failure(); }
  /// "pending", "ok", or the code of the refusal.
  std::string text() const {
    return pending() ? "pending" : ok() ? "ok" : to_string(failure().code);
  }
};

struct sale {
  reservation_id id = 0;
  bool replayed = false;
};
struct rule_seen {
  std::string id, kind, last_request;
  std::uint64_t touched = 0, times = 0;
  std::int64_t delay_ms = 0, for_ms = 0;
  std::uint32_t rate_ppm = 0;
  wall_ms since = 0, last_touched = 0, ends_at = 0;
};
struct chaos_seen {
  bool down = false;
  std::vector<rule_seen> active;
};
struct chaos_wish {
  std::int64_t delay_ms = 0;
  double rate = 1.0;
  std::int64_t for_ms = 0;  ///< 0: until it is ended
  std::uint64_t times = 0;  ///< 0: every request
};
struct child_seen {
  std::string state, reason;
  std::uint64_t restarts = 0;
};
struct desk_seen {
  std::uint64_t in_flight = 0, trips = 0, rejected = 0, consecutive = 0;
  std::int64_t tokens_milli = 0, retry_after_ms = 0;
  std::string breaker;
  bool draining = false;
  std::map<std::string, std::uint64_t> breaker_turns;  ///< by "to: cause"
};
struct event_seen {
  std::uint64_t sequence = 0;
  std::string kind, service, subject, detail;
  reservation_id id = 0;
};
struct done {};

using send_function = std::function<void(const mail&, std::function<void(error)>)>;

struct theatre_setting {
  theatre_options options;
  std::uint64_t seed = 0;             ///< 0: first come, first served; else a random schedule
  wall_ms today = 1'700'000'000'000;  ///< wall clock at the start
  std::shared_ptr<database> base;     ///< null: an empty store; else what an earlier process left
  /// Puts something between STORE and the store.
  std::function<std::shared_ptr<database>(std::shared_ptr<database>)> wrap;
  send_function transport;      ///< empty: the mailbox is the only addressee
  bool stubborn_child = false;  ///< adds a child that does not leave when it is asked
  bool mute_child = false;      ///< adds a child that never says that it is ready
};

class virtual_theatre {
 public:
  explicit virtual_theatre(theatre_setting setting = {});
  ~virtual_theatre();

  // -- people ---------------------------------------------------------------------------------
  reply<sale> buy(const purchase_order& order);
  reply<reservation> cancel(reservation_id id);
  reply<chaos_seen> chaos(const std::string& service, const std::string& kind,
                          chaos_wish wish = {});
  reply<chaos_seen> show_chaos(const std::string& service);
  reply<std::uint64_t> drain(duration_ms limit = 10'000);  ///< how many were left
  reply<done> stop();
  /// How the start ended.
  const reply<done>& started() const;

  // -- messages sent past the desk ------------------------------------------------------------
  reply<reservation_id> hold(const seat_id& seat, std::uint64_t identity, std::uint64_t token);
  reply<charge_record> charge(reservation_id id, money amount);
  /// As a door does that has counted to the end of a crash.
  void say_crash_is_over(const std::string& service);

  // -- time ---------------------------------------------------------------------------------------
  bool step();
  void settle();
  void advance(std::int64_t ms);
  std::int64_t now_ms() const;
  wall_ms today() const;

  // -- looking --------------------------------------------------------------------------------
  /// Seat as text -> "free", "held", "sold"; what INVENTORY says, free seats left out.
  std::map<std::string, std::string> seats();
  reservation reservation_of(reservation_id id);
  std::vector<charge_record> charges();
  std::vector<mail> mailbox();
  std::vector<mail> outbox();
  /// Counts what is due at any time, not only what is due now.
  store_counts counts();
  std::map<std::string, child_seen> health();
  bool ready();
  desk_seen desk();
  std::vector<event_seen> feed(std::uint64_t after = 0, std::uint32_t limit = 1000);
  std::map<std::string, int> population() const;
  std::uint64_t handled(const std::string& role) const;
  std::size_t timers() const;
  /// Why a vital child took the process with it; empty while it lives.
  const std::string& fatal() const;
  std::shared_ptr<database> base() const;

  int kill(const std::string& role);

  /// What is still open, leaked or against a promise; empty: all is well.
  std::string at_rest();

 private:
  struct inside;
  std::unique_ptr<inside> in_;
};

/// The demo purchase of the original: EVT-001, A1, 50.00, and variations of it.
purchase_order order(const std::string& seat = "A1", const std::string& email = "test@email.com");

/// "step detail [fault]" of every entry, one a line, for messages and comparisons.
std::string timeline_text(const reservation& of);

}  // namespace taquilla::testing
