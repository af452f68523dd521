// PLATFORM: what only the operating system can tell or do, as few plain functions. The one place of
// this folder that a port to another system has to write anew (platform_posix.cpp). Each says from
// which thread it may be called.
#pragma once

#include "domain/reservation.hpp"
#include "gateway/process_figures.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <string>

namespace taquilla::app::platform {

/// Before anything else, from main: keeps freed memory for the next commit (glibc gives pages back
/// and faults them in again, which costs more than the commit), and lets a closed socket be an
/// error instead of a signal.
void tune_process();

/// Before the first thread: Ctrl-C, SIGTERM and SIGHUP wait to be fetched by the functions below; a
/// SIGHUP that whoever started us had ignored (nohup) stays ignored.
void hold_stop_signals();
/// Fetches them on a thread of its own: the first makes the future ready, the second calls
/// `forced` with its number, which must not return. Once, after `hold_stop_signals`.
std::future<void> fetch_stop_signals(std::function<void(int signal)> forced);

int process_id();
std::string executable_path();  ///< of this very program, as far as the system tells
std::int64_t wall_now_ms();     ///< since 1970, UTC
std::int64_t monotonic_ms();    ///< never steps back
std::uint64_t entropy();        ///< different in every run
std::size_t processors();

gateway::process_figures cost_of_process();  ///< now; any thread

/// False when the machine has no such address at all ("::1" without IPv6).
bool has_address(const std::string& address);

/// Ends the process at once: no destructors, no flush.
[[noreturn]] void end_process(int exit_code);

/// Replaces a file as a whole, readable by its owner alone. False: it could not be written.
bool write_private_file(const std::string& path, const std::string& text);

/// "nginx (pid 812)": who listens on a TCP port, as far as this user may see it; else empty.
std::string holder_of_port(std::uint16_t port);

}  // namespace taquilla::app::platform
