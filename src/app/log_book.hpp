// LOG BOOK: one logger a service, on the terminal and in FOLDER/SERVICE.log, as text or JSON lines.
// Nobody waits for it: lines go into a bounded queue that one thread of its own empties; when it is
// full the oldest lines are dropped and counted, and a disk that is full costs lines, never a sale.
// The files are bounded in size and number. Any thread may write.
#pragma once

#include "app/settings.hpp"
#include "domain/reservation.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace taquilla::app {

/// What was `docker-compose logs SERVICE` in the original.
inline constexpr const char* log_services[] = {"reservation",  "inventory", "payment",
                                               "notification", "gateway",   "supervisor"};

struct log_line {
  wall_ms at = 0;
  log_level level = log_level::info;
  std::string service;            ///< an unknown one is the supervisor's
  std::string kind;               ///< "reservation.confirmed"
  std::uint64_t reservation = 0;  ///< 0: about none
  std::string subject, detail;    ///< may be empty; control characters are shown, never obeyed
  std::string also_for;           ///< a second service whose file gets the line
};

class log_book {
 public:
  /// @param folder of the log files, created when missing; empty: the terminal alone.
  /// @throws std::runtime_error when the folder or a file cannot be written.
  log_book(const log_options& options, const std::string& folder);
  ~log_book();  ///< after what is queued has been written

  void write(const log_line& line);
  /// Asks the writer to hand everything to the system; returns at once.
  void flush();
  /// The same, and waits for it. False: `limit_ms` was not enough.
  bool flush_within(duration_ms limit_ms);
  /// Lines that the full queue has cost so far.
  std::uint64_t dropped() const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// The line as it is written, without time, level and service (text) or as a JSON object's members.
std::string render(const log_line& line, log_format format);

}  // namespace taquilla::app
