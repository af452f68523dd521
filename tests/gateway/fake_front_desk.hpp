// A box office in memory behind the front desk's port: an honest model of what the gateway may see,
// not a row of canned answers. One hall, EVT-001, rows A to J with 12 seats. Seats have one owner,
// the same purchase is replayed, a key belongs to one purchase, chaos is a table, mail is kept.
// Answers come within the call, or, with `answer_later`, when the test says so.
#pragma once

#include "gateway/front_desk.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace taquilla::gateway {

class fake_front_desk : public front_desk {
 public:
  bool answer_later = false;
  std::optional<error> trouble;  ///< every question is answered with it
  bool throws = false;           ///< or cannot be asked at all
  health_view reported;          ///< what `health` says
  std::vector<mail> delivered, waiting;
  std::vector<purchase_order> asked;  ///< every order that came through
  std::vector<chaos_order> set_chaos;
  std::int64_t waited_ms = -1;  ///< of the last wait_for_mail
  waiting_client last_waiter;
  bool waiting_stopped = false;
  list_reservations last_filter;
  list_mailbox last_mailbox;
  std::vector<feed_line> kept_feed;
  std::uint32_t seats_limit = 0;
  std::vector<event_view> further_events;  ///< behind the one hall

  fake_front_desk();

  /// Gives the answers that wait.
  void answer_all();
  /// The answers that wait, for a test in which they come when the desk has gone.
  std::vector<std::function<void()>> take_answers() { return std::exchange(later_, {}); }
  /// A further line of the feed, to whoever follows.
  void tell(std::string kind, std::string data);
  bool is_followed() const { return !followers_->empty(); }

  void buy(purchase_order order, reply<purchase_answer> done) override;
  void cancel(reservation_id id, reply<reservation> done) override;
  void reservation_by_id(reservation_id id, reply<reservation> done) override;
  void reservations_like(list_reservations filter, reply<reservations> done) override;
  void events(reply<std::vector<event_view>> done) override;
  void seats(std::string event, std::string after, std::uint32_t limit,
             reply<std::vector<seat_view>> done) override;
  void charges_like(list_charges filter, reply<charges> done) override;
  void mailbox(list_mailbox filter, reply<mails> done) override;
  void wait_for_mail(list_mailbox filter, std::int64_t wait_ms, reply<mails> done,
                     waiting_client who) override;
  void stop_waiting() override { waiting_stopped = true; }
  void outbox(list_outbox filter, reply<mails> done) override;
  void chaos(chaos_order order, reply<chaos_table> done) override;
  void chaos_state(service target, reply<chaos_table> done) override;
  void health(reply<health_view> done) override;
  void feed(std::uint64_t after, std::uint32_t limit, reply<std::vector<feed_line>> done) override;
  std::shared_ptr<void> follow_feed(std::function<void(const feed_news&)> tell) override;

 private:
  template <class T>
  void give(reply<T> done, result<T> answer) {
    if (throws) throw std::runtime_error{"secret"};
    if (trouble) answer = *trouble;
    auto deliver = [done = std::move(done), answer = std::move(answer)] { done(answer); };
    if (answer_later)
      later_.push_back(std::move(deliver));
    else
      deliver();
  }
  result<purchase_answer> sell(const purchase_order& order);
  reservation* owner_of(const seat_id& seat);

  using followers = std::map<int, std::function<void(const feed_news&)>>;

  std::deque<reservation> records_;
  std::map<std::string, std::uint64_t> keys_;  // idempotency key -> identity
  std::map<service, chaos_table> chaos_;
  std::vector<std::function<void()>> later_;
  std::shared_ptr<followers> followers_ = std::make_shared<followers>();
  int next_follower_ = 0;
};

}  // namespace taquilla::gateway
