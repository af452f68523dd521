// RETRY: whether a failed attempt may be repeated, and when.
//
// The rules are asked in a fixed order and the first that objects names the cause: success, not
// retryable, attempts used up, unknown outcome without an idempotency key (the work may have been
// done, and a repetition could do it twice), the server forbade it, the retry budget is empty, the
// next attempt cannot finish before the deadline. The last one stops at once instead of sleeping
// towards a certain failure. Only the edge retries; what it calls does not.
//
// One `retry_run` belongs to one operation and one actor; it counts attempts, reads no clock and
// draws no number. The budget is shared by all operations on one dependency and lives apart, in
// retry_budget.hpp.
//
//   attempt 1 --failure--> next() --at{t}--> attempt 2 --failure--> next() --at{t}--> attempt 3
//                            |                                        |
//                            +--stop{cause}                           +--stop{cause}
#pragma once

#include "policies/deadline.hpp"
#include "policies/retry_budget.hpp"
#include "policies/time.hpp"

#include <optional>
#include <string_view>

namespace taquilla {

struct retry_config {
  int attempts_max = 3;              ///< calls in all, the first included; 1..100
  bool jitter = true;                ///< false: no delay at all, as the original does
  duration_ms base_ms = 100;         ///< ceiling of the first delay
  duration_ms cap_ms = 1'000;        ///< ceiling of every delay
  duration_ms min_attempt_ms = 200;  ///< an attempt with less time than this is not worth starting

  /// Three calls, one right after the other: the retry of the original.
  static retry_config parity();
};

/// Empty when the configuration can be used, else a sentence that says what is wrong.
std::string_view problem(const retry_config& config);

/// What became of one attempt.
enum class attempt_outcome {
  success,        ///< a well-formed answer, a business refusal included
  not_retryable,  ///< a failure that repeating cannot mend
  retryable,      ///< it failed and surely nothing was done: not sent, refused, overloaded
  unknown,        ///< timeout or lost reply: the work may have been done
};

struct attempt_report {
  attempt_outcome outcome = attempt_outcome::success;
  int attempt = 1;  ///< which attempt this is about, counted from 1
  bool has_idempotency_key = false;
  bool server_forbids_retry = false;
  std::optional<duration_ms> hint_ms =
      std::nullopt;  ///< the server's own wait; negative means "do not retry"
};

enum class retry_cause {
  scheduled,
  success,
  not_retryable,
  attempts_exhausted,
  unknown_outcome,
  server_forbids,
  budget_exhausted,
  deadline,
  superseded,  ///< a failure of an attempt that was given up before: nothing to decide
  finished,    ///< the run has stopped already
};

const char* to_string(retry_cause cause);

/// A decision with the numbers behind it.
struct retry_verdict {
  retry_cause cause = retry_cause::finished;
  instant_ms at = 0;              ///< when the next attempt starts; only if `scheduled`
  duration_ms delay_ms = 0;       ///< `at` - now; only if `scheduled`
  int attempt = 0;                ///< the next attempt if `scheduled`, else the last one
  duration_ms remaining_ms = 0;   ///< what the deadline leaves at `now`
  std::int64_t tokens_milli = 0;  ///< the budget after this decision

  bool again() const { return cause == retry_cause::scheduled; }
};

class retry_run {
 public:
  /// @throws std::invalid_argument if `problem(config)` is not empty.
  explicit retry_run(const retry_config& config);

  /// Decides after an attempt ended. A success of any attempt, late ones included, ends the run.
  /// Every failure that could be retried debits the budget, whatever stops it afterwards, so that
  /// a failing dependency is felt by all its callers.
  /// @param draw in [0,1), for the jitter.
  retry_verdict next(instant_ms now, const attempt_report& report, deadline until,
                     retry_budget& budget, double draw);

  /// Ends the run. If a retry was scheduled and has not started, its debit is given back.
  void cancel(retry_budget& budget);

  /// Tells the run that the scheduled attempt has been sent: from here `cancel` refunds nothing.
  void started() { waiting_ = false; }

  int attempt() const { return attempt_; }

 private:
  retry_cause judge(const attempt_report& report, retry_budget& budget);
  duration_ms delay(const attempt_report& report, double draw);

  retry_config config_;
  int attempt_ = 1;  // the attempt under way or scheduled
  int backoff_ = 0;  // doublings; a server hint starts them again
  bool waiting_ = false;
  bool finished_ = false;
};

/// Reads a Retry-After value in whole seconds. Garbage, dates and the empty text give nothing;
/// more than a day is read as a day.
std::optional<duration_ms> parse_retry_after(std::string_view text);

}  // namespace taquilla
