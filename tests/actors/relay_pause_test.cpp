// Goal: a relay tells a service that is down from one that fails now and then, asks it no more
// often than it may, and looks again when something is due and not when a timer happens to. Method:
// MAIL RELAY alone, with an outbox in a vector and a NOTIFICATION that does what a test says.
#include "actors/mail_relay.hpp"
#include "support/virtual_stage.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace taquilla::testing {

namespace {

enum class fate { taken, refused, undeliverable, silent };

struct post {
  std::vector<mail> outbox;
  std::function<fate(const mail&)> fate_of = [](const mail&) { return fate::taken; };
  bool store_fails = false;
  bool outcomes_lost = false;          ///< the store is full
  std::deque<std::uint32_t> revivals;  ///< how many each question finds; then none
  bool revivals_hang = false;
  int revived = 0;  ///< questions
  std::vector<due_mails> looks;
  std::vector<reservation_id> tried;
  std::size_t lines = 0;                                      ///< of timelines
  std::deque<caf::typed_response_promise<mail_filed>> never;  ///< until a test says so
  std::vector<caf::typed_response_promise<mails_revived>> never_revived;
};
using post_ptr = std::shared_ptr<post>;

caf::behavior store(caf::event_based_actor* self, const post_ptr& p) {
  return {[=](const due_mails& what) -> caf::result<mails> {
            p->looks.push_back(what);
            if (p->store_fails) return caf::make_error(caf::sec::runtime_error);
            mails out;
            for (const auto& one : p->outbox) {
              if (one.dead) continue;
              if (one.not_before > what.now)
                out.next_at =
                    out.next_at == 0 ? one.not_before : std::min(out.next_at, one.not_before);
              else if (out.list.size() < what.limit)
                out.list.push_back(one);
              else
                out.next_at = what.now;
            }
            return out;
          },
          [=](const postpone_mail& what) -> caf::result<mail_filed> {
            if (p->outcomes_lost) return caf::make_error(caf::sec::runtime_error);
            for (auto& one : p->outbox) {
              if (one.message_id != what.message_id) continue;
              ++one.attempts;
              one.not_before = what.not_before;
              one.dead = what.dead;
            }
            return mail_filed{what.message_id, false};
          },
          [=](const revive_mails&) -> caf::result<mails_revived> {
            ++p->revived;
            if (p->revivals_hang) {
              p->never_revived.push_back(self->make_response_promise<mails_revived>());
              return p->never_revived.back();
            }
            if (p->revivals.empty()) return mails_revived{};
            const auto count = p->revivals.front();
            p->revivals.pop_front();
            return mails_revived{count};
          },
          [=](const append_timeline& what) {
            ++p->lines;
            return timeline_appended{what.id};
          }};
}

caf::behavior notification(caf::event_based_actor* self, const post_ptr& p) {
  return {[=](const send_mail& send) -> caf::result<mail_filed> {
            p->tried.push_back(send.what.about.id);
            switch (p->fate_of(send.what)) {
              case fate::taken:
                break;
              case fate::refused:
                return caf::make_error(errc::mail_bounced, std::string{}, std::int64_t{0},
                                       std::uint64_t{0});
              case fate::undeliverable:
                return caf::make_error(errc::mail_undeliverable, std::string{}, std::int64_t{0},
                                       std::uint64_t{0});
              case fate::silent:
                p->never.push_back(self->make_response_promise<mail_filed>());
                return p->never.back();
            }
            auto& box = p->outbox;
            box.erase(
                std::remove_if(box.begin(), box.end(),
                               [&](const mail& one) { return one.about.id == send.what.about.id; }),
                box.end());
            return mail_filed{send.what.message_id, false};
          },
          [=](const something_due&) {  // a test wants to hear no of the mail it was silent about
            p->never.front().deliver(caf::make_error(errc::mail_bounced, std::string{},
                                                     std::int64_t{0}, std::uint64_t{0}));
            p->never.pop_front();
          }};
}

caf::behavior deaf_feed(caf::event_based_actor*) {
  return {[](const happened&) {}};
}

/// A relay that handles one mail at a time and, after a failure, waits for up to five seconds.
struct lone_relay {
  explicit lone_relay(int mails_due) {
    for (int i = 1; i <= mails_due; ++i) add(static_cast<reservation_id>(i), 0);
    options.batch = 1;
    options.backoff = {1'000'000, 5'000, 5'000};
    options.patience_ms = 60'000;
  }
  ~lone_relay() {
    caf::anon_send_exit(relay, caf::exit_reason::user_shutdown);
    p->never.clear();
    p->never_revived.clear();
    stage.settle();
  }
  void start() {
    auto& system = stage.system();
    service = system.spawn(notification, p);
    relay = spawn_mail_relay(system, options, 3'000,
                             caf::actor_cast<store_actor>(system.spawn(store, p)),
                             caf::actor_cast<notification_actor>(service),
                             caf::actor_cast<event_feed_actor>(system.spawn(deaf_feed)), wall, 0);
    stage.settle();
  }
  template <class Message>
  void tell(Message what) {
    caf::anon_send(relay, std::move(what));
    stage.settle();
  }

  /// NOTIFICATION says no to the first mail that it was silent about.
  void refuse_one() {
    caf::anon_send(service, something_due{});
    stage.settle();
  }
  void add(reservation_id id, wall_ms not_before) {
    mail one;
    one.about.id = id;
    one.message_id = std::to_string(id) + "-confirmed";
    one.not_before = not_before;
    p->outbox.push_back(one);
  }

  wall_ms today() const { return wall.at(stage.now_ms()); }

  const wall_clock wall{1'700'000'000'000};
  virtual_stage stage{0};
  post_ptr p = std::make_shared<post>();
  notification_options options;
  caf::actor service;
  relay_actor relay;
};

fate always_refused(const mail&) { return fate::refused; }

}  // namespace

TEST_CASE("ten failures in a row are an outage, and then the service has its pause") {
  lone_relay r{30};
  r.p->fate_of = always_refused;
  r.start();
  CHECK(r.p->tried.size() == 10);
  r.stage.advance(4'999);
  r.tell(something_due{});
  CHECK(r.p->tried.size() == 10);
  r.stage.advance(1);
  CHECK(r.p->tried.size() == 11);
}

TEST_CASE("a service that takes every tenth mail is no outage") {
  lone_relay r{30};
  r.p->fate_of = [](const mail& one) {
    return one.about.id % 10 == 0 ? fate::taken : fate::refused;
  };
  r.start();
  CHECK(r.p->tried.size() >= 30);
  CHECK(r.p->outbox.size() == 27);
}

TEST_CASE("a healing is given ten failures of its own before it counts as an outage") {
  lone_relay r{30};
  r.p->fate_of = always_refused;
  r.start();
  r.tell(service_healed{"notification"});
  CHECK(r.p->tried.size() == 20);
}

TEST_CASE("a no from before a healing neither makes an outage nor lets anybody wait") {
  lone_relay r{10};
  r.options.batch = 11;
  r.p->fate_of = [](const mail&) { return fate::silent; };
  r.start();
  r.tell(service_healed{"notification"});
  r.stage.advance(100);
  REQUIRE(r.p->tried.size() == 10);
  for (int i = 0; i < 10; ++i) r.refuse_one();
  // Such as did not fit into the first look behind the healing.
  r.p->outbox.clear();
  r.add(11, r.today() + 4'000);
  r.tell(something_due{});
  r.stage.advance(100);
  CHECK(r.p->tried.back() == 11);
}

TEST_CASE("a healing is not forgotten when the store is silent and an older mail fails") {
  lone_relay r{1};
  r.options.batch = 2;
  r.p->fate_of = [](const mail&) { return fate::silent; };
  r.start();
  r.p->revivals_hang = true;
  r.tell(service_healed{"notification"});
  r.stage.advance(100);
  REQUIRE(r.p->revived == 2);
  r.refuse_one();
  r.p->revivals_hang = false;
  r.stage.advance(10'000);
  CHECK(r.p->revived == 3);
}

TEST_CASE("mails that are given up in an outage do not end it, undeliverable ones are no outage") {
  for (const auto how : {fate::refused, fate::undeliverable}) {
    lone_relay r{30};
    r.options.backoff.attempts_max = 1;
    r.p->fate_of = [how](const mail&) { return how; };
    r.start();
    CHECK(r.p->tried.size() == (how == fate::refused ? 10 : 30));
  }
}

TEST_CASE("after a healing a mail that fails again waits, and is tried when its wait is over") {
  lone_relay r{1};
  r.p->fate_of = always_refused;
  r.start();
  CHECK(r.p->tried.size() == 1);
  const auto wait = r.p->outbox[0].not_before - r.today();
  REQUIRE(wait > 100);
  r.stage.advance(wait - 1);
  CHECK(r.p->tried.size() == 1);
  r.stage.advance(1);
  CHECK(r.p->tried.size() == 2);
}

TEST_CASE("a wait that the relay gives ends in time for each of its looks to call it its own") {
  lone_relay r{1};
  r.p->fate_of = always_refused;
  r.start();
  REQUIRE(r.p->tried.size() == 1);
  const auto until = r.p->outbox[0].not_before;
  r.tell(something_due{});
  const auto& look = r.p->looks.back();
  CHECK(look.latest == r.today() + r.options.backoff.cap_ms);
  CHECK(look.latest >= until);
}

TEST_CASE("a mail is tried when its wait is over, though another one is still in hand") {
  lone_relay r{2};
  r.options.batch = 2;
  r.p->fate_of = [](const mail& one) { return one.about.id == 1 ? fate::silent : fate::refused; };
  r.start();
  REQUIRE(r.p->tried.size() == 2);
  r.stage.advance(100);
  const auto wait = r.p->outbox[1].not_before - r.today();
  REQUIRE(wait > 100);
  r.stage.advance(wait + 50);
  CHECK(r.p->tried.size() == 3);
}

TEST_CASE("hands that were full are filled again as soon as one is free") {
  lone_relay r{5};
  r.options.batch = 2;
  r.p->fate_of = [](const mail& one) { return one.about.id == 1 ? fate::silent : fate::taken; };
  r.start();
  r.stage.advance(300);
  CHECK(r.p->outbox.size() == 1);
}

TEST_CASE("a first look that the store did not answer is made again as the first") {
  lone_relay r{1};
  r.p->outbox[0].not_before = r.today() + 3'600'000;  // of a clock that was ahead
  r.p->store_fails = true;
  r.start();
  r.p->store_fails = false;
  r.stage.advance(5'000);
  CHECK(r.p->outbox.empty());
  CHECK(r.p->revived == 2);
  r.stage.advance(5'000);  // the queue was empty, so now waits count again
  CHECK(r.p->looks.back().now == r.today());
}

TEST_CASE("while the store does not keep what became of a mail, it is tried twice a second") {
  lone_relay r{2};
  r.p->fate_of = always_refused;
  r.p->outcomes_lost = true;
  r.start();
  CHECK(r.p->tried.size() == 1);
  r.stage.advance(10'000);
  CHECK(r.p->tried.size() == 21);
  r.tell(something_due{});
  CHECK(r.p->tried.size() == 21);
}

TEST_CASE("mails that were given up are revived page by page, to the last") {
  lone_relay r{0};
  r.p->revivals = {page_limit_max, page_limit_max, 3};
  r.start();
  CHECK(r.p->revived == 3);
  r.stage.advance(5'000);
  CHECK(r.p->revived == 3);
}

TEST_CASE("each fault is written down once for each mail that it touches, within a memory") {
  lone_relay r{0};
  r.start();
  const auto touch = [&](reservation_id id, const char* fault) {
    r.tell(fault_touched{fault, "flaky", id});
  };
  touch(1, "notification#1");
  touch(1, "notification#1");
  CHECK(r.p->lines == 1);
  touch(1, "notification#2");
  touch(2, "notification#2");
  CHECK(r.p->lines == 3);
  for (reservation_id id = 3; id < 1'000; ++id) touch(id, "notification#2");
  CHECK(r.p->lines == 1'000);
  touch(1'000, "notification#2");
  touch(1, "notification#1");  // so long ago that it is forgotten
  CHECK(r.p->lines == 1'002);
}

}  // namespace taquilla::testing
