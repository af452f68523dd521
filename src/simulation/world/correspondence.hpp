// What a reader of a trace wants to know of a message that arrives and that it does not say itself:
// which question an error answers, and when the message was sent if that was a while ago. Kept
// while somebody writes the trace, and only then.
#pragma once

#include "simulation/engine/engine.hpp"

#include <map>
#include <string>
#include <utility>

namespace taquilla::simulation {

class correspondence {
 public:
  void sent(const sending_view& view);
  /// Behind the words of the message; empty as a rule. Forgets the message.
  std::string remark(const delivery_view& view);

 private:
  using question = std::pair<std::string, std::uint64_t>;  ///< who asks, and his number for it
  std::map<question, std::string> asked_;
  std::map<const caf::mailbox_element*, virtual_ns> under_way_;
};

}  // namespace taquilla::simulation
