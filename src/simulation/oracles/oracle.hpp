// Oracles: the promises of the house, each a small class with a name.
//
// An oracle watches a run (messages as they are delivered, processes as they come and go) and
// judges at the end, with the history of what clients were told and the final content of the store.
// A violation says in one sentence what was promised and what was found. Oracles decide nothing and
// change nothing, and one that is not sure keeps silent: false alarms are the quickest way to make
// people ignore true ones. To add one: write the class, add it to make_oracles(), plant a bug that
// it must catch (teeth.cpp).
#pragma once

#include "simulation/engine/engine.hpp"
#include "simulation/world/history.hpp"
#include "simulation/world/visit_record.hpp"
#include "store/commands.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace taquilla::simulation {

/// What the store holds when everything has come to rest, read from the disk.
struct final_state {
  std::vector<reservation> all;        ///< in order of id, without timelines
  std::vector<reservation> told;       ///< the same with their timelines, where they were asked for
  std::vector<charge_record> charges;  ///< in order of id
  std::vector<mail> mailbox;           ///< in order of reservation
  std::vector<mail> outbox;            ///< what was never delivered
  std::vector<mail> his_mailbox;       ///< the first buyer's, where it was asked for
  std::vector<reservation> his_own;    ///< and his reservations
  store_counts counts;
};

/// One seat as INVENTORY shows it.
struct shown_seat {
  std::string seat;
  seat_state state = seat_state::free;
};

/// How the run went, as far as oracles care.
struct run_facts {
  bool came_to_rest = false;  ///< nothing was open, held, due or pending within the limit
  std::string still_open;     ///< else: what was
  virtual_ns healed_at = 0;
  bool store_readable = true;  ///< the disk could be opened again
  std::string store_trouble;
  std::size_t log_bytes = 0;  ///< of the store, at most
  std::string went_on_after;  ///< a change of the database that failed; empty: nobody did
  std::string audit;  ///< what `taquilla audit` objects to; empty: nothing, or it was not asked
  std::uint32_t processes = 1;
  std::vector<shown_seat> hall;      ///< INVENTORY's picture when all was at rest
  bool hall_settled = false;         ///< nothing that it should know can still have been under way
  bool hall_wrong = false;           ///< it still differed from the store long after the healing
  bool disturbed = false;            ///< something slowed clients or purchases down from outside
  bool duplicated = false;           ///< the links delivered something twice
  std::vector<visit_record> visits;  ///< in the order in which they were made
  std::string trouble_with_feed;     ///< of the one who follows it
  std::uint64_t last_line = 0;       ///< that he was told in the last process; 0: none
  std::map<std::string, std::string> posted;  ///< by message id: to whom the mail server took it
  std::string posted_again;  ///< a mail that it took from one NOTIFICATION twice; empty: none
};

struct violation {
  std::string oracle;
  std::string what;
  std::uint64_t step = 0;  ///< 0 = found at the end
  std::string message;     ///< whose sending broke it, with who sent it to whom; else empty
  std::string evidence;    ///< found at the end: what the store holds of what it names
};

class oracle {
 public:
  virtual ~oracle() = default;
  virtual const char* name() const = 0;
  /// A message was sent. Returns a sentence if that breaks the promise.
  virtual std::string on_sending(const sending_view&) { return {}; }
  /// A message reaches its receiver, who handles it next (or an actor starts).
  virtual void on_delivery(const delivery_view&) {}
  virtual std::string on_spawned(const std::string& /*role*/, std::uint32_t /*incarnation*/,
                                 virtual_ns) {
    return {};
  }
  virtual void on_ended(const std::string& /*role*/, std::uint32_t /*incarnation*/) {}
  /// So many messages wait for one actor. Called at every doubling from 64 on.
  virtual std::string on_backlog(const std::string& /*role*/, std::size_t /*waiting*/,
                                 const std::string& /*mostly*/) {
    return {};
  }
  virtual void on_process_start(virtual_ns) {}
  /// Returns a sentence if the promise was broken, else nothing.
  virtual std::string at_end(const plan&, const history&, const final_state&, const run_facts&) {
    return {};
  }
};

using oracles = std::vector<std::unique_ptr<oracle>>;

/// All of them, in the order in which they are asked: the first that speaks names the failure. Two
/// judge what visitors are told, and are there when the plan has any.
oracles make_oracles(const plan& p);

}  // namespace taquilla::simulation
