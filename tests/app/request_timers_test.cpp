// Goal: every deadline that is not cancelled is handed out once, at the first look from its time
// on, and none before. Method: random deadlines, cancellations and looks beside a plain map, with
// steps of time from less than a slot of the wheel to several of its turns.
#include "app/request_timers.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <map>
#include <random>
#include <utility>

using namespace taquilla;

namespace {

using namespace std::chrono_literals;
using time_point = request_timers::time_point;
using request = std::pair<caf::actor_id, std::uint64_t>;

struct people {
  people() {
    for (int i = 0; i < 3; ++i)
      all.push_back(caf::actor_cast<caf::strong_actor_ptr>(
          system.spawn([]() -> caf::behavior { return {[](int) {}}; })));
  }
  caf::actor_system_config config;
  caf::actor_system system{config};
  std::vector<caf::strong_actor_ptr> all;
};

class model {
 public:
  explicit model(std::uint32_t seed) : source_(seed) {}

  void step() {
    switch (roll(4)) {
      case 0:
        return look();
      case 1:
        return cancel();
      default:
        return set();
    }
  }
  void look() {
    now_ += some_time();
    std::map<request, time_point> due;
    for (auto& one : timers_.take_due(now_)) {
      const bool first =
          due.emplace(request{one.who->id(), one.request.integer_value()}, one.due).second;
      CHECK(first);
    }
    std::map<request, time_point> wanted;
    for (auto one = waiting_.begin(); one != waiting_.end();)
      if (one->second <= now_)
        wanted.insert(waiting_.extract(one++));
      else
        ++one;
    CHECK(due == wanted);
    check_next();
  }

 private:
  std::uint32_t roll(std::uint32_t sides) { return static_cast<std::uint32_t>(source_() % sides); }
  std::chrono::nanoseconds some_time() {
    const std::chrono::nanoseconds scale[] = {1us, 100us, 3ms, 40ms, 1s, 9s};
    return scale[roll(6)] * roll(10);
  }
  std::pair<caf::strong_actor_ptr, caf::message_id> somebody() {
    return {who_.all[roll(3)], caf::make_message_id(1 + roll(12))};
  }
  void set() {
    const auto [who, id] = somebody();
    const auto due = now_ + some_time() - 2ms;
    timers_.set({due, who, id});
    waiting_[{who->id(), id.integer_value()}] = due;
    check_next();
  }
  void cancel() {
    const auto [who, id] = somebody();
    timers_.cancel(who->id(), id);
    waiting_.erase({who->id(), id.integer_value()});
    check_next();
  }
  void check_next() {
    auto earliest = time_point::max();
    for (const auto& one : waiting_) earliest = std::min(earliest, one.second);
    CHECK(timers_.next() == earliest);
    CHECK(timers_.size() == waiting_.size());
  }

  std::mt19937 source_;
  people who_;
  request_timers timers_;
  std::map<request, time_point> waiting_;
  time_point now_{std::chrono::hours{100}};
};

}  // namespace

TEST_CASE("deadlines are handed out when they are due, once, unless they are cancelled") {
  for (std::uint32_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    model both{seed};
    for (int i = 0; i < 3'000; ++i) both.step();
    for (int i = 0; i < 40; ++i) both.look();
  }
}

TEST_CASE("what is under way at the end is given back whole") {
  people who;
  request_timers timers;
  for (std::uint64_t i = 1; i <= 100; ++i)
    timers.set({time_point{i * 50ms}, who.all[i % 3], caf::make_message_id(i)});
  CHECK(timers.take_due(time_point{1s}).size() == 20);
  CHECK(timers.take_all().size() == 80);
  CHECK(timers.size() == 0);
  CHECK(timers.next() == time_point::max());
  CHECK(timers.take_due(time_point{1h}).empty());
}
