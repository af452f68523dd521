#include "app/log_follower.hpp"

#include "actors/clock.hpp"
#include "policies/rate_limiter.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <map>

namespace taquilla::app {

struct check_feed {};  // a time to look whether the feed still knows us

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, check_feed&) {
  return f(caf::meta::type_name("check_feed"));
}

namespace {

constexpr std::chrono::milliseconds check_period{500};
constexpr std::chrono::milliseconds feed_patience{2'000};
constexpr std::uint32_t catch_up_max = 1'000;

bool starts_with(const std::string& text, const char* prefix) { return text.rfind(prefix, 0) == 0; }

rate_limiter_config limit_of(const log_options& options) {
  rate_limiter_config limit;
  limit.rate_milli = options.purchases_per_second * 1'000;
  limit.burst = options.purchases_per_second;
  limit.keys_max = 1;
  return limit;
}

class log_follower_state {
 public:
  static inline const char* name = "log_follower";
  explicit log_follower_state(caf::stateful_actor<log_follower_state>* self) : self_(self) {}

  caf::behavior start(event_feed_actor feed, log_book* book, log_options options) {
    feed_ = std::move(feed);
    book_ = book;
    options_ = options;
    steps_.reconfigure(limit_of(options));
    self_->send(self_, check_feed{});
    return {[this](const feed_event& event) { take(event); },
            [this](const check_feed&) { check(); }};
  }

 private:
  void take(const feed_event& event) {
    if (event.sequence <= last_) return;
    last_ = event.sequence;
    at_ = event.at;
    if (is_purchase_step(event.what)) {
      if (!options_.purchases) return;
      if (!steps_.decide("steps", now_ms(self_)).pass) {
        ++left_out_;
        return;
      }
    }
    book_->write(line_of(event));
  }

  /// The feed sends us what happens before it answers, so whatever its answer holds that we have
  /// not seen was not sent to us: it does not know us (any more).
  void check() {
    self_->request(feed_, feed_patience, read_feed{last_, catch_up_max})
        .then(
            [this](const feed_page& page) {
              const bool unknown =
                  std::any_of(page.events.begin(), page.events.end(),
                              [this](const feed_event& event) { return event.sequence > last_; });
              if (unknown)
                self_->send(feed_, follow_feed{caf::actor_cast<feed_follower_actor>(self_)});
              for (const auto& event : page.events) take(event);
            },
            [](const caf::error&) {});  // closed or dead: the next look finds it
    say_what_is_missing();
    book_->flush();
    self_->delayed_send(self_, check_period, check_feed{});
  }

  void say_what_is_missing() {
    const auto dropped = book_->dropped();
    if (left_out_ == 0 && dropped == dropped_) return;
    log_line line;
    line.at = at_;
    line.service = "reservation";
    line.kind = "log.left_out";
    line.detail = std::to_string(left_out_) + " purchase lines over log.purchases_per_second, " +
                  std::to_string(dropped - dropped_) + " lines over log.queue";
    left_out_ = 0;
    dropped_ = dropped;
    book_->write(line);
  }

  caf::stateful_actor<log_follower_state>* self_;
  event_feed_actor feed_;
  log_book* book_ = nullptr;
  log_options options_;
  rate_limiter steps_;
  std::uint64_t last_ = 0, left_out_ = 0, dropped_ = 0;
  wall_ms at_ = 0;
};

}  // namespace

bool is_purchase_step(const happened& what) {
  return starts_with(what.kind, "reservation.") || starts_with(what.kind, "mail.") ||
         what.kind == "fault.touched";
}

log_line line_of(const feed_event& event) {
  static const std::map<std::string, log_level> louder = {
      {"reservation.lost", log_level::error}, {"mail.dead", log_level::error},
      {"breaker.open", log_level::warn},      {"breaker.forced_open", log_level::warn},
      {"actor.waiting", log_level::warn},     {"actor.gave_up", log_level::error},
      {"actor.down", log_level::warn},        {"fault.touched", log_level::warn},
  };
  log_line line;
  const auto& what = event.what;
  line.at = event.at;
  if (const auto found = louder.find(what.kind); found != louder.end()) line.level = found->second;
  line.service = what.service;
  line.kind = what.kind;
  line.reservation = what.id;
  line.subject = what.subject;
  line.detail = what.detail;
  // A service's life is the supervisor's to tell, and belongs into the service's own file as well.
  if (what.service == "supervisor")
    line.also_for = what.subject == "reservation_desk" ? "reservation" : what.subject;
  return line;
}

caf::actor spawn_log_follower(caf::actor_system& system, event_feed_actor feed, log_book& book,
                              log_options options) {
  return system.spawn(
      [](caf::stateful_actor<log_follower_state>* self, event_feed_actor f, log_book* b,
         log_options o) { return self->state.start(std::move(f), b, o); },
      std::move(feed), &book, options);
}

}  // namespace taquilla::app
