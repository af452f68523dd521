#include "actors/event_feed.hpp"

#include "domain/planted.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

namespace taquilla {

namespace {

class event_feed_state {
 public:
  static inline const char* name = "event_feed";
  using pointer = event_feed_actor::stateful_pointer<event_feed_state>;
  explicit event_feed_state(pointer self) : self_(self) {}

  event_feed_actor::behavior_type start(event_feed_options options, wall_clock wall) {
    options_ = options;
    wall_ = wall;
    // A restarted feed must not reuse numbers: a thousand a millisecond is more than anybody makes.
    sequence_ = static_cast<std::uint64_t>(wall_.at(now_ms(self_))) * 1000;
    self_->set_down_handler([this](caf::down_msg& down) { followers_.erase(down.source.id()); });
    told_ = sequence_;
    return {[this](happened& what) { publish(std::move(what)); },
            [this](const read_feed& page) {
              tell();  // who reads and follows has then been told of all that he reads
              return read(page);
            },
            [this](const follow_feed& follow) { add(follow.follower); },
            [](const report_ready&) { return child_ready{}; },
            [this](const tell_followers&) { tell(); }};
  }

 private:
  void publish(happened what) {
    kept_.push_back({++sequence_, wall_.at(now_ms(self_)), std::move(what)});
    if (kept_.size() > options_.kept_max) kept_.pop_front();
    if (!followers_.empty()) tell_soon();
  }

  void tell_soon() {
    if (!std::exchange(telling_, true)) self_->send(event_feed_actor{self_}, tell_followers{});
  }

  void tell() {
    telling_ = false;
    if (followers_.empty()) return;
    for (auto page = read({told_, told_at_once}); !page.events.empty();
         page = read({told_, told_at_once})) {
      told_ = page.events.back().sequence;
      if (planted::is(planted::bug::news_skipped) && page.events.size() > 1) ++told_;
      const auto shared = caf::make_message(std::move(page));  // all followers read the same copy
      for (const auto& [id, follower] : followers_)
        caf::anon_send(caf::actor_cast<caf::actor>(follower), shared);
    }
  }

  feed_page read(const read_feed& page) const {
    feed_page out;
    auto first = std::upper_bound(
        kept_.begin(), kept_.end(), page.after,
        [](std::uint64_t after, const feed_event& event) { return after < event.sequence; });
    for (; first != kept_.end() && out.events.size() < page.limit; ++first)
      out.events.push_back(*first);
    return out;
  }

  void add(const feed_follower_actor& follower) {
    // Who comes is told what happens from now on.
    if (followers_.empty()) told_ = sequence_;
    // Followers ask again and again, in case the feed was restarted; each is watched once.
    if (followers_.emplace(follower.id(), follower).second) self_->monitor(follower);
  }

  pointer self_;
  event_feed_options options_;
  wall_clock wall_;
  static constexpr std::uint32_t told_at_once = 256;
  std::uint64_t sequence_ = 0;
  std::uint64_t told_ = 0;  ///< to the followers, up to this number
  bool telling_ = false;
  std::deque<feed_event> kept_;
  std::map<caf::actor_id, feed_follower_actor> followers_;
};

}  // namespace

event_feed_actor spawn_event_feed(caf::actor_system& system, event_feed_options options,
                                  wall_clock wall) {
  return system.spawn([](event_feed_state::pointer self, event_feed_options o,
                         wall_clock w) { return self->state.start(o, w); },
                      options, wall);
}

}  // namespace taquilla
