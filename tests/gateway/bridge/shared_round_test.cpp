// Goal: a shared round answers whoever asked, whatever its question or its sharers do. Method: a
// round on a real CLERK, with a question that keeps its reply or throws, and sharers that ask again
// from within their answer.
#include "gateway/bridge/shared_round.hpp"

#include "small_house.hpp"
#include "support/virtual_stage.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <new>
#include <stdexcept>
#include <vector>

using namespace taquilla;
using namespace taquilla::gateway;
using taquilla::gateway::testing::heard;
using taquilla::gateway::testing::small_house;

namespace {

caf::behavior deaf_feed(caf::event_based_actor*) {
  return {[](const happened&) {}};
}

/// A CLERK, and a round whose question the test answers.
struct asked_round {
  asked_round() {
    auto& system = stage.system();
    clerk = spawn_clerk(system, caf::actor_cast<event_feed_actor>(system.spawn(deaf_feed)));
  }
  ~asked_round() {
    caf::anon_send_exit(clerk, caf::exit_reason::user_shutdown);
    stage.settle();
  }
  void ask(reply<int> done) {
    send_errand(
        clerk, [round = round, done](clerk_pointer self) { round->ask_for(self, done); },
        [done](const error& why) { done(why); });
    stage.settle();
  }
  /// Answers the oldest question that is open.
  void answer(int value) {
    auto first = std::move(open->front());
    open->erase(open->begin());
    send_errand(
        clerk, [first, value](clerk_pointer) { first(value); }, [](const error&) {});
    stage.settle();
  }

  taquilla::testing::virtual_stage stage{0};
  std::shared_ptr<std::vector<reply<int>>> open = std::make_shared<std::vector<reply<int>>>();
  std::shared_ptr<bool> fails = std::make_shared<bool>(false);
  std::shared_ptr<shared_round<int>> round = std::make_shared<shared_round<int>>(
      8, [open = open, fails = fails](clerk_pointer, reply<int> done) {
        if (*fails) throw std::runtime_error{"planted"};
        open->push_back(std::move(done));
      });
  caf::actor clerk;
};

}  // namespace

TEST_CASE("a question that cannot be put keeps nobody waiting who asks later") {
  asked_round r;
  heard<int> first, later;
  *r.fails = true;
  r.ask(first.take());
  CHECK(first.refused(errc::internal_error) == 1);
  *r.fails = false;
  r.ask(later.take());
  REQUIRE(r.open->size() == 1);
  r.answer(7);
  REQUIRE(later.count() == 1);
  CHECK(*later.all->front() == 7);
}

TEST_CASE("sharers that ask again from within their answer are answered, one question at a time") {
  asked_round r;
  heard<int> again;
  // In one errand, so that both share the second round.
  send_errand(
      r.clerk,
      [round = r.round, again](clerk_pointer self) {
        round->ask_for(self, [](const result<int>&) {});
        for (int i = 0; i < 2; ++i)
          round->ask_for(self, [=](const result<int>&) { round->ask_for(self, again.take()); });
      },
      [](const error&) {});
  r.stage.settle();
  r.answer(1);
  r.answer(2);
  CHECK(r.open->size() == 1);
  r.answer(3);
  r.answer(4);
  CHECK(again.count() == 2);
}

TEST_CASE("a round that could not begin refuses all its sharers, and the next one begins") {
  small_house h;
  bool broken = false;
  std::vector<reply<int>> asked;
  const auto put = [&](clerk_pointer, const reply<int>& done) {
    asked.push_back(done);
    if (broken) throw std::bad_alloc{};
  };
  const auto round = std::make_shared<shared_round<int>>(8, put);
  const auto clerk = spawn_clerk(h.stage.system(), h.event_feed);
  const auto on_clerk = [&](errand what) {
    send_errand(clerk, std::move(what), [](const error&) {});
    h.settle();
  };
  const auto ask_for = [&](const heard<int>& answers) {
    on_clerk([round, told = answers.take()](clerk_pointer self) { round->ask_for(self, told); });
  };
  const auto answer = [&](std::size_t which) {
    on_clerk([done = asked[which]](clerk_pointer) { done(1); });
  };
  heard<int> first, second, third;
  ask_for(first);
  for (int i = 0; i < 3; ++i) ask_for(second);
  broken = true;
  answer(0);
  CHECK(first.count() == 1);
  CHECK(second.refused(errc::internal_error) == 3);
  broken = false;
  ask_for(third);
  answer(1);  // of the round that failed
  CHECK(third.count() == 0);
  answer(2);
  CHECK(third.count() == 1);
  caf::anon_send_exit(clerk, caf::exit_reason::user_shutdown);
}
