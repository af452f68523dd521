// Goal: a relay hears every wake-up, whatever it is doing just then. Method: MAIL RELAY alone, with
// a store that takes its time for an answer and a NOTIFICATION that is silent about one mail.
#include "actors/mail_relay.hpp"
#include "support/virtual_stage.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace taquilla::testing {

namespace {

constexpr std::int64_t store_takes_ms = 10;

struct books {
  std::vector<mail> due;
  std::vector<std::string> delivered;
  std::deque<std::pair<caf::typed_response_promise<mails>, mails>> answers;
  caf::typed_response_promise<mail_filed> never;
};
using books_ptr = std::shared_ptr<books>;

mail numbered(reservation_id id) {
  mail out;
  out.about.id = id;
  out.message_id = std::to_string(id) + "-confirmed";
  return out;
}

/// Answers with what was due when it was asked.
caf::behavior late_store(caf::event_based_actor* self, const books_ptr& b) {
  return {[=](const due_mails&) -> caf::result<mails> {
            auto promise = self->make_response_promise<mails>();
            b->answers.emplace_back(promise, mails{b->due, 0, ""});
            self->delayed_send(self, std::chrono::milliseconds{store_takes_ms}, look_again{});
            return promise;
          },
          [](const revive_mails&) { return mails_revived{}; },
          [=](const look_again&) {
            b->answers.front().first.deliver(std::move(b->answers.front().second));
            b->answers.pop_front();
          }};
}

caf::behavior silent_about_the_first(caf::event_based_actor* self, const books_ptr& b) {
  return {[=](const send_mail& send) -> caf::result<mail_filed> {
    if (send.what.about.id == 1) {
      b->never = self->make_response_promise<mail_filed>();
      return b->never;
    }
    b->delivered.push_back(send.what.message_id);
    return mail_filed{send.what.message_id, false};
  }};
}

caf::behavior deaf_feed(caf::event_based_actor*) {
  return {[](const happened&) {}};
}

}  // namespace

TEST_CASE("a wake-up that comes while the relay is fetching beside a silent mail is not lost") {
  virtual_stage stage{0};
  const auto b = std::make_shared<books>();
  b->due = {numbered(1)};
  auto& system = stage.system();
  {
    const auto relay = spawn_mail_relay(
        system, {}, 3'000, caf::actor_cast<store_actor>(system.spawn(late_store, b)),
        caf::actor_cast<notification_actor>(system.spawn(silent_about_the_first, b)),
        caf::actor_cast<event_feed_actor>(system.spawn(deaf_feed)), {}, 0);
    stage.advance(100);
    b->due.push_back(numbered(2));
    caf::anon_send(relay, something_due{});
    stage.advance(store_takes_ms / 2);
    b->due.push_back(numbered(3));
    caf::anon_send(relay, something_due{});
    stage.advance(200);
    CHECK(b->delivered.size() >= 2);
    CHECK(b->delivered.back() == "3-confirmed");
  }
  b->never = {};
}

}  // namespace taquilla::testing
