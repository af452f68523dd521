#include "gateway/bridge/mail_watch.hpp"

#include "actors/ask.hpp"
#include "actors/clock.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace taquilla::gateway {

namespace {

constexpr duration_ms tick_ms = 50;            ///< what a delivered mail may wait for its waiter
constexpr duration_ms look_anyway_ms = 5'000;  ///< a restarted EVENT FEED has forgotten us

}  // namespace

void mail_watch::wait(clerk_pointer clerk, list_mailbox filter, duration_ms wait_ms,
                      reply<mails> done, std::function<bool()> has_gone) {
  look(clerk, {std::move(filter), now_ms(clerk) + wait_ms, std::move(done), std::move(has_gone)});
}

void mail_watch::end(clerk_pointer clerk) {
  over_ = true;
  tick(clerk);
}

void mail_watch::look(clerk_pointer clerk, waiter who) {
  who.heard = delivered_;  // before the look: what is delivered meanwhile is looked for again
  who.looked_at = now_ms(clerk);
  const auto filter = who.filter;
  const auto refuse = who.done;
  ask<mails>(clerk, store_, patience_ms_, filter,
             guarded(clerk, refuse,
                     [self = shared_from_this(), clerk, who = std::move(who)](mails& found) {
                       const bool last = self->over_ || now_ms(clerk) >= who.until;
                       if (last || !found.list.empty()) return who.done(std::move(found));
                       self->wait_on(clerk, who);
                     }),
             guarded(clerk, refuse, refuse), errc::store_unavailable);
}

void mail_watch::wait_on(clerk_pointer clerk, waiter who) {
  waiting_.push_back(std::move(who));
  tick_later(clerk);
}

void mail_watch::tick(clerk_pointer clerk) {
  const auto now = now_ms(clerk);
  waiting_.erase(std::remove_if(waiting_.begin(), waiting_.end(),
                                [](const auto& who) { return who.has_gone && who.has_gone(); }),
                 waiting_.end());
  const auto due = std::stable_partition(waiting_.begin(), waiting_.end(),
                                         [&](const auto& who) { return !is_due(who, now); });
  const std::vector<waiter> looking{std::make_move_iterator(due),
                                    std::make_move_iterator(waiting_.end())};
  waiting_.erase(due, waiting_.end());
  if (!waiting_.empty()) tick_later(clerk);
  for (const auto& who : looking) look(clerk, who);
}

void mail_watch::tick_later(clerk_pointer clerk) {
  if (std::exchange(ticking_, true)) return;
  send_errand_later(clerk, tick_ms, [self = shared_from_this()](clerk_pointer again) {
    self->ticking_ = false;
    self->tick(again);
  });
}

bool mail_watch::is_due(const waiter& who, instant_ms now) const {
  return over_ || now >= who.until || delivered_ != who.heard ||
         now >= who.looked_at + look_anyway_ms;
}

}  // namespace taquilla::gateway
