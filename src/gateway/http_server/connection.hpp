// One accepted socket and its whole life: reads, frames, hands requests to the reactor, sends their
// answers in order, keeps the deadlines, ends. Everything happens on the thread of its reactor, and
// nothing waits.
//
//   on_read -> frame -> begin -> reactor.submit ... answer -> write_next -> send -> read on, or end
//                                                             |
//                                                             v
//                                              stream_tap, again and again
//
// Every event ends in `pump`, which moves whatever can move, in the order send, write_next, begin,
// ask_for_body, frame; so no event has to know the others. A connection ends
//   in order   idle too long, behind the last answer, at a stop: `end_in_order`, then lingers
//   at once    the client has ended and nothing is due, its place is needed: `drop`
//   by reset   it reads too slowly, holds what others need, memory is out: `drop(true)`
#pragma once

#include "gateway/http_server/deadlines.hpp"
#include "gateway/http_server/framer.hpp"
#include "gateway/http_server/guest_list.hpp"
#include "gateway/http_server/line.hpp"
#include "gateway/http_server/memory_account.hpp"
#include "gateway/http_server/pipeline.hpp"
#include "gateway/http_server/stream_tap.hpp"
#include "gateway/http_server/unsent_bytes.hpp"

#include <asio/ip/tcp.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace taquilla::gateway {

class reactor;

class connection : public std::enable_shared_from_this<connection> {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  connection(reactor& home, asio::ip::tcp::socket socket, listener at, std::string peer,
             guest_list::place place);
  ~connection() = default;
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  void start();
  /// Stores the answer of `ticket`; late and second ones are ignored. `pump` follows.
  void answer(pipeline::ticket ticket, http_response response);
  /// Nobody answers `ticket`, so the server does: 500 or 504. Nothing if it has an answer already.
  void fail(pipeline::ticket ticket, int status, const char* detail);
  void pump();
  /// Its request in the reactor's queue has had its turn. A connection has one there at a time, so
  /// that who pipelines many waits longer, and nobody else.
  void left_queue() { queued_ = false; }
  /// The stream has something to take.
  void on_stream_ready();
  /// A deadline may have passed.
  void on_alarm(time_point now);
  /// The server stops: ends now when idle, after its last answer otherwise.
  void drain();
  /// It holds what others need, and has held it longest. What came in of a request that is not
  /// begun is let go and answered 503, the last answer; what it does not take of its answers is
  /// lost.
  void give_way();
  void cut_off();
  /// Its place is needed, and it is kept for nothing but the client's next request.
  void retire();
  /// The server has stopped: ends at once, and resets the client only if his answer is cut.
  void stop();

 private:
  enum class phase { serving, lingering, gone };
  /// Goes on in this order alone. When it is not open any more, the connection ends with what it
  /// has begun.
  enum class input {
    open,
    closed,  ///< the last request there will be is known: nothing is framed any more
    ended,   ///< and the client has said that it will send nothing
  };

  // connection.cpp: input
  void read();
  void on_read(const std::error_code& error, std::size_t bytes);
  void move_on();
  bool frame();
  bool ask_for_body();
  std::size_t feed_framer(std::string_view bytes);
  bool may_frame() const;
  bool begin();
  bool owes_much() const;
  void answer_last(http_response last);
  void close_input();
  void forget_input();
  void end_of_input();
  void watch_for_reset();
  void on_exception();

  // connection_output.cpp: output, end
  bool write_next();
  void open_stream(std::shared_ptr<byte_source> source, bool chunked, std::string first);
  void send();
  void await_writable();
  bool all_is_sent() const;
  void take_no_more();
  void discard_pipeline();
  /// The last answer is sent: announces the end, and lingers until the client ends as well.
  void end_in_order();
  /// Ends at once; what was not sent is lost. `reset` tells the client so.
  void drop(bool reset);
  void account();

  // connection_deadlines.cpp
  void note_output();
  void keep_deadlines();
  std::optional<time_point> next_deadline() const;
  bool awaits_rest() const;
  bool idle() const;

  reactor& home_;
  asio::ip::tcp::socket socket_;
  listener at_;
  std::string peer_;
  guest_list::place place_;
  phase phase_ = phase::serving;

  std::array<char, 512> read_;  ///< small, because a silent connection keeps it
  std::string leftover_;        ///< read and not framed yet, at most what one read brought
  framer framer_;
  pipeline pipeline_;
  std::optional<framed_request> next_;  ///< framed, and something comes before it
  bool queued_ = false;                 ///< has a request in the reactor's queue
  bool reading_ = false;
  bool watching_ = false;  ///< a reset will be noticed, though nothing is read
  input input_ = input::open;

  unsent_bytes unsent_;
  bool writing_ = false;
  stream_tap stream_;
  bool resting_ = true;  ///< idle since `input_due_` was last set
  line::position rest_;  ///< among the idle that were answered once
  memory_account::holding inbound_, outbound_;
  std::size_t in_flight_ = 0;

  deadlines::handle alarm_;
  time_point input_due_{};   ///< of the first byte, the head, the body, or the next request
  time_point output_due_{};  ///< of the bytes up to output_mark_
  std::uint64_t output_mark_ = 0;
  time_point linger_due_{};
};

}  // namespace taquilla::gateway
