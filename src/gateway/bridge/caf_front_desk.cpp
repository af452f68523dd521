#include "gateway/bridge/caf_front_desk.hpp"

#include "actors/ask.hpp"
#include "gateway/bridge/clerk.hpp"
#include "gateway/bridge/feed_text.hpp"
#include "gateway/bridge/health_round.hpp"
#include "gateway/bridge/mail_watch.hpp"
#include "gateway/bridge/shared_round.hpp"
#include "gateway/turnstile.hpp"

#include <caf/all.hpp>

#include <array>
#include <chrono>
#include <utility>

namespace taquilla::gateway {

namespace {

constexpr duration_ms memory_ms = 3'000;    ///< questions about what is in memory
constexpr duration_ms recover_ms = 15'000;  ///< `recover` is answered when the service serves
constexpr duration_ms refollow_ms = 2'000;  ///< a restarted EVENT FEED has forgotten its followers

// Purchases are bounded by the DESK; this bounds what it may be asked before it has said so, those
// included that only wait for one under way.
constexpr std::size_t purchases_asked_per_place = 2;
// Each is a message to a service that may hang for as long as `recover` may take.
constexpr std::size_t chaos_orders_max = 32;
// Of one shared question. Health has more room: its answer to /readyz is some bytes, and to be told
// that too many ask would read as not ready.
constexpr std::size_t sharers_max = 256, health_sharers_max = 16'384;

const char* name_of(service which) {
  static constexpr const char* names[] = {"inventory", "payment", "notification"};
  return names[static_cast<std::size_t>(which)];
}

// -- what an actor says, in the words of HTTP -----------------------------------------------------

purchase_answer view_of(purchase_accepted& sold) { return {sold.id, sold.replayed}; }

std::vector<event_view> view_of(event_list& found) {
  std::vector<event_view> out;
  for (auto& e : found.events) out.push_back({e.id, e.name, e.seats, e.held, e.sold});
  return out;
}

std::vector<seat_view> view_of(seat_page& page) {
  std::vector<seat_view> out;
  for (const auto& s : page.seats) out.push_back({s.seat, s.state, s.held_for_ms});
  return out;
}

std::vector<feed_line> view_of(feed_page& page) {
  std::vector<feed_line> out;
  for (const auto& event : page.events) out.push_back(line_of(event));
  return out;
}

/// What STORE says is said in HTTP as it is.
template <class Answer>
Answer view_of(Answer& answer) {
  return std::move(answer);
}

chaos_table table_of(service which, const chaos_report& report) {
  chaos_table out{which, report.down, {}};
  for (const auto& r : report.active)
    out.active.push_back({r.id, r.kind, r.delay_ms, r.rate_ppm, r.for_ms, r.times, r.touched,
                          r.since, r.last_touched, r.ends_at, r.last_request});
  return out;
}

/// A report does not say of whom it is.
reply<chaos_report> as_table_of(service which, reply<chaos_table> done) {
  return [which, done = std::move(done)](const result<chaos_report>& told) {
    done(told ? result<chaos_table>{table_of(which, *told)} : told.failure());
  };
}

set_chaos order_of(const chaos_order& o) {
  return {name_of(o.target), o.kind, o.delay_ms, o.rate_ppm, o.for_ms, o.times};
}

// -- how it is asked ------------------------------------------------------------------------------

struct follower_state {
  static inline const char* name = "feed_follower";
};

feed_follower_actor spawn_follower(caf::actor_system& system, event_feed_actor feed,
                                   std::function<void(const feed_event&)> tell) {
  auto follower =
      system.spawn([feed, tell](caf::stateful_actor<follower_state>* self) -> caf::behavior {
        const auto follow = [self, feed] {
          self->send(feed, taquilla::follow_feed{caf::actor_cast<feed_follower_actor>(self)});
          self->delayed_send(self, std::chrono::milliseconds{refollow_ms}, look_again{});
        };
        follow();
        return {[tell](const feed_page& page) {
                  for (const auto& event : page.events) tell(event);
                },
                [follow](const look_again&) { follow(); }};
      });
  return caf::actor_cast<feed_follower_actor>(follower);
}

template <class Answer, class Handle, class Request, class Reply>
void ask_for_reply(clerk_pointer clerk, const Handle& whom, duration_ms patience,
                   const Request& what, const Reply& done, errc silence) {
  ask<Answer>(clerk, whom, patience, what,
              guarded(clerk, done, [done](Answer& answer) { done(view_of(answer)); }),
              guarded(clerk, done, done), silence);
}

// -- what one question answers for all who ask it -------------------------------------------------

auto health_of(const theatre& actors, duration_ms store_patience_ms) {
  return std::make_shared<shared_round<health_view>>(
      health_sharers_max,
      [actors, store_patience_ms](clerk_pointer clerk, reply<health_view> done) {
        std::make_shared<health_round>(actors, memory_ms, store_patience_ms, std::move(done))
            ->begin(clerk);
      });
}

auto events_of(const inventory_actor& inventory) {
  using views = std::vector<event_view>;
  return std::make_shared<shared_round<views>>(
      sharers_max, [inventory](clerk_pointer clerk, const reply<views>& done) {
        ask_for_reply<event_list>(clerk, inventory, memory_ms, list_events{}, done,
                                  errc::inventory_unavailable);
      });
}

auto chaos_state_of(const supervisor_actor& supervisor, service target) {
  return std::make_shared<shared_round<chaos_table>>(
      sharers_max, [supervisor, target](clerk_pointer clerk, const reply<chaos_table>& done) {
        ask_for_reply<chaos_report>(clerk, supervisor, memory_ms, show_chaos{name_of(target)},
                                    as_table_of(target, done), errc::internal_error);
      });
}

class caf_front_desk final : public front_desk {
 public:
  caf_front_desk(caf::actor_system& system, const theatre& actors, const theatre_options& options,
                 const front_desk_limits& limits)
      : system_(system),
        theatre_(actors),
        options_(options),
        purchases_(purchases_asked_per_place * options.reservation.in_flight_max),
        reads_(limits.store_reads_max),
        seat_reads_(limits.store_reads_max),
        feed_reads_(limits.store_reads_max),
        cancellations_(limits.cancellations_max),
        mail_waiters_(limits.mail_waiters_max),
        chaos_orders_(chaos_orders_max),
        mail_watch_(std::make_shared<mail_watch>(actors.store, options.store.patience_ms)),
        health_(health_of(actors, options.store.patience_ms)),
        events_(events_of(actors.inventory)),
        chaos_states_{chaos_state_of(actors.supervisor, service::inventory),
                      chaos_state_of(actors.supervisor, service::payment),
                      chaos_state_of(actors.supervisor, service::notification)},
        clerk_(spawn_clerk(system, actors.feed)) {}
  ~caf_front_desk() override { caf::anon_send_exit(clerk_, caf::exit_reason::user_shutdown); }

  void buy(purchase_order order, reply<purchase_answer> done) override {
    question<purchase_accepted>(purchases_, std::move(done), theatre_.desk,
                                options_.reservation.deadline_ms + answer_margin_ms,
                                std::move(order), errc::outcome_unknown);
  }
  void cancel(reservation_id id, reply<reservation> done) override {
    // It asks the store, and then INVENTORY.
    const auto patience =
        options_.store.patience_ms + options_.inventory.patience_ms + answer_margin_ms;
    question<reservation>(cancellations_, std::move(done), theatre_.desk, patience,
                          cancel_reservation{id}, errc::outcome_unknown);
  }
  void reservation_by_id(reservation_id id, reply<reservation> done) override {
    read<reservation>(find_reservation{id}, std::move(done));
  }
  void reservations_like(list_reservations filter, reply<reservations> done) override {
    read<reservations>(std::move(filter), std::move(done));
  }
  void charges_like(list_charges filter, reply<charges> done) override {
    read<charges>(std::move(filter), std::move(done));
  }
  void mailbox(list_mailbox filter, reply<mails> done) override {
    read<mails>(std::move(filter), std::move(done));
  }
  void outbox(list_outbox filter, reply<mails> done) override {
    read<mails>(std::move(filter), std::move(done));
  }

  void events(reply<std::vector<event_view>> done) override { share(events_, done); }
  void seats(std::string event, std::string after, std::uint32_t limit,
             reply<std::vector<seat_view>> done) override {
    question<seat_page>(seat_reads_, std::move(done), theatre_.inventory, memory_ms,
                        list_seats{std::move(event), std::move(after), limit},
                        errc::inventory_unavailable);
  }

  void wait_for_mail(list_mailbox filter, std::int64_t wait_ms, reply<mails> done,
                     waiting_client who) override {
    const auto admitted = mail_waiters_.admit(std::move(done), std::move(who.address));
    if (!admitted) return;
    send_errand(
        clerk_,
        [watch = mail_watch_, filter = std::move(filter), wait_ms, admitted,
         has_gone = std::move(who.has_gone)](clerk_pointer clerk) {
          watch->wait(clerk, filter, wait_ms, admitted, has_gone);
        },
        admitted);
  }
  void stop_waiting() override {
    send_errand(
        clerk_, [watch = mail_watch_](clerk_pointer clerk) { watch->end(clerk); },
        [](const error&) {});
  }

  void chaos(chaos_order order, reply<chaos_table> done) override {
    question<chaos_report>(chaos_orders_, as_table_of(order.target, std::move(done)),
                           theatre_.supervisor, recover_ms, order_of(order), errc::internal_error);
  }
  void chaos_state(service target, reply<chaos_table> done) override {
    share(chaos_states_[static_cast<std::size_t>(target)], done);
  }

  void health(reply<health_view> done) override { share(health_, done); }

  void feed(std::uint64_t after, std::uint32_t limit, reply<std::vector<feed_line>> done) override {
    question<feed_page>(feed_reads_, std::move(done), theatre_.feed, memory_ms,
                        read_feed{after, limit}, errc::internal_error);
  }
  /// The application follows as long as it lives; so who waits for a mail hears of it here, and
  /// the feed has one follower and not two.
  std::shared_ptr<void> follow_feed(std::function<void(const feed_news&)> tell) override {
    auto follower = std::make_shared<feed_follower_actor>(spawn_follower(
        system_, theatre_.feed, [tell = std::move(tell), watch = mail_watch_](const auto& event) {
          if (event.what.kind == "mail.delivered") watch->ring();
          tell({event.sequence, [&event] { return line_of(event); }});
        }));
    return {follower.get(),
            [follower](void*) { caf::anon_send_exit(*follower, caf::exit_reason::user_shutdown); }};
  }

 private:
  template <class T>
  void share(const std::shared_ptr<shared_round<T>>& round, const reply<T>& done) {
    send_errand(
        clerk_, [round, done](clerk_pointer clerk) { round->ask_for(clerk, done); }, done);
  }

  /// Asks `whom`, if there is a place left for `done`.
  template <class Answer, class T, class Handle, class Request>
  void question(turnstile& places, reply<T> done, const Handle& whom, duration_ms patience,
                Request what, errc silence) {
    const auto admitted = places.admit(std::move(done));
    if (!admitted) return;
    send_errand(
        clerk_,
        [whom, patience, what = std::move(what), admitted, silence](clerk_pointer clerk) {
          ask_for_reply<Answer>(clerk, whom, patience, what, admitted, silence);
        },
        admitted);
  }

  template <class Answer, class Request>
  void read(Request what, reply<Answer> done) {
    question<Answer>(reads_, std::move(done), theatre_.store, options_.store.patience_ms,
                     std::move(what), errc::store_unavailable);
  }

  caf::actor_system& system_;
  const theatre theatre_;
  const theatre_options options_;
  /// Together they bound the open questions of the clerk, and each what one actor is asked.
  turnstile purchases_, reads_, seat_reads_, feed_reads_, cancellations_, mail_waiters_,
      chaos_orders_;
  /// Shared with what is under way on the clerk, which may outlive this.
  const std::shared_ptr<mail_watch> mail_watch_;
  const std::shared_ptr<shared_round<health_view>> health_;
  const std::shared_ptr<shared_round<std::vector<event_view>>> events_;
  const std::array<std::shared_ptr<shared_round<chaos_table>>, 3> chaos_states_;  ///< by service
  const caf::actor clerk_;
};

}  // namespace

std::unique_ptr<front_desk> make_caf_front_desk(caf::actor_system& system, const theatre& actors,
                                                const theatre_options& options,
                                                const front_desk_limits& limits) {
  return std::make_unique<caf_front_desk>(system, actors, options, limits);
}

}  // namespace taquilla::gateway
