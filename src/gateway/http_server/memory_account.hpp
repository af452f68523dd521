// How much memory of one kind (what came in, what is to go out) the connections of one reactor
// hold, and who has to give way when that is too much. Not whoever needs some more: he may be
// honest and quick, and those who hold the rest neither. Everybody has a share that is never taken
// from him, the bound divided by the connections there may be; those above it stand in line, and
// the one who has been there longest without progress goes first. One thread.
#pragma once

#include "gateway/http_server/line.hpp"

#include <atomic>
#include <cstddef>

namespace taquilla::gateway {

class memory_account {
 public:
  /// `total` is what the connections of all reactors hold together, for others to read.
  memory_account(std::size_t bytes_max, std::size_t share, std::atomic<std::size_t>& total)
      : bytes_max_{bytes_max}, share_{share}, total_{total} {}

  /// What one connection holds, kept by it.
  struct holding {
    std::size_t bytes = 0;
    line::position place;
  };
  void set(holding& mine, connection* who, std::size_t bytes) {
    if (bytes != mine.bytes) {
      held_ += bytes - mine.bytes;
      total_ += bytes - mine.bytes;
      mine.bytes = bytes;
    }
    if (!above_share(bytes)) return line_.leave(mine.place);
    if (!mine.place) line_.join(mine.place, who);
  }
  /// Others give way before this one again.
  void note_progress(holding& mine, connection* who) {
    if (mine.place) line_.join(mine.place, who);
  }
  /// What belongs to no connection any more, and is gone in a moment: `total` leaves it out.
  void add(std::size_t bytes) { held_ += bytes; }
  void remove(std::size_t bytes) { held_ -= bytes; }
  bool above_share(std::size_t bytes) const { return bytes > share_; }
  bool has_room(std::size_t more) const { return held_ + more <= bytes_max_; }
  /// Who is to give way for that; nobody when there is room, or nobody has more than his share.
  connection* first_to_go(std::size_t more) const {
    return has_room(more) ? nullptr : line_.first();
  }

 private:
  std::size_t bytes_max_, share_;
  std::size_t held_ = 0;
  std::atomic<std::size_t>& total_;
  line line_;
};

}  // namespace taquilla::gateway
