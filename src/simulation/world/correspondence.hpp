// What a reader of a trace wants to know of a message that arrives and that it does not say itself:
// who said it if it has no sender, which question it answers where that is not plain, when it was
// sent if that was a while ago, and whether its sender has ended since. Kept while somebody writes
// the trace, and only then.
#pragma once

#include "simulation/engine/engine.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace taquilla::simulation {

class correspondence {
 public:
  void sent(const sending_view& view, const std::string& speaker);
  void ended(const std::string& who) { ended_.insert(who); }
  /// Actors are numbered anew in a new process.
  void new_process() { *this = correspondence{}; }

  /// Of a message without a sender: whose step it came from; empty: nobody's.
  std::string speaker(const delivery_view& view) const;
  /// Behind the words of the message; empty as a rule. Forgets the message.
  std::string remark(const delivery_view& view);

 private:
  using question = std::pair<std::string, std::uint64_t>;  ///< who asks, and his number for it
  struct wish {
    std::string type;       ///< "charge_card"
    std::string passed_as;  ///< "record_charge": PAYMENT lets the store answer; empty: as it was
    bool put_off = false;   ///< it asks for the thing to be done later
  };
  struct letter {
    virtual_ns sent_at = 0;
    std::string speaker;  ///< if it has no sender
  };
  std::string answered_by(const delivery_view& view) const;

  std::map<question, wish> asked_;
  std::map<const caf::mailbox_element*, letter> under_way_;
  std::set<std::string> ended_;
};

}  // namespace taquilla::simulation
