#include "actors/event_feed.hpp"

#include <caf/all.hpp>

#include <deque>
#include <map>

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
    return {[this](const happened& what) { publish(what); },
            [this](const read_feed& page) { return read(page); },
            [this](const follow_feed& follow) { add(follow.follower); },
            [](const report_ready&) { return child_ready{}; }};
  }

 private:
  void publish(const happened& what) {
    kept_.push_back({++sequence_, wall_.at(now_ms(self_)), what});
    if (kept_.size() > options_.kept_max) kept_.pop_front();
    for (const auto& [id, follower] : followers_) self_->send(follower, kept_.back());
  }

  feed_page read(const read_feed& page) const {
    feed_page out;
    for (const auto& event : kept_)
      if (event.sequence > page.after && out.events.size() < page.limit)
        out.events.push_back(event);
    return out;
  }

  void add(const feed_follower_actor& follower) {
    // Followers ask again and again, in case the feed was restarted; each is watched once.
    if (followers_.emplace(follower.id(), follower).second) self_->monitor(follower);
  }

  pointer self_;
  event_feed_options options_;
  wall_clock wall_;
  std::uint64_t sequence_ = 0;
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
