// The few things about descriptors and threads that no portable library says. platform_posix.cpp
// is the only file of the server that a port to another system has to write anew.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <system_error>

namespace taquilla::gateway {

/// Keeps one descriptor in reserve. When there is none left in the process, it is given up for a
/// moment, so that a waiting client can be accepted and closed and not be left hanging.
class spare_descriptor {
 public:
  spare_descriptor() { take(); }
  ~spare_descriptor() { give_up(); }
  spare_descriptor(const spare_descriptor&) = delete;
  spare_descriptor& operator=(const spare_descriptor&) = delete;

  void take();
  void give_up();
  bool held() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

/// A peer that takes nothing of what was sent to it for so long is gone, and its connection is
/// reset, though nothing waits here to be sent: the only way to miss a machine that lost its power.
/// Linux counts one as well that acknowledges and reads nothing. Does nothing where the system has
/// no such limit.
void limit_silence(std::intptr_t socket, std::chrono::milliseconds limit);

/// What `top -H` and profilers call the calling thread; at most 15 characters.
void name_this_thread(const char* name);

/// Raises the process's soft limit of open descriptors towards `wanted`, as far as the hard limit
/// lets it; returns what it is then.
std::size_t allow_descriptors(std::size_t wanted);

/// Descriptors, buffers or memory are short: to go on at once would only fail again.
bool is_shortage(const std::error_code& error);

/// The address is none of this machine's, or of a family it does not speak.
bool is_missing_address(const std::error_code& error);

}  // namespace taquilla::gateway
