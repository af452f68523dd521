#include "app/platform.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <system_error>
#include <thread>
#include <utility>

namespace taquilla::app::platform {

namespace {

/// Under nohup it is, and a blocked signal is fetched even if it is ignored.
bool hangups_are_ignored() {
  struct sigaction now {};
  return sigaction(SIGHUP, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int one : {SIGINT, SIGTERM}) sigaddset(&set, one);
  if (!hangups_are_ignored()) sigaddset(&set, SIGHUP);
  return set;
}

int await_stop_signal() {
  const auto set = stop_signals();
  int which = 0;
  while (sigwait(&set, &which) != 0) {
  }
  return which;
}

template <class Clock>
std::int64_t milliseconds_of() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch())
      .count();
}

bool write_all(int file, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto count = ::write(file, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

void tune_process() {
#ifdef __GLIBC__
  mallopt(M_TRIM_THRESHOLD, 256 * 1024 * 1024);
#endif
  std::signal(SIGPIPE, SIG_IGN);
}

void hold_stop_signals() {
  const auto set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

std::future<void> fetch_stop_signals(std::function<void(int signal)> forced) {
  std::promise<void> came;
  auto first = came.get_future();
  std::thread{[came = std::move(came), forced = std::move(forced)]() mutable {
    await_stop_signal();
    came.set_value();
    forced(await_stop_signal());
  }}.detach();
  return first;
}

int process_id() { return ::getpid(); }

std::string executable_path() {
  char path[4096];
  const auto length = ::readlink("/proc/self/exe", path, sizeof path);
  return length > 0 ? std::string{path, static_cast<std::size_t>(length)} : "taquilla";
}

std::int64_t wall_now_ms() { return milliseconds_of<std::chrono::system_clock>(); }
std::int64_t monotonic_ms() { return milliseconds_of<std::chrono::steady_clock>(); }

std::uint64_t entropy() {
  std::random_device source;
  return (std::uint64_t{source()} << 32) | source();
}

std::size_t processors() { return std::max(1U, std::thread::hardware_concurrency()); }

gateway::process_figures cost_of_process() {
  gateway::process_figures cost;
  rusage used{};
  const auto ms = [](const timeval& t) { return t.tv_sec * 1000 + t.tv_usec / 1000; };
  if (getrusage(RUSAGE_SELF, &used) == 0) cost.cpu_ms = ms(used.ru_utime) + ms(used.ru_stime);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) cost.open_files_max = limit.rlim_cur;
  std::uint64_t all = 0, resident_pages = 0;  // Linux; elsewhere the files are not there
  if (std::ifstream{"/proc/self/statm"} >> all >> resident_pages)
    cost.resident_bytes = resident_pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  std::error_code none;
  for (std::filesystem::directory_iterator one{"/proc/self/fd", none}, end; !none && one != end;
       one.increment(none))
    ++cost.open_files;
  return cost;
}

bool has_address(const std::string& address) {
  sockaddr_in6 six{};
  sockaddr_in four{};
  const bool is_six = ::inet_pton(AF_INET6, address.c_str(), &six.sin6_addr) == 1;
  if (!is_six && ::inet_pton(AF_INET, address.c_str(), &four.sin_addr) != 1) return true;
  six.sin6_family = AF_INET6;
  four.sin_family = AF_INET;
  const int probe = ::socket(is_six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return errno != EAFNOSUPPORT;
  const int bound = is_six ? ::bind(probe, reinterpret_cast<sockaddr*>(&six), sizeof six)
                           : ::bind(probe, reinterpret_cast<sockaddr*>(&four), sizeof four);
  const int why = bound == 0 ? 0 : errno;
  ::close(probe);
  return why != EADDRNOTAVAIL;
}

void end_process(int exit_code) { ::_exit(exit_code); }

bool write_private_file(const std::string& path, const std::string& text) {
  const auto fresh = path + ".new";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return false;
  // An older file may have had other rights.
  const bool written = ::fchmod(file, 0600) == 0 && write_all(file, text);
  ::close(file);
  if (written && std::rename(fresh.c_str(), path.c_str()) == 0) return true;
  ::unlink(fresh.c_str());
  return false;
}

}  // namespace taquilla::app::platform
