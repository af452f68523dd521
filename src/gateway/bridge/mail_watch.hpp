// MAIL WATCH: those who wait for a mail (`GET mailbox?wait=`). Each has looked into the mailbox
// once and found nothing; he looks again when a mail was delivered, at his deadline, and now and
// then in case the feed was not heard. So a waiter costs STORE nothing while nothing is delivered,
// and a flood of deliveries costs it one look each 50 ms. Whose client has gone waits no longer.
//
// `ring` from any thread; all else on the CLERK. How many may wait is the caller's to limit.
#pragma once

#include "gateway/bridge/clerk.hpp"
#include "gateway/front_desk.hpp"
#include "policies/time.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

namespace taquilla::gateway {

class mail_watch : public std::enable_shared_from_this<mail_watch> {
 public:
  mail_watch(store_actor store, duration_ms store_patience_ms)
      : store_(std::move(store)), patience_ms_(store_patience_ms) {}

  /// A mail was delivered.
  void ring() { ++delivered_; }
  /// Answers as soon as there is a mail for `filter`, or with what there is after `wait_ms`. Once
  /// `has_gone`, which may be empty, says so, `done` is let go.
  void wait(clerk_pointer clerk, list_mailbox filter, duration_ms wait_ms, reply<mails> done,
            std::function<bool()> has_gone);
  /// From now on nobody waits: everybody is answered with what there is.
  void end(clerk_pointer clerk);

 private:
  struct waiter {
    list_mailbox filter;
    instant_ms until = 0;
    reply<mails> done;
    std::function<bool()> has_gone;
    std::uint64_t heard = 0;  ///< mails that had been delivered before the last look
    instant_ms looked_at = 0;
  };

  void look(clerk_pointer clerk, waiter who);
  void wait_on(clerk_pointer clerk, waiter who);
  void tick(clerk_pointer clerk);
  void tick_later(clerk_pointer clerk);
  bool is_due(const waiter& who, instant_ms now) const;

  const store_actor store_;
  const duration_ms patience_ms_;
  std::atomic<std::uint64_t> delivered_{0};
  std::vector<waiter> waiting_;  ///< who looks just now is not among them
  bool ticking_ = false;
  bool over_ = false;
};

}  // namespace taquilla::gateway
