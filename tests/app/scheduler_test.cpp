// Goal: the box office's scheduler runs every actor that has something to do, keeps deadlines, lets
// no actor wait behind one that blocks while a worker is idle, and ends with its system.
// Method: real actor systems on it, with one and with several workers; every wait is for an event.
#include "app/scheduler.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>

namespace taquilla {

namespace {

using namespace std::chrono_literals;

struct config : caf::actor_system_config {
  explicit config(std::size_t workers) {
    use_box_office_scheduler(*this);
    set("scheduler.max-threads", workers);
    set("scheduler.max-throughput", std::size_t{5});
  }
};

using ping = caf::atom_constant<caf::atom("ping")>;
using tick = caf::atom_constant<caf::atom("tick")>;

caf::behavior echo() {
  return {[](ping, std::uint64_t n) { return n; }};
}

/// Asks everybody once, and tells when all have answered, what the sum was.
caf::behavior asker(caf::event_based_actor* self, std::vector<caf::actor> whom,
                    std::shared_ptr<std::promise<std::uint64_t>> done) {
  auto sum = std::make_shared<std::uint64_t>(0);
  auto left = std::make_shared<std::size_t>(whom.size());
  for (std::size_t i = 0; i < whom.size(); ++i)
    self->request(whom[i], 30s, ping::value, std::uint64_t{i + 1}).then([=](std::uint64_t n) {
      *sum += n;
      if (--*left != 0) return;
      done->set_value(*sum);
      self->quit();
    });
  return {[](tick) {}};
}

}  // namespace

TEST_CASE("every actor that has something to do is run, whatever the number of workers") {
  for (const std::size_t workers : {1, 4}) {
    CAPTURE(workers);
    config how{workers};
    caf::actor_system system{how};
    std::vector<caf::actor> all;
    for (int i = 0; i < 1000; ++i) all.push_back(system.spawn(echo));
    auto done = std::make_shared<std::promise<std::uint64_t>>();
    auto sum = done->get_future();
    system.spawn(asker, all, done);
    REQUIRE(sum.wait_for(30s) == std::future_status::ready);
    CHECK(sum.get() == 500'500);
  }
}

TEST_CASE("an actor that is woken by one that then blocks is run by an idle worker") {
  config how{2};
  caf::actor_system system{how};
  auto helped = std::make_shared<std::promise<void>>();
  auto outcome = std::make_shared<std::promise<bool>>();
  auto ended = outcome->get_future();
  const auto helper =
      system.spawn([=]() -> caf::behavior { return {[=](tick) { helped->set_value(); }}; });
  // Two are woken, so that the worker that goes on to block keeps the other's turn in its queue.
  const auto blocker = system.spawn([=]() -> caf::behavior {
    return {[=](tick) {
      outcome->set_value(helped->get_future().wait_for(30s) == std::future_status::ready);
    }};
  });
  system.spawn([=](caf::event_based_actor* self) {
    self->send(blocker, tick::value);
    self->send(helper, tick::value);
  });
  REQUIRE(ended.wait_for(60s) == std::future_status::ready);
  CHECK(ended.get());
}

TEST_CASE("who comes from outside has his turn though a lone worker always has something to do") {
  config how{1};
  caf::actor_system system{how};
  auto begun = std::make_shared<std::promise<void>>();
  auto running = begun->get_future();
  const auto busy = system.spawn([=](caf::event_based_actor* self) -> caf::behavior {
    self->send(self, tick::value);
    begun->set_value();
    return {[self](tick) { self->send(self, tick::value); }};
  });
  running.wait();
  auto done = std::make_shared<std::promise<void>>();
  auto served = done->get_future();
  caf::anon_send(
      system.spawn([=]() -> caf::behavior { return {[=](tick) { done->set_value(); }}; }),
      tick::value);
  CHECK(served.wait_for(10s) == std::future_status::ready);
  caf::anon_send_exit(busy, caf::exit_reason::kill);
}

TEST_CASE("a request that nobody answers ends with its deadline, and an answered one does not") {
  config how{1};
  caf::actor_system system{how};
  auto errors = std::make_shared<std::promise<caf::error>>();
  auto error = errors->get_future();
  const auto silent = system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    return {[self](ping, std::uint64_t) -> caf::result<std::uint64_t> {
      return self->make_response_promise<std::uint64_t>();
    }};
  });
  const auto answers = system.spawn(echo);
  system.spawn([=](caf::event_based_actor* self) {
    self->request(answers, 10ms, ping::value, std::uint64_t{1}).then([](std::uint64_t) {});
    self->request(silent, 10ms, ping::value, std::uint64_t{1})
        .then([](std::uint64_t) {}, [=](const caf::error& why) { errors->set_value(why); });
  });
  REQUIRE(error.wait_for(30s) == std::future_status::ready);
  CHECK(error.get() == caf::sec::request_timeout);
}

TEST_CASE("a timer that is earlier than all others is kept though all workers sleep") {
  for (const std::size_t workers : {1, 4}) {
    CAPTURE(workers);
    config how{workers};
    caf::actor_system system{how};
    caf::scoped_actor me{system};
    const auto far = system.spawn(echo);
    me->delayed_send(far, 1h, tick::value);
    for (int i = 0; i < 20; ++i) {
      me->delayed_send(me, 1ms, tick::value);
      bool rang = false;
      me->receive([&](tick) { rang = true; },
                  caf::after(30s) >> [] { FAIL("nobody looked at the time"); });
      CHECK(rang);
    }
    caf::anon_send_exit(far, caf::exit_reason::user_shutdown);
  }
}

TEST_CASE("a timer is kept while an actor blocks and a worker is idle") {
  config how{2};
  caf::actor_system system{how};
  for (int i = 0; i < 20; ++i) {
    auto rung = std::make_shared<std::promise<void>>();
    auto outcome = std::make_shared<std::promise<bool>>();
    auto ended = outcome->get_future();
    const auto bell =
        system.spawn([=]() -> caf::behavior { return {[=](tick) { rung->set_value(); }}; });
    system.spawn([=](caf::event_based_actor* self) {
      self->delayed_send(bell, 1ms, tick::value);
      outcome->set_value(rung->get_future().wait_for(30s) == std::future_status::ready);
    });
    REQUIRE(ended.wait_for(60s) == std::future_status::ready);
    CHECK(ended.get());
  }
}

TEST_CASE("delayed messages arrive in the order in which they are due") {
  config how{1};  // which sends none before the last is set
  caf::actor_system system{how};
  caf::scoped_actor me{system};
  const auto receiver = caf::actor_cast<caf::actor>(me);
  constexpr int count = 200;
  system.spawn([=](caf::event_based_actor* self) {
    for (int i = count; i-- > 0;) self->delayed_send(receiver, i * 100us, i);
  });
  for (int i = 0; i < count; ++i)
    me->receive([&](int which) { CHECK(which == i); },
                caf::after(30s) >> [] { FAIL("a message is missing"); });
}

TEST_CASE("to an actor time stands still while it runs, and the next one sees it gone on") {
  for (const std::size_t workers : {1, 4}) {
    CAPTURE(workers);
    config how{workers};
    caf::actor_system system{how};
    caf::scoped_actor me{system};
    std::int64_t last = 0;
    for (int i = 0; i < 3; ++i) {
      auto watcher = system.spawn([](caf::event_based_actor* self) -> caf::behavior {
        return {[self](ping) {
          const auto before = self->clock().now();
          while (std::chrono::steady_clock::now() - before < 1ms) {
          }
          self->quit();
          return std::make_pair(before.time_since_epoch().count(),
                                self->clock().now().time_since_epoch().count());
        }};
      });
      me->request(watcher, 30s, ping::value)
          .receive(
              [&](const std::pair<std::int64_t, std::int64_t>& seen) {
                CHECK(seen.first == seen.second);
                CHECK(seen.first > last);
                last = seen.first;
              },
              [](const caf::error&) { FAIL("no answer"); });
    }
    CHECK(me->clock().now().time_since_epoch().count() > last);
  }
}

TEST_CASE("a system ends although a delayed message is still far away") {
  config how{2};
  caf::actor_system system{how};
  const auto one = system.spawn(echo);
  system.spawn([one](caf::event_based_actor* self) { self->delayed_send(one, 1h, tick::value); });
  caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
}  // its destructor would wait for ever

}  // namespace taquilla
