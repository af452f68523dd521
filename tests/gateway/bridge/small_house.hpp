// A front desk over actors that answer when the test says so: DESK keeps every question, STORE and
// INVENTORY when they are told to, the EVENT FEED tells its followers what the test tells it.
// Virtual time; one thread.
#pragma once

#include "gateway/bridge/caf_front_desk.hpp"
#include "support/virtual_stage.hpp"

#include <caf/all.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace taquilla::gateway::testing {

/// A question that its actor keeps until the test says how it ends.
struct kept_question {
  std::function<void()> answer;  ///< with nothing in it
  std::function<void()> fail;
};

/// What the actors of the house share with the test.
struct house_books {
  bool store_answers = true;      ///< at once; else it keeps the question
  bool inventory_answers = true;  ///< likewise
  bool desk_reports = true;       ///< likewise
  bool draining = false;          ///< what the desk reports of itself
  std::vector<mail> mailbox;
  int listings = 0, mailbox_looks = 0, counts = 0, cancellations = 0, purchases = 0;
  int seat_pages = 0, event_lists = 0, chaos_looks = 0, feed_reads = 0;
  std::deque<kept_question> kept_by_store, kept_by_desk, kept_by_inventory, kept_by_supervisor;
  std::vector<std::string> told;    ///< kinds of what the feed heard
  std::vector<std::string> orders;  ///< "service kind" of what the supervisor was ordered
  std::vector<feed_follower_actor> followers;
};

class small_house {
 public:
  explicit small_house(const front_desk_limits& limits = {}, const theatre_options& options = {});
  ~small_house();

  void settle() { stage.settle(); }
  void advance(std::int64_t ms) { stage.advance(ms); }
  /// A mail lands in the mailbox; @param heard the feed says so.
  void deliver_mail(bool heard = true);

  std::shared_ptr<house_books> books = std::make_shared<house_books>();
  taquilla::testing::virtual_stage stage{0};
  event_feed_actor event_feed;
  std::unique_ptr<front_desk> desk;
  std::shared_ptr<void> following;  ///< as the application does
};

/// The outcome of one question, once it is there.
template <class T>
struct heard {
  std::shared_ptr<std::vector<result<T>>> all = std::make_shared<std::vector<result<T>>>();
  reply<T> take() const {
    return [all = all](result<T> answer) { all->push_back(std::move(answer)); };
  }
  std::size_t count() const { return all->size(); }
  std::size_t refused(errc why) const {
    std::size_t n = 0;
    for (const auto& one : *all) n += !one && one.failure().code == why;
    return n;
  }
};

}  // namespace taquilla::gateway::testing
