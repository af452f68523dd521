// Listens on one address and port and hands on what it accepts; `server` deals that to the reactors
// in turn. Nothing that accept() can say ends it: a client that vanished is skipped, a shortage of
// descriptors or memory makes it turn clients away and take a breath. Lives on the loop of the
// first reactor.
#pragma once

#include "gateway/http_server/guest_list.hpp"
#include "gateway/http_server/platform.hpp"
#include "gateway/http_server/traffic.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/v6_only.hpp>
#include <asio/steady_timer.hpp>

#include <system_error>

namespace taquilla::gateway {

/// Where accepted sockets go.
class socket_sink {
 public:
  virtual ~socket_sink() = default;
  /// The loop that the next socket will belong to; `receive` follows if one is accepted.
  virtual asio::io_context& next_context() = 0;
  virtual void receive(asio::ip::tcp::socket socket, listener at, std::string peer,
                       guest_list::place place) = 0;
};

class doorman {
 public:
  doorman(asio::io_context& loop, listener at, guest_list& guests, traffic& counters,
          socket_sink& sink);

  /// Binds and listens; the error tells why not. Before the loop runs.
  std::error_code open(const asio::ip::tcp::endpoint& where);
  std::uint16_t port() const;
  void start();
  void close();  ///< on the loop, or when it does not run

 private:
  void await();
  void accept_some();
  /// False when accepting is to pause.
  bool accept_one(bool& more);
  void turn_one_away();
  void breathe();

  listener at_;
  guest_list& guests_;
  traffic& counters_;
  socket_sink& sink_;
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  spare_descriptor spare_;
};

}  // namespace taquilla::gateway
