#include "app/log_follower.hpp"

#include "actors/clock.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace taquilla::app {

struct check_feed {};  // a time to look whether the feed still knows us

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, check_feed&) {
  return f(caf::meta::type_name("check_feed"));
}

struct stop_following {};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, stop_following&) {
  return f(caf::meta::type_name("stop_following"));
}

namespace {

constexpr std::chrono::milliseconds check_period{500};
constexpr std::chrono::milliseconds feed_patience{2'000};
constexpr std::uint32_t catch_up_max = 1'000;

bool starts_with(const std::string& text, const char* prefix) { return text.rfind(prefix, 0) == 0; }

class log_follower_state {
 public:
  static inline const char* name = "log_follower";
  explicit log_follower_state(caf::stateful_actor<log_follower_state>* self) : self_(self) {}

  caf::behavior start(event_feed_actor feed, log_book* book, log_options options) {
    feed_ = std::move(feed);
    book_ = book;
    options_ = options;
    catch_up();
    self_->delayed_send(self_, check_period, check_feed{});
    return {[this](const feed_page& page) {
              for (const auto& event : page.events) take(event);
            },
            [this](const check_feed&) { check(); },
            [this](const stop_following&) { self_->quit(); }};
  }

 private:
  void take(const feed_event& event) {
    if (!catching_up_) return log(event);
    if (early_.size() < catch_up_max)
      early_.push_back(event);
    else
      ++left_out_;
  }

  void log(const feed_event& event) {
    if (event.sequence <= last_) return;
    last_ = event.sequence;
    at_ = event.at;
    if (is_purchase_step(event.what)) {
      if (!options_.purchases) return;
      if (!has_room_for_a_step()) {
        ++left_out_;
        return;
      }
    }
    book_->write(line_of(event));
  }

  /// The first of each second, so that whole purchases are in the log, and not every thirtieth line
  /// of many; and the writer is woken for all of them at once.
  bool has_room_for_a_step() {
    const auto now = now_ms(self_);
    if (now >= second_ends_) {
      second_ends_ = now + 1'000;
      steps_ = 0;
    }
    return steps_++ < options_.purchases_per_second;
  }

  /// The feed sends us what happens before it answers, so whatever its answer holds that we have
  /// not seen was not sent to us: it does not know us (any more).
  void check() {
    ask_feed([this](const feed_page& page) {
      const auto is_new = [this](const feed_event& event) { return event.sequence > last_; };
      if (std::any_of(page.events.begin(), page.events.end(), is_new)) catch_up();
    });
    say_what_is_missing();
    book_->flush();
    self_->delayed_send(self_, check_period, check_feed{});
  }

  /// Follows first and reads then, so that nothing falls in between; what is sent to us meanwhile
  /// waits for its elders.
  void catch_up() {
    catching_up_ = true;
    self_->send(feed_, follow_feed{caf::actor_cast<feed_follower_actor>(self_)});
    ask_feed([this](const feed_page& page) {
      for (const auto& event : page.events) log(event);
      catching_up_ = false;
      for (const auto& event : std::exchange(early_, {})) log(event);
    });
  }

  template <class Then>
  void ask_feed(Then then) {
    self_->request(feed_, feed_patience, read_feed{last_, catch_up_max})
        .then([then](const feed_page& page) { then(page); },
              // Closed or dead: nothing more to read now, and the next check finds it again.
              [then](const caf::error&) { then(feed_page{}); });
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
  bool catching_up_ = false;
  std::vector<feed_event> early_;
  std::uint64_t last_ = 0, left_out_ = 0, dropped_ = 0;
  std::int64_t second_ends_ = 0, steps_ = 0;
  wall_ms at_ = 0;
};

}  // namespace

bool is_purchase_step(const happened& what) {
  return starts_with(what.kind, "reservation.") || starts_with(what.kind, "mail.") ||
         what.kind == "fault.touched";
}

log_line line_of(const feed_event& event) {
  static const std::map<std::string, log_level> loudness = {
      {"reservation.lost", log_level::error}, {"mail.dead", log_level::error},
      {"breaker.open", log_level::warn},      {"breaker.forced_open", log_level::warn},
      {"actor.restarting", log_level::warn},  {"actor.gave_up", log_level::error},
      {"actor.starting", log_level::debug},   {"actor.stopping", log_level::debug},
      {"actor.gone", log_level::debug},       {"actor.down", log_level::warn},
      {"fault.touched", log_level::warn},     {"clerk.failed", log_level::error},
  };
  log_line line;
  const auto& what = event.what;
  line.at = event.at;
  if (const auto found = loudness.find(what.kind); found != loudness.end())
    line.level = found->second;
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

void end_log_follower(const caf::actor& follower) { caf::anon_send(follower, stop_following{}); }

}  // namespace taquilla::app
