#include "gateway/http_server/client.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

namespace taquilla::gateway::testing {

namespace {

[[noreturn]] void give_up(const char* what) {
  throw std::runtime_error{std::string{what} + ": " + std::strerror(errno)};
}

int connected(std::uint16_t port, bool ipv6, int receive_buffer) {
  const int fd = ::socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) give_up("socket");
  const timeval patience{30, 0};
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (receive_buffer > 0)
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  v6.sin6_addr = in6addr_loopback;
  const auto* where = ipv6 ? reinterpret_cast<sockaddr*>(&v6) : reinterpret_cast<sockaddr*>(&v4);
  if (::connect(fd, where, ipv6 ? sizeof v6 : sizeof v4) != 0) {
    ::close(fd);
    give_up("connect");
  }
  return fd;
}

std::string field(const std::string& head, const std::string& name) {
  const auto at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const auto from = at + name.size() + 4;
  return head.substr(from, head.find("\r\n", from) - from);
}

}  // namespace

client::client(std::uint16_t port, bool ipv6, int receive_buffer)
    : socket_{connected(port, ipv6, receive_buffer)} {}

client::~client() {
  if (socket_ >= 0) ::close(socket_);
}

client::client(client&& other) noexcept
    : socket_{std::exchange(other.socket_, -1)}, buffer_{std::move(other.buffer_)} {}

void client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0) give_up("send");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void client::urgent() {
  if (::send(socket_, "!", 1, MSG_OOB | MSG_NOSIGNAL) != 1) throw std::runtime_error{"urgent"};
}

void client::end_of_input() { ::shutdown(socket_, SHUT_WR); }

void client::reset() {
  const linger now{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(std::exchange(socket_, -1));
}

bool client::fill() {
  char bytes[65536];
  const auto n = ::recv(socket_, bytes, sizeof bytes, 0);
  if (n < 0) give_up("recv");
  buffer_.append(bytes, static_cast<std::size_t>(n));
  return n > 0;
}

std::string client::read_some() {
  if (buffer_.empty()) fill();
  return std::exchange(buffer_, {});
}

std::string client::read_to_end() {
  std::string all;
  for (auto part = read_some(); !part.empty(); part = read_some()) all += part;
  return all;
}

bool client::ended() { return read_some().empty(); }

std::string client::read_exactly(std::size_t bytes) {
  while (buffer_.size() < bytes)
    if (!fill()) throw std::runtime_error{"the answer was cut: " + buffer_};
  auto taken = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  return taken;
}

std::string client::read_line() {
  std::string line;
  while (line.size() < 2 || line.compare(line.size() - 2, 2, "\r\n") != 0) line += read_exactly(1);
  return line;
}

reply client::read_reply(bool head_only) {
  reply found;
  for (std::string line = read_line();; line = read_line()) {
    found.head += line;
    if (line == "\r\n") break;
  }
  found.status = std::stoi(found.head.substr(9, 3));
  if (head_only || found.status < 200) return found;
  if (field(found.head, "Transfer-Encoding") == "chunked") {
    for (;;) {
      const auto size = std::stoul(read_line(), nullptr, 16);
      found.body += read_exactly(size);
      read_exactly(2);
      if (size == 0) return found;
    }
  }
  const auto length = field(found.head, "Content-Length");
  if (!length.empty()) found.body = read_exactly(std::stoul(length));
  return found;
}

reply client::get(const std::string& target) {
  send(get_request(target));
  return read_reply();
}

std::string get_request(const std::string& target, const std::string& fields) {
  return "GET " + target + " HTTP/1.1\r\nHost: box\r\n" + fields + "\r\n";
}

}  // namespace taquilla::gateway::testing
