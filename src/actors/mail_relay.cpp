#include "actors/mail_relay.hpp"

#include "actors/relay.hpp"
#include "policies/keyed_hash.hpp"

namespace taquilla {

namespace {

class mail_relay_state : public relay<mail_relay_state, mail> {
 public:
  static inline const char* name = "mail_relay";
  static inline const char* errand = "mail_attempt";
  static std::string name_of(const mail& item) { return item.message_id; }
  using relay::relay;

  relay_actor::behavior_type start(notification_options options, duration_ms store_patience,
                                   store_actor store, notification_actor notification,
                                   event_feed_actor feed, wall_clock wall, std::uint64_t seed) {
    options_ = options;
    notification_ = std::move(notification);
    feed_ = std::move(feed);
    seed_ = seed;
    return behave({std::move(store), store_patience, wall, options.batch, options.backoff.cap_ms});
  }

  void fetch(relay_look how) {
    if (how.anew)
      revive(how);
    else
      fetch_due(how);
  }

  void work_on(mail item) {
    const attempt made{item.message_id, item.about.id, static_cast<int>(item.attempts) + 1, era()};
    ask<mail_filed>(
        self_, notification_, options_.patience_ms, send_mail{std::move(item), made.era},
        [this, made](const mail_filed&) {
          self_->send(feed_,
                      happened{"mail.delivered", "notification", made.reservation, made.id, {}});
          item_over(made.id, item_end::done);
        },
        [this, made](const error& why) { postpone(made, why); }, errc::notification_unavailable);
  }

 private:
  struct attempt {
    std::string id;
    reservation_id reservation = 0;
    int number = 1;
    std::uint64_t era = 0;
  };

  /// Whoever was given up is not lost: what made his mail fail may be over.
  void revive(relay_look how) {
    ask<mails_revived>(
        self_, parts_.store, parts_.store_patience_ms, revive_mails{page_limit_max},
        [this, how](const mails_revived& some) {
          if (some.count == page_limit_max)
            revive(how);  // there may be more
          else
            fetch_due(how);
        },
        [this](const error&) { fetch_failed(); }, errc::store_unavailable);
  }

  void fetch_due(relay_look how) {
    ask_for_due(due_mails{how.due_until, how.limit, how.latest_until}, &mails::list);
  }

  /// Only an answer about the mail itself is a reason to give it up, no outage is too long for it;
  /// and only one that is not from before a healing, which revives what was given up.
  bool is_last(const attempt& made, const error& why) const {
    const bool refused =
        why.code == errc::mail_undeliverable ||
        (why.code == errc::mail_bounced && options_.backoff.exhausted(made.number));
    return refused && made.era == era();
  }

  void postpone(const attempt& made, const error& why) {
    const auto draw = static_cast<double>(keyed_hash(seed_, text_key(made.id),
                                                     static_cast<std::uint64_t>(made.number), 0) %
                                          1000) /
                      1000;
    const auto wait = options_.backoff.delay_ms(made.number, draw);
    const bool dead = is_last(made, why);
    self_->send(
        feed_,
        happened{dead ? "mail.dead" : "mail.postponed", "notification", made.reservation, made.id,
                 std::string{to_string(why.code)} + ", attempt " + std::to_string(made.number)});
    // Who refuses an address is up; who wore out the patience with a mail is not.
    const auto how =
        dead && why.code == errc::mail_undeliverable ? item_end::done : item_end::failed;
    ask<mail_filed>(
        self_, parts_.store, parts_.store_patience_ms,
        postpone_mail{made.id, parts_.wall.at(now() + wait), to_string(why.code), dead},
        [this, id = made.id, how](const mail_filed&) { item_over(id, how); },
        [this, id = made.id](const error&) { item_over(id, item_end::not_kept); },
        errc::store_unavailable);
  }

  notification_options options_;
  notification_actor notification_;
  event_feed_actor feed_;
  std::uint64_t seed_ = 0;
};

}  // namespace

relay_actor spawn_mail_relay(caf::actor_system& system, notification_options options,
                             duration_ms store_patience_ms, store_actor store,
                             notification_actor notification, event_feed_actor feed,
                             wall_clock wall, std::uint64_t seed) {
  return system.spawn(
      [](mail_relay_state::pointer self, notification_options o, duration_ms p, store_actor s,
         notification_actor n, event_feed_actor f, wall_clock w, std::uint64_t sd) {
        return self->state.start(o, p, std::move(s), std::move(n), std::move(f), w, sd);
      },
      options, store_patience_ms, std::move(store), std::move(notification), std::move(feed), wall,
      seed);
}

}  // namespace taquilla
