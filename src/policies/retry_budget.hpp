// RETRY BUDGET: retries as a share of successes, so that retrying cannot become the outage.
//
// A bucket of tokens per dependency, counted in thousandths: a failure that could be retried takes
// 1000, a success gives 100, and a retry is allowed only while more than half of the bucket is left
// after the debit. Over any run: retries <= max/2000 + successes/10. Neutral results and
// business refusals touch nothing. Integers only, so that a replay agrees to the last token. Owned
// by one actor, shared by all operations that call the dependency; it knows neither of them.
#pragma once

#include <cstdint>
#include <string_view>

namespace taquilla {

struct retry_budget_config {
  std::int64_t tokens_max_milli = 10'000;  ///< size of the bucket; 1..10^9
  std::int64_t failure_milli = 1'000;      ///< what a failure takes; 0..10^9
  std::int64_t success_milli = 100;        ///< what a success gives; 0..10^9
};

/// Empty when the configuration can be used, else a sentence that says what is wrong.
std::string_view problem(const retry_budget_config& config);

class retry_budget {
 public:
  /// Starts full.
  /// @throws std::invalid_argument if `problem(config)` is not empty.
  explicit retry_budget(const retry_budget_config& config = {});

  /// Takes the tokens of one failure and says whether a retry is allowed now.
  bool debit();
  /// Gives back what `debit` took, for a retry that was never sent.
  void refund();
  /// Gives the tokens of one success.
  void credit();
  /// Fills the bucket: an operator healed the dependency, its old failures say nothing any more.
  void refill();
  /// Changes the sizes; the filling keeps its share of the bucket.
  /// @throws std::invalid_argument if `problem(config)` is not empty.
  void reconfigure(const retry_budget_config& config);

  std::int64_t tokens_milli() const { return tokens_; }
  std::int64_t tokens_max_milli() const { return config_.tokens_max_milli; }
  bool allows_retry() const { return tokens_ > config_.tokens_max_milli / 2; }

 private:
  void add(std::int64_t milli);

  retry_budget_config config_;
  std::int64_t tokens_;
};

}  // namespace taquilla
