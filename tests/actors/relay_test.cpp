// Goal: what is owed and what is due is brought to its end, in rounds that cost little and timers
// that do not add up. Method: break the service behind a relay, count what the relay handles in
// quiet minutes.
#include "support/trouble_database.hpp"
#include "support/virtual_theatre.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

namespace taquilla::testing {

namespace {

std::uint64_t messages_in_a_minute(virtual_theatre& house, const std::string& role) {
  const auto before = house.handled(role);
  house.advance(60'000);
  return house.handled(role) - before;
}

}  // namespace

TEST_CASE("a quiet relay looks once in five seconds, however much trouble it has had before") {
  virtual_theatre house;
  const auto at_first = messages_in_a_minute(house, "mail_relay");
  for (int i = 1; i <= 20; ++i) {
    house.chaos("notification", "flaky", {0, 1.0, 0, 2});
    house.buy(order("A" + std::to_string(i)));
    house.advance(1'700);
  }
  house.advance(60'000);
  CHECK(house.at_rest() == "");
  const auto at_last = messages_in_a_minute(house, "mail_relay");
  CHECK(at_first <= 30);
  CHECK(at_last <= at_first + 4);
}

TEST_CASE("a cancellation's mail follows its confirmation at once") {
  virtual_theatre house;
  house.chaos("notification", "slow", {500, 1.0, 0, 0});
  auto bought = house.buy(order("A1"));
  house.advance(200);
  REQUIRE(bought.text() == "ok");
  house.cancel(bought.value().id);
  house.advance(1'500);
  CHECK(house.mailbox().size() == 2);
}

TEST_CASE("a relay has no more than one timer of its own when all is quiet") {
  virtual_theatre house;
  house.advance(60'000);
  const auto at_first = house.timers();
  for (int i = 1; i <= 10; ++i) {
    house.chaos("payment", "flaky", {0, 1.0, 0, 4});
    house.buy(order("A" + std::to_string(i)));
    house.advance(900);
  }
  house.advance(120'000);
  CHECK(house.at_rest() == "");
  CHECK(house.timers() <= at_first);
}

TEST_CASE("a mail is tried until it is filed, and the waits between grow to their cap") {
  virtual_theatre house;
  house.chaos("notification", "bounce");
  house.buy(order());
  house.advance(120'000);
  REQUIRE(house.outbox().size() == 1);
  const auto tries = house.outbox()[0].attempts;
  CHECK(tries >= 24);  // never slower than the cap of 5 s
  CHECK(tries <= 120);
  CHECK(house.outbox()[0].last_error == "mail_bounced");
  house.chaos("notification", "recover");
  house.settle();
  CHECK(house.mailbox().size() == 1);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a mail that nobody answers about does not keep the others waiting") {
  virtual_theatre house;
  house.chaos("notification", "stall", {0, 1.0, 0, 1});
  house.buy(order("A1"));
  house.advance(300);
  house.buy(order("A2", "other@email.com"));
  house.advance(100);
  REQUIRE(house.mailbox().size() == 1);
  CHECK(house.mailbox()[0].message_id == "2-confirmed");
  house.advance(10'000);
  CHECK(house.mailbox().size() == 2);
  CHECK(house.at_rest() == "");
}

TEST_CASE("money that nobody answers about does not keep the others' waiting") {
  virtual_theatre house;
  for (const char* seat : {"A1", "A2"}) house.buy(order(seat));
  house.settle();
  house.chaos("payment", "stall", {0, 1.0, 0, 1});
  house.cancel(1);
  house.advance(300);
  house.cancel(2);
  house.advance(100);
  CHECK(house.charges()[0].state == charge_state::charged);
  CHECK(house.charges()[1].state == charge_state::refunded);
  house.advance(10'000);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a relay whose hands are full of silent mails asks the store for no more") {
  theatre_setting setting;
  setting.options.notification.batch = 2;
  virtual_theatre house{setting};
  house.chaos("notification", "stall");
  for (int i = 1; i <= 6; ++i) house.buy(order("A" + std::to_string(i)));
  house.settle();
  const auto before = house.handled("mail_relay");
  house.advance(4'000);
  CHECK(house.handled("mail_relay") - before <= 4);
  house.chaos("notification", "recover");
  house.advance(20'000);
  CHECK(house.mailbox().size() == 6);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a mail that can never be delivered is tried once and stays to be seen") {
  theatre_setting setting;
  setting.transport = [](const mail&, const std::function<void(error)>& done) {
    done({errc::mail_undeliverable, "550 no such user", 0});
  };
  virtual_theatre house{setting};
  house.buy(order());
  house.advance(60'000);
  REQUIRE(house.outbox().size() == 1);
  CHECK(house.outbox()[0].dead);
  CHECK(house.outbox()[0].attempts == 1);
}

TEST_CASE("a mail that was given up is tried anew once its service is healed") {
  theatre_setting setting;
  setting.options.notification.backoff.attempts_max = 3;
  virtual_theatre house{setting};
  house.chaos("notification", "bounce");
  house.buy(order());
  house.advance(120'000);
  REQUIRE(house.counts().outbox_dead == 1);
  house.chaos("notification", "recover");
  house.settle();
  CHECK(house.mailbox().size() == 1);
  CHECK(house.at_rest() == "");
}

TEST_CASE("an outage with a long queue costs the store one attempt a pause, and ends at once") {
  virtual_theatre house;
  house.chaos("notification", "crash");
  constexpr int waiting = 40;
  for (int i = 1; i <= waiting; ++i) {
    house.buy(order("A" + std::to_string(i)));
    house.advance(1'100);  // no faster than the retries of the first few
  }
  const auto before = house.counts().commands;
  house.advance(60'000);
  CHECK(house.counts().commands - before <= 60'000 / 5'000 * 2 + 2);
  CHECK(house.mailbox().empty());
  house.chaos("notification", "recover");
  house.settle();
  CHECK(house.mailbox().size() == waiting);
}

TEST_CASE("a mail that nobody answers for does not keep a pausing relay from probing") {
  theatre_setting setting;
  setting.options.notification.patience_ms = 120'000;
  virtual_theatre house{setting};
  house.chaos("notification", "stall", {0, 1.0, 0, 1});
  house.buy(order("A40"));
  house.settle();
  house.chaos("notification", "flaky", {0, 1.0, 30'000});
  for (int i = 1; i <= 12; ++i) house.buy(order("A" + std::to_string(i)));
  house.advance(30'000);
  CHECK(house.mailbox().empty());
  house.advance(10'500);  // a pause for the probe, and the last back-off
  CHECK(house.mailbox().size() == 12);
}

TEST_CASE("an outage of PAYMENT with much to give back costs the store no more") {
  virtual_theatre house;
  constexpr int waiting = 40;
  for (int i = 1; i <= waiting; ++i) house.buy(order("A" + std::to_string(i)));
  house.settle();
  house.chaos("payment", "crash");
  for (int i = 1; i <= waiting; ++i) {
    house.cancel(static_cast<reservation_id>(i));
    house.advance(1'100);
  }
  const auto before = house.counts().commands;
  house.advance(60'000);
  CHECK(house.counts().commands - before <= 60'000 / 5'000 * 2 + 2);
  house.chaos("payment", "recover");
  house.settle();
  CHECK(house.at_rest() == "");
}

TEST_CASE("money that was not given back is tried again when its short wait is over") {
  virtual_theatre house;
  house.buy(order());
  house.settle();
  house.chaos("payment", "flaky", {0, 1.0, 0, 1});
  house.cancel(1);
  house.advance(300);
  CHECK(house.charges()[0].state == charge_state::refunded);
}

TEST_CASE("money that is not taken back waits between its tries") {
  virtual_theatre house;
  house.advance(60'000);
  house.buy(order());
  house.settle();
  house.chaos("payment", "flaky");
  house.cancel(1);
  house.advance(1'000);
  CHECK(house.show_chaos("payment").value().active.at(0).touched <= 4);
  house.chaos("payment", "recover");
  house.settle();
  CHECK(house.at_rest() == "");
}

TEST_CASE("a fault that lasts is written to a timeline once, however often it touches the mail") {
  virtual_theatre house;
  house.chaos("notification", "flaky");
  house.buy(order());
  house.advance(120'000);
  REQUIRE(house.outbox()[0].attempts > 10);
  const auto steps = house.reservation_of(1).timeline;
  CHECK(std::count_if(steps.begin(), steps.end(),
                      [](const auto& one) { return one.step == "mail_attempt"; }) == 1);
}

TEST_CASE(
    "a mail is given up after the last attempt that the configuration allows, and stays to be "
    "seen") {
  theatre_setting setting;
  setting.options.notification.backoff.attempts_max = 3;
  virtual_theatre house{setting};
  house.chaos("notification", "bounce");
  house.buy(order());
  house.advance(120'000);
  REQUIRE(house.outbox().size() == 1);
  CHECK(house.outbox()[0].dead);
  CHECK(house.outbox()[0].attempts == 3);
  CHECK(house.counts().outbox_dead == 1);
  CHECK(house.counts().outbox_due == 0);
}

TEST_CASE(
    "a stalled NOTIFICATION holds up no purchase, and each mail is delivered once in the end") {
  virtual_theatre house;
  house.chaos("notification", "stall", {0, 1.0, 20'000});
  for (int i = 1; i <= 5; ++i) {
    auto bought = house.buy(order("A" + std::to_string(i)));
    house.settle();
    CHECK(bought.text() == "ok");
  }
  house.advance(60'000);
  CHECK(house.mailbox().size() == 5);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a mail whose acknowledgement is lost is sent again and filed once") {
  virtual_theatre house;
  house.chaos("notification", "lossy", {0, 1.0, 0, 3});
  house.buy(order());
  house.advance(120'000);
  CHECK(house.mailbox().size() == 1);
  CHECK(house.at_rest() == "");
}

TEST_CASE("more mails than a batch holds are all delivered when the service is back") {
  theatre_setting setting;
  setting.options.notification.batch = 4;
  virtual_theatre house{setting};
  house.chaos("notification", "crash");
  for (int i = 1; i <= 30; ++i) house.buy(order("A" + std::to_string(i)));
  house.advance(10'000);
  CHECK(house.mailbox().empty());
  house.chaos("notification", "recover");
  house.settle();
  CHECK(house.mailbox().size() == 30);
  CHECK(house.at_rest() == "");
}

TEST_CASE("with a transport a mail is filed when the other side took it, and not before") {
  std::vector<std::pair<mail, std::function<void(error)>>> handed;
  theatre_setting setting;
  setting.transport = [&handed](const mail& m, std::function<void(error)> answered) {
    handed.emplace_back(m, std::move(answered));
  };
  virtual_theatre house{setting};
  house.buy(order());
  house.settle();
  REQUIRE(handed.size() == 1);
  CHECK(house.mailbox().empty());
  handed[0].second(error{errc::notification_unavailable, "greylisted", 0});
  house.advance(5'000);
  REQUIRE(handed.size() == 2);
  CHECK(handed[1].first.message_id == handed[0].first.message_id);
  handed[1].second(error{});
  house.settle();
  CHECK(house.mailbox().size() == 1);
  CHECK(house.at_rest() == "");
}

TEST_CASE(
    "a transport that answers twice, or after everybody stopped waiting, files the mail once") {
  std::vector<std::function<void(error)>> handed;
  theatre_setting setting;
  setting.transport = [&handed](const mail&, std::function<void(error)> answered) {
    handed.push_back(std::move(answered));
  };
  virtual_theatre house{setting};
  house.buy(order());
  house.advance(20'000);        // the relay's patience is over and it has asked again
  REQUIRE(handed.size() == 1);  // and is not handed over again while it is in hand
  for (int i = 0; i < 2; ++i)
    for (const auto& answer : std::vector<std::function<void(error)>>(handed)) answer(error{});
  house.advance(60'000);
  CHECK(house.mailbox().size() == 1);
  CHECK(house.outbox().empty());
  CHECK(house.at_rest() == "");
}

TEST_CASE("on a full disk a mail that the other side has taken is not sent to it again") {
  std::shared_ptr<trouble_database> disk;
  int handed = 0;
  theatre_setting setting;
  setting.wrap = [&disk](std::shared_ptr<database> real) {
    return disk = std::make_shared<trouble_database>(std::move(real));
  };
  setting.transport = [&](const mail&, const std::function<void(error)>& answered) {
    ++handed;
    disk->now = trouble_database::trouble::full;
    answered(error{});
  };
  virtual_theatre house{setting};
  house.buy(order());
  house.advance(30'000);
  CHECK(handed == 1);
  CHECK(house.mailbox().empty());
  disk->now = trouble_database::trouble::none;
  house.advance(5'000);
  CHECK(handed == 1);
  CHECK(house.mailbox().size() == 1);
  CHECK(house.at_rest() == "");
}

TEST_CASE("a no that the other side had begun before a healing does not count after it") {
  std::vector<std::function<void(error)>> handed;
  theatre_setting setting;
  setting.transport = [&handed](const mail&, std::function<void(error)> answered) {
    handed.push_back(std::move(answered));
  };
  const error nobody{errc::mail_undeliverable, "550 no such user", 0};
  virtual_theatre house{setting};
  house.buy(order());
  house.settle();
  house.chaos("notification", "recover");
  house.advance(8'000);  // the relay has asked again, and waits for the same conversation
  REQUIRE(handed.size() == 1);
  handed[0](nobody);
  house.advance(8'000);
  REQUIRE(house.outbox().size() == 1);
  CHECK_FALSE(house.outbox()[0].dead);
  REQUIRE(handed.size() == 2);
  handed[1](nobody);
  house.settle();
  CHECK(house.outbox()[0].dead);
}

}  // namespace taquilla::testing
