// Goal: what happens is in the log once and in order, whenever the follower came to it, and a crowd
// of purchases costs so many lines a second and a count of those that are missing.
// Method: the follower beside an EVENT FEED in virtual time, under many schedules; its files, read
// back after the book is closed.
#include "app/log_follower.hpp"

#include "actors/event_feed.hpp"
#include "support/virtual_stage.hpp"
#include "temporary_folder.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <fstream>
#include <optional>

namespace taquilla::app {

namespace {

struct logged_feed {
  explicit logged_feed(std::uint64_t seed, const log_options& given = {}) : options(given) {
    book.emplace(options, folder.path());
    stage.emplace(seed);
    feed = spawn_event_feed(stage->system(), {}, wall_clock{1'795'505'812'345});
  }
  void say(const std::string& kind, std::uint64_t id) {
    caf::anon_send(feed, happened{kind, "reservation", id, {}, {}});
  }
  void follow() { follower = spawn_log_follower(stage->system(), feed, *book, options); }

  /// What became of the lines of all that was said, without their times.
  std::vector<std::string> lines() {
    stage->advance(1'000);
    end_log_follower(std::exchange(follower, nullptr));
    stage->settle();
    feed = nullptr;
    stage.reset();
    book.reset();
    std::ifstream in{folder.path() + "/reservation.log"};
    const std::string first = "reservation  ";
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);)
      out.push_back(line.substr(line.find(first) + first.size()));
    return out;
  }

  const temporary_folder folder;
  log_options options;
  std::optional<log_book> book;
  std::optional<testing::virtual_stage> stage;
  event_feed_actor feed;
  caf::actor follower;
};

}  // namespace

TEST_CASE("what happened before, while and after the follower came is in the log once, in order") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    logged_feed on{seed};
    std::vector<std::string> said;
    const auto say_one = [&] {
      const auto id = said.size() + 1;
      on.say("reservation.confirmed", id);
      said.push_back("reservation.confirmed #" + std::to_string(id));
    };
    say_one();
    say_one();
    on.stage->step();
    on.follow();
    for (int i = 0; i < 12; ++i) {
      say_one();
      on.stage->step();
    }
    on.stage->advance(600);
    say_one();
    CHECK(on.lines() == said);
  }
}

TEST_CASE("what was sent and read at the same time is in the log once") {
  logged_feed on{0};
  const auto page = [](std::uint64_t first) {
    feed_page out;
    for (auto n = first; n <= 3; ++n)
      out.events.push_back({n, 1'795'505'812'345, {"reservation.lost", "reservation", n, {}, {}}});
    return out;
  };
  on.feed = caf::actor_cast<event_feed_actor>(on.stage->system().spawn([page]() -> caf::behavior {
    return {[page](const follow_feed& who) {
              caf::anon_send(caf::actor_cast<caf::actor>(who.follower), page(2));
            },
            [page](const read_feed& asked) { return page(asked.after + 1); }};
  }));
  on.follow();
  CHECK(on.lines() == std::vector<std::string>{"reservation.lost #1", "reservation.lost #2",
                                               "reservation.lost #3"});
}

TEST_CASE("of steps of purchases the first of each second are told, and the others are counted") {
  log_options options;
  options.purchases_per_second = 2;
  logged_feed on{0, options};
  on.follow();
  for (std::uint64_t id = 1; id <= 10; ++id) on.say("reservation.confirmed", id);
  on.stage->settle();
  on.say("clerk.failed", 11);  // no step of a purchase
  on.stage->advance(1'000);
  for (std::uint64_t id = 21; id <= 23; ++id) on.say("reservation.confirmed", id);
  on.stage->settle();
  const std::string over = " purchase lines over log.purchases_per_second, 0 lines over log.queue";
  CHECK(on.lines() == std::vector<std::string>{
                          "reservation.confirmed #1", "reservation.confirmed #2",
                          "clerk.failed #11", "log.left_out: 8" + over, "reservation.confirmed #21",
                          "reservation.confirmed #22", "log.left_out: 1" + over});
}

TEST_CASE("who wants no steps of purchases gets none, and nothing is counted") {
  log_options options;
  options.purchases = false;
  logged_feed on{0, options};
  on.follow();
  for (const char* kind : {"reservation.confirmed", "mail.delivered", "fault.touched"})
    on.say(kind, 1);
  on.say("breaker.open", 2);
  CHECK(on.lines() == std::vector<std::string>{"breaker.open #2"});
}

}  // namespace taquilla::app
