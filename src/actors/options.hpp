// Every number the actors can be told, with its default and its unit: the one place that the
// configuration file fills (config/taquilla.json names each key). Ranges are checked when the
// configuration is loaded; actors trust what they are given.
#pragma once

#include "policies/backoff.hpp"
#include "policies/circuit_breaker_config.hpp"
#include "policies/restart_intensity.hpp"
#include "policies/retry.hpp"
#include "policies/retry_budget.hpp"
#include "policies/time.hpp"

namespace taquilla {

struct inventory_options {
  duration_ms hold_ms = 60'000;     ///< a hold that nobody ends is checked after this
  duration_ms patience_ms = 2'000;  ///< how long a purchase waits for INVENTORY
  circuit_breaker_config breaker;   ///< lease_ms must exceed patience_ms
  /// Live seats that the store is asked for at once: few enough that its other callers hardly wait,
  /// many enough that the questions themselves cost nothing.
  std::uint32_t page = 1'000;
  /// A million seats are compared with the store within minutes, for 2 % of its time.
  int pages_a_period = 20;
};

struct payment_options {
  duration_ms attempt_timeout_ms = 5'000;
  retry_config retry = retry_config::parity();  ///< 3 attempts, one right after the other
  /// Parity first: gRPC's bucket of 10,000, the default of retry_budget_config, would end the
  /// original's "3 x 5 s" after the second slow purchase. This one lets 500 failures pass in an
  /// outage (docs/adr/0006).
  retry_budget_config budget{1'000'000, 1'000, 100};
};

struct reservation_options {
  duration_ms deadline_ms = 20'000;   ///< of a whole purchase; must exceed attempts x timeout
  std::size_t in_flight_max = 5'000;  ///< purchases at once; one more is told 503
  std::size_t joiners_max = 64;       ///< identical requests that wait for one purchase
  duration_ms sweep_ms = 5'000;       ///< how often pending leftovers are looked for
  std::uint32_t sweep_page = 256;     ///< pending purchases that the store is asked for at once
};

struct store_options {
  duration_ms patience_ms = 3'000;  ///< how long anybody waits for one store command
  std::size_t batch_max = 512;      ///< commands in one commit
  duration_ms commit_delay_ms = 2;  ///< how long a commit waits for the next writes of purchases
                                    ///< that it has begun; 0: never
};

struct settlement_options {
  duration_ms patience_ms = 5'000;  ///< for one void or refund
  duration_ms backoff_base_ms = 200;
  duration_ms backoff_cap_ms = 5'000;
  std::uint32_t batch = 64;  ///< items in hand at once
};

struct notification_options {
  duration_ms patience_ms = 5'000;                ///< for one mail
  outbox_backoff backoff{1'000'000, 500, 5'000};  ///< a mail is never given up by default
  std::uint32_t batch = 128;
};

struct supervisor_options {
  restart_intensity_config intensity;
  duration_ms ready_patience_ms = 10'000;  ///< how long a new incarnation may take to serve
  duration_ms stop_grace_ms = 2'000;       ///< between "please leave" and kill
};

struct event_feed_options {
  std::size_t kept_max = 1'000;  ///< events that a late follower can still read
};

struct theatre_options {
  inventory_options inventory;
  payment_options payment;
  reservation_options reservation;
  store_options store;
  settlement_options settlement;
  notification_options notification;
  supervisor_options supervisor;
  event_feed_options event_feed;
};

}  // namespace taquilla
