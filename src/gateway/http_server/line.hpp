// Connections of one reactor, in the order in which something last happened to them: whoever has
// waited longest stands in front. Joining, leaving and going to the end cost the same however many
// there are. One thread.
#pragma once

#include <list>
#include <optional>

namespace taquilla::gateway {

class connection;

class line {
 public:
  /// Kept by the one who stands in it; empty when he does not.
  using position = std::optional<std::list<connection*>::iterator>;

  /// Takes the last place, also of one who stands in it already.
  void join(position& mine, connection* who) {
    if (mine)
      standing_.splice(standing_.end(), standing_, *mine);
    else
      mine = standing_.insert(standing_.end(), who);
  }
  void leave(position& mine) {
    if (mine) standing_.erase(*mine);
    mine.reset();
  }
  connection* first() const { return standing_.empty() ? nullptr : standing_.front(); }

 private:
  std::list<connection*> standing_;
};

}  // namespace taquilla::gateway
