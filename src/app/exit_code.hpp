// The exit codes of every command: what a script or a service manager may rely on. Values only.
// A new one is added here and in --help, nowhere else.
#pragma once

namespace taquilla::app {

namespace exit_code {
inline constexpr int ok = 0;
inline constexpr int check_failed = 1;   ///< an invariant is broken
inline constexpr int usage = 2;          ///< the command line is wrong
inline constexpr int configuration = 3;  ///< the configuration or the venue is wrong
inline constexpr int cannot_start = 4;   ///< a port, the data folder or the store cannot be had
inline constexpr int unreachable = 5;    ///< what should be looked at is not there
inline constexpr int internal = 70;      ///< fail-stop: the store or the program itself broke
/// A second signal: 130 for Ctrl-C, 143 for SIGTERM, as a shell tells who was ended by one.
constexpr int forced_by(int signal) { return 128 + signal; }
}  // namespace exit_code

}  // namespace taquilla::app
