// One thread, one event loop, its connections, its queue of framed requests and its own copies of
// the library. Handlers run on this very thread, between batches of input: they never block, and a
// second thread to run them costs more in hand-overs than it brings (docs/http.md has the figures).
// The functions marked "any thread" only queue a task; all others belong to the loop.
#pragma once

#include "gateway/http_server/answer_box.hpp"
#include "gateway/http_server/connection.hpp"
#include "gateway/http_server/cpp_httplib.hpp"
#include "gateway/http_server/memory_account.hpp"
#include "gateway/http_server/traffic.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <unordered_set>

namespace taquilla::gateway {

class reactor {
 public:
  reactor(const http_server_options& options, http_application& application, traffic& counters,
          const guest_list& guests);
  ~reactor();

  void start();  ///< the owner
  /// Any thread. Takes over an accepted socket made for `context()`.
  void adopt(asio::ip::tcp::socket socket, listener at, std::string peer, guest_list::place place);
  /// Any thread. The places run short: who is connected and asks for nothing makes way.
  void retire_resting();
  /// Any thread. From now on every connection's next answer is its last, as far as it has asked.
  void leave();
  /// Any thread. Ends the connections as they become idle; ready when none is left.
  std::future<void> drain();
  /// The owner: cuts what is left and joins the thread.
  void stop();
  asio::io_context& context() { return context_; }

  // For the connections, on the loop.
  /// True: queued, and `left_queue` will tell when it is not any more. False: answered already.
  bool submit(connection& from, pipeline::ticket ticket, framed_request framed,
              connection::time_point now);
  /// Beside others of its connection, as a safe one that is not a long answer.
  bool may_run_beside(const http_request& request) const;
  // The answers that no handler gives, each counted as what it is.
  http_response protocol_error(listener at, int status, std::string_view detail);
  http_response unanswered(listener at, int status, std::string_view detail);
  http_response shed(listener at, shed_reason why, std::string_view detail);
  std::string write(http_response response, const answer_shape& shape);
  /// Has `reader` woken when `stream` is ready, once until `bell` is cleared.
  void watch(byte_source& stream, connection& reader, std::shared_ptr<std::atomic<bool>> bell);
  void pump_later(std::shared_ptr<connection> who);
  void forget(const std::shared_ptr<connection>& gone);
  void wake_at(connection& who, deadlines::handle& mine, connection::time_point when);
  void cancel_alarm(deadlines::handle& mine) { deadlines_.clear(mine); }
  /// Has those give way who have to, until the bounds hold and `inbound` more bytes have room.
  void make_room(std::size_t inbound = 0);
  memory_account& inbound() { return inbound_; }
  memory_account& outbound() { return outbound_; }
  line& resting() { return resting_; }
  std::array<char, 4096>& read_buffer() { return read_buffer_; }
  bool leaving() const { return leaving_ || draining_; }
  bool draining() const { return draining_; }
  const http_server_options& options() const { return options_; }
  traffic& counters() { return counters_; }

 private:
  struct work {
    std::weak_ptr<connection> from;
    pipeline::ticket ticket;
    framed_request framed;
    std::size_t memory;  ///< of `framed`
    connection::time_point queued_at;
  };

  const std::string& date();
  void loop();
  void schedule_work();
  void run_some();
  void run(work item);
  void begin_answer(connection& from, work& item);
  std::optional<http_response> verdict_of(http_request& request);
  std::optional<http_response> out_of_room(listener at, std::size_t memory);
  http_response server_answer(listener at, int status, std::string_view detail);
  void deliver();
  void deliver(arrival& one);
  void arm_timer();
  void on_timer();
  void announce_empty();

  http_server_options options_;
  http_application& application_;
  traffic& counters_;
  const guest_list& guests_;
  memory_account inbound_, outbound_;
  line resting_;
  std::array<char, 4096> read_buffer_;
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard_;
  asio::steady_timer timer_;
  std::optional<connection::time_point> timer_set_for_;
  std::shared_ptr<answer_box> box_;
  std::array<std::unique_ptr<route_matcher>, listener_count> matchers_;
  std::vector<std::string> alone_;  ///< paths of long answers
  response_writer writer_;
  std::string date_;  ///< of that second
  std::int64_t date_second_ = -1;
  deadlines deadlines_;
  std::unordered_set<std::shared_ptr<connection>> connections_;
  std::deque<work> queue_;
  std::size_t queue_max_;
  bool work_scheduled_ = false;
  bool leaving_ = false;
  bool draining_ = false;
  std::vector<std::promise<void>> drained_;
  std::thread thread_;
};

}  // namespace taquilla::gateway
