// Goal: who waits for a mail hears of it at once, costs the store nothing before, and keeps his
// place no longer than he waits. Method: the real desk and its CLERK over a store and a feed that
// do what the test says, in virtual time.
#include "small_house.hpp"

#include <doctest/doctest.h>

#include <memory>

using namespace taquilla;
using namespace taquilla::gateway;
using taquilla::gateway::testing::heard;
using taquilla::gateway::testing::small_house;

namespace {

front_desk_limits limits_of(std::size_t each) { return {each, each, each}; }

}  // namespace

TEST_CASE("who waits for a mail costs the store nothing until one is delivered") {
  small_house h;
  heard<mails> answers;
  h.deliver_mail();
  h.settle();
  h.books->mailbox.clear();  // that one was somebody else's
  h.desk->wait_for_mail({}, 30'000, answers.take());
  h.advance(4'000);
  CHECK(h.books->mailbox_looks == 1);
  h.deliver_mail();
  h.advance(100);
  REQUIRE(answers.count() == 1);
  CHECK((*answers.all)[0]->list.size() == 1);
  CHECK(h.books->mailbox_looks == 2);
}

TEST_CASE("a mail that the feed did not tell of is found all the same") {
  small_house h;
  heard<mails> answers;
  h.desk->wait_for_mail({}, 30'000, answers.take());
  h.settle();
  h.deliver_mail(false);
  h.advance(6'000);
  CHECK(answers.count() == 1);
}

TEST_CASE("a feed that has forgotten its followers is followed again") {
  small_house h;
  h.books->followers.clear();
  h.advance(2'000);
  CHECK(h.books->followers.size() == 1);
}

TEST_CASE("a mail that is delivered while the mailbox is looked into is not missed") {
  small_house h;
  heard<mails> answers;
  h.books->store_answers = false;
  h.desk->wait_for_mail({}, 30'000, answers.take());
  h.settle();
  h.deliver_mail();
  h.settle();
  h.books->store_answers = true;
  h.books->kept_by_store.front().answer();  // as it was before
  h.advance(100);
  CHECK(answers.count() == 1);
}

TEST_CASE("a wait ends at its deadline, however slow the store is") {
  small_house h;
  heard<mails> answers;
  h.desk->wait_for_mail({}, 10'000, answers.take());
  h.settle();
  h.books->store_answers = false;
  h.advance(7'000);  // the look in between has taken 2 s of them
  REQUIRE(h.books->kept_by_store.size() == 1);
  h.books->store_answers = true;
  h.books->kept_by_store.front().answer();
  h.advance(2'999);
  CHECK(answers.count() == 0);
  h.advance(51);
  REQUIRE(answers.count() == 1);
  CHECK((*answers.all)[0]->list.empty());
}

TEST_CASE("waiters have a limit, and one that is answered makes room") {
  small_house h{limits_of(2)};
  heard<mails> answers;
  for (int i = 0; i < 4; ++i) h.desk->wait_for_mail({}, 1'000, answers.take());
  h.settle();
  CHECK(answers.refused(errc::overloaded) == 2);
  h.advance(1'100);
  CHECK(answers.count() == 4);
  h.desk->wait_for_mail({}, 1'000, answers.take());
  h.settle();
  CHECK(answers.refused(errc::overloaded) == 2);
}

TEST_CASE("one address has a quarter of the waiters' places, and the others are for the others") {
  small_house h{limits_of(8)};
  heard<mails> answers;
  const auto wait_from = [&](const char* address) {
    h.desk->wait_for_mail({}, 1'000, answers.take(), {address, {}});
    h.settle();
    return answers.refused(errc::overloaded);
  };
  for (int i = 0; i < 2; ++i) CHECK(wait_from("192.0.2.1") == 0);
  CHECK(wait_from("192.0.2.1") == 1);
  for (int i = 0; i < 2; ++i) CHECK(wait_from("192.0.2.2") == 1);
  for (int i = 0; i < 4; ++i) CHECK(wait_from("") == 1);
  CHECK(wait_from("") == 2);  // these are all there are
  h.advance(1'100);
  CHECK(answers.count() == 10);
  CHECK(wait_from("192.0.2.1") == 2);
}

TEST_CASE("who waits and has gone gives his place back, and is not looked for any more") {
  small_house h{limits_of(2)};
  heard<mails> answers;
  const auto gone = std::make_shared<bool>(false);
  const auto responder = std::make_shared<int>(0);
  h.desk->wait_for_mail({}, 30'000, [responder](const result<mails>&) { ++*responder; },
                        {"192.0.2.1", [gone] { return *gone; }});
  h.desk->wait_for_mail({}, 30'000, answers.take());
  h.advance(4'000);
  CHECK(responder.use_count() > 1);
  *gone = true;
  h.advance(100);
  CHECK(responder.use_count() == 1);
  CHECK(*responder == 0);
  CHECK(h.books->mailbox_looks == 2);
  h.desk->wait_for_mail({}, 30'000, answers.take(), {"192.0.2.1", {}});
  h.deliver_mail();
  h.advance(100);
  CHECK(answers.count() == 2);
  CHECK(answers.refused(errc::overloaded) == 0);
}

TEST_CASE("when the house closes whoever waits is answered, and nobody waits any more") {
  small_house h;
  heard<mails> answers;
  for (int i = 0; i < 3; ++i) h.desk->wait_for_mail({}, 30'000, answers.take());
  h.settle();
  h.desk->stop_waiting();
  h.settle();
  CHECK(answers.count() == 3);
  h.desk->wait_for_mail({}, 30'000, answers.take());
  h.settle();
  CHECK(answers.count() == 4);
  CHECK(answers.refused(errc::overloaded) == 0);
}
