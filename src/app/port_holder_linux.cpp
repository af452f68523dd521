// Who listens on a port: /proc/net/tcp names the socket of a listening port, and the process that
// has this socket open is the holder. Another user's processes hide their descriptors from us; then
// there is no answer, and none on systems without /proc.
#include "app/platform.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace taquilla::app::platform {

namespace {

namespace fs = std::filesystem;

constexpr const char* listening = "0A";

/// "socket:[12345]" of the listener on `port`; empty when there is none.
std::string listening_socket(const char* table, std::uint16_t port) {
  std::ifstream in{table};
  std::string line;
  std::getline(in, line);  // the heading
  while (std::getline(in, line)) {
    std::istringstream fields{line};
    std::string slot, local, remote, state, queues, timer, retransmits, user, timeout, inode;
    fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> user >>
        timeout >> inode;
    const auto colon = local.rfind(':');
    if (state != listening || colon == std::string::npos) continue;
    if (std::strtoul(local.c_str() + colon + 1, nullptr, 16) == port)
      return "socket:[" + inode + ']';
  }
  return {};
}

bool has_open(const fs::path& process, const std::string& socket) {
  std::error_code problem;
  for (fs::directory_iterator at{process / "fd", problem}, end; !problem && at != end;
       at.increment(problem)) {
    std::error_code unreadable;
    if (fs::read_symlink(at->path(), unreadable) == socket) return true;
  }
  return false;
}

std::string name_of(const fs::path& process) {
  std::ifstream in{process / "comm"};
  std::string name;
  std::getline(in, name);
  return name + " (pid " + process.filename().string() + ')';
}

}  // namespace

std::string holder_of_port(std::uint16_t port) {
  auto socket = listening_socket("/proc/net/tcp", port);
  if (socket.empty()) socket = listening_socket("/proc/net/tcp6", port);
  if (socket.empty()) return {};
  std::error_code problem;
  for (fs::directory_iterator at{"/proc", problem}, end; !problem && at != end;
       at.increment(problem)) {
    const auto name = at->path().filename().string();
    if (name.find_first_not_of("0123456789") == std::string::npos && has_open(at->path(), socket))
      return name_of(at->path());
  }
  return {};
}

}  // namespace taquilla::app::platform
