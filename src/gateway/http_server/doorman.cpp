#include "gateway/http_server/doorman.hpp"

#include "gateway/http_server/platform.hpp"

#include <exception>
#include <utility>

namespace taquilla::gateway {

namespace {

constexpr int backlog = 4096;
// Clients accepted before the loop looks at the others again.
constexpr int accepts_per_turn = 64;
constexpr std::chrono::milliseconds breath{50};
// What a client leaves unread in the kernel counts against no limit here and outlives the write
// deadline. Left to itself the kernel takes megabytes a socket; this is enough to keep it sending.
constexpr int kernel_unsent_bytes = 64 * 1024;

}  // namespace

doorman::doorman(asio::io_context& loop, listener at, guest_list& guests, traffic& counters,
                 socket_sink& sink)
    : at_{at}, guests_{guests}, counters_{counters}, sink_{sink}, acceptor_{loop}, pause_{loop} {}

// Address reuse lets a restarted program have its port while old connections fade; two programs
// sharing a port is a different option, and never set.
std::error_code doorman::open(const asio::ip::tcp::endpoint& where) {
  std::error_code error;
  acceptor_.open(where.protocol(), error);
  if (!error) acceptor_.set_option(asio::ip::tcp::acceptor::reuse_address{true}, error);
  if (!error && where.address().is_v6()) acceptor_.set_option(asio::ip::v6_only{true}, error);
  if (!error) acceptor_.bind(where, error);
  if (!error) acceptor_.listen(backlog, error);
  if (!error) acceptor_.non_blocking(true, error);
  std::error_code ignored;
  if (error) acceptor_.close(ignored);
  return error;
}

std::uint16_t doorman::port() const {
  std::error_code ignored;
  return acceptor_.local_endpoint(ignored).port();
}

void doorman::start() { await(); }

void doorman::close() {
  std::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

void doorman::await() {
  acceptor_.async_wait(asio::ip::tcp::acceptor::wait_read, [this](const std::error_code& error) {
    if (!acceptor_.is_open()) return;
    if (error) return breathe();
    accept_some();
  });
}

// Memory may be short for one client; the listener must outlive that. Waiting needs none: asio
// takes again what the wait before has left.
void doorman::accept_some() {
  try {
    bool more = true;
    for (int i = 0; i < accepts_per_turn && more; ++i)
      if (!accept_one(more)) return breathe();
  } catch (const std::exception&) {
    return breathe();
  }
  await();
}

bool doorman::accept_one(bool& more) {
  std::error_code error, ignored;
  asio::ip::tcp::endpoint peer;
  auto socket = acceptor_.accept(sink_.next_context(), peer, error);
  if (error == asio::error::would_block || error == asio::error::try_again) {
    more = false;
    return true;
  }
  if (is_shortage(error)) {
    turn_one_away();
    return false;
  }
  if (error) return true;  // that client has gone already; the next one may not have
  auto address = peer.address().to_string();
  auto place = guests_.admit(address);  // here already, so that a burst cannot pass the bound
  if (!place) {
    ++counters_.turned_away;
    return true;
  }
  socket.non_blocking(true, error);
  if (!error) socket.set_option(asio::ip::tcp::no_delay{true}, ignored);
  if (!error) socket.set_option(asio::socket_base::send_buffer_size{kernel_unsent_bytes}, ignored);
  if (error) return true;
  ++counters_.accepted;
  sink_.receive(std::move(socket), at_, std::move(address), std::move(place));
  return true;
}

void doorman::turn_one_away() {
  if (!spare_.held()) return spare_.take();
  spare_.give_up();
  {
    std::error_code error;
    asio::ip::tcp::endpoint peer;
    const auto closed_at_once = acceptor_.accept(sink_.next_context(), peer, error);
    if (!error) ++counters_.turned_away;
  }
  spare_.take();
}

void doorman::breathe() {
  pause_.expires_after(breath);
  pause_.async_wait([this](const std::error_code& error) {
    if (!error && acceptor_.is_open()) accept_some();
  });
}

}  // namespace taquilla::gateway
