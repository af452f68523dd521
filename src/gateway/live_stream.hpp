// The event feed for many browsers: one follower of the front desk, fanned out as server-sent
// events.
//
//   front_desk --line--> live_stream --frame--> stream_client (bounded) --bytes--> http_server
//
// A line is rendered once and shared. A client holds at most `lines_max` lines; when it reads too
// slowly the oldest are dropped, and the hole in the sequence numbers is told to it as
// `event: skipped`. Nothing here blocks, owns a thread or reads a clock: heartbeats come when the
// owner says so. All functions from any thread; lines are published by one thread at a time.
#pragma once

#include "gateway/front_desk.hpp"
#include "gateway/http.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace taquilla::gateway {

/// A line of the feed as it goes over the wire.
struct stream_frame {
  std::uint64_t sequence = 0;
  std::shared_ptr<const std::string> bytes;
  bool first_of_feed = false;  ///< how many lines there were before it nobody knows
};
stream_frame render_line(const feed_line& line);

class stream_client : public byte_source {
 public:
  static constexpr std::size_t lines_max = 256;

  /// @param last the sequence number the client has seen; nothing when it does not matter.
  /// @param address in whose share (share.hpp) it is counted; empty: in nobody's.
  explicit stream_client(std::optional<std::uint64_t> last, std::string address = {})
      : address(std::move(address)), last_(last) {}

  const std::string address;

  /// Opens the gate: the snapshot event, then `history`, then what was pushed since the client
  /// joined, each line once. Until then lines are kept and nothing but the end is given out.
  void start(std::string snapshot_event, const std::vector<feed_line>& history);
  void push(const stream_frame& frame);
  void beat();
  /// Gives out what is kept, then `event: bye`, then finishes.
  void end();
  /// The next line is another feed's: its numbers have nothing to do with those before.
  void feed_restarted();
  bool is_closed() const;

  std::string take(std::size_t max) override;
  bool finished() const override;
  void on_ready(std::function<void()> wake) override;
  void closed() override;

 private:
  void keep(stream_frame frame);
  bool take_one(std::string& out);
  void wake();

  mutable std::mutex mutex_;
  std::shared_ptr<const std::function<void()>> wake_;
  std::deque<stream_frame> lines_;
  std::string first_;                  // the snapshot, until it is taken
  std::string rest_;                   // of a frame that did not fit into the last `take`
  std::optional<std::uint64_t> last_;  // sequence number of the last line given out or counted
  std::uint64_t history_end_ = 0;      // live lines up to here came with the history already
  bool started_ = false, beat_due_ = false, ending_ = false, bye_said_ = false, closed_ = false;
};

class live_stream : public std::enable_shared_from_this<live_stream> {
 public:
  explicit live_stream(std::size_t clients_max) : clients_max_(clients_max) {}

  void follow(front_desk& desk);
  /// @param after what the client saw last; nothing: it starts here.
  /// @return nullptr when there are too many clients, here or at `address`, or after the end.
  std::shared_ptr<stream_client> join(std::optional<std::uint64_t> after,
                                      const std::string& address = {});
  void publish(const feed_news& news);
  void heartbeat();
  void say_goodbye();

  std::uint64_t last_sequence() const;
  /// True when a follower that saw `sequence` last can go on from there: the lines behind it are of
  /// this stream. A number from before this start says nothing about how much was missed.
  bool continues(std::uint64_t sequence) const;
  /// What a follower has seen who is to be told the last `count` lines of this stream, or as many
  /// as there were; nothing when there was none.
  std::optional<std::uint64_t> before_the_last(std::uint64_t count) const;
  std::size_t clients() const;

 private:
  std::vector<std::shared_ptr<stream_client>> current() const;
  void forget_the_closed();  ///< under the lock

  const std::size_t clients_max_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<stream_client>> clients_;
  std::shared_ptr<void> following_;
  std::uint64_t first_sequence_ = 0;  // of this stream; 0: nothing was published yet
  std::uint64_t last_sequence_ = 0;
  bool over_ = false;
};

}  // namespace taquilla::gateway
