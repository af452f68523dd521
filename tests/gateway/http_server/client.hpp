// A raw HTTP client for tests: sends the bytes it is told to, one blocking socket, every wait with
// a deadline (30 s), every surprise an exception.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taquilla::gateway::testing {

struct reply {
  int status = 0;
  std::string head;  ///< status line and fields, with the empty line
  std::string body;  ///< chunked ones decoded
};

class client {
 public:
  /// `receive_buffer` bounds what the kernel takes in for a client that does not read.
  explicit client(std::uint16_t port, bool ipv6 = false, int receive_buffer = 0);
  ~client();
  client(client&& other) noexcept;
  client& operator=(client&&) = delete;

  void send(std::string_view bytes);
  void urgent();        ///< one byte of urgent data
  void end_of_input();  ///< half-close
  void reset();         ///< close with RST
  reply read_reply(bool head_only = false);
  /// A GET without more; its answer.
  reply get(const std::string& target);
  std::string read_some();  ///< "" at the end
  std::string read_to_end();
  bool ended();  ///< waits for the end of the connection, or for a byte

 private:
  bool fill();
  std::string read_line();
  std::string read_exactly(std::size_t bytes);

  int socket_ = -1;
  std::string buffer_;
};

std::string get_request(const std::string& target, const std::string& fields = "");

}  // namespace taquilla::gateway::testing
