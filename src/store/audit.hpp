// The audit: does the store keep its promises? Every invariant is one SELECT of audit.sql that
// names itself and returns the rows that break it, so the same question can be asked with the
// sqlite3 shell. It reads one snapshot, changes nothing, and works beside a running taquilla as
// well as on a store that nobody has open. A file that cannot be opened as a store is not judged at
// all; one that fails on the way breaks an invariant. Any thread, own connection.
#pragma once

#include "store/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace taquilla {

enum class audit_mode : std::uint8_t {
  running,  ///< purchases may be open, money owed and mail due
  final     ///< everything healed and drained: nothing of that may be left
};

struct audit_row {
  std::string invariant;  ///< the promise, as audit.sql calls it
  std::string detail;     ///< which row breaks it and how
};

struct audit_report {
  std::vector<audit_row> broken;    ///< at most audit_rows_max an invariant
  std::uint32_t checked = 0;        ///< how many invariants were asked
  std::optional<error> unreadable;  ///< why none was: "what; how to mend it"

  bool clean() const { return broken.empty() && !unreadable; }
  /// The first thing that is wrong, in one line; empty when clean.
  std::string first_wrong() const;
};

inline constexpr std::size_t audit_rows_max = 100;

/// `exclusive` only for a store that nobody has open, on a VFS without shared memory.
audit_report run_audit(const sqlite_options& options, audit_mode mode);
audit_report run_audit(const std::string& path, audit_mode mode = audit_mode::running);

/// The same over a store that is open in this process, between two batches: for stores in memory.
audit_report run_audit(database& open, audit_mode mode);

}  // namespace taquilla
