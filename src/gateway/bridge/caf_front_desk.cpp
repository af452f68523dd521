#include "gateway/bridge/caf_front_desk.hpp"

#include "actors/ask.hpp"
#include "gateway/bridge/clerk.hpp"
#include "gateway/bridge/feed_text.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <utility>

namespace taquilla::gateway {

namespace {

constexpr duration_ms quick_ms = 3'000;     ///< questions about what is in memory or one read
constexpr duration_ms margin_ms = 3'000;    ///< what a purchase may take beyond its own deadline
constexpr duration_ms recover_ms = 15'000;  ///< `recover` is answered when the service serves
constexpr duration_ms mail_look_ms = 50;    ///< how often a waiting mailbox is looked into
constexpr duration_ms refollow_ms = 2'000;  ///< a restarted EVENT FEED has forgotten its followers

const char* name_of(service which) {
  static constexpr const char* names[] = {"inventory", "payment", "notification"};
  return names[static_cast<std::size_t>(which)];
}

chaos_table table_of(service which, const chaos_report& report) {
  chaos_table out{which, report.down, {}};
  for (const auto& r : report.active)
    out.active.push_back({r.id, r.kind, r.delay_ms, r.rate_ppm, r.for_ms, r.times, r.touched,
                          r.since, r.last_touched, r.ends_at, r.last_request});
  return out;
}

set_chaos order_of(const chaos_order& o) {
  const bool ends = o.kind == "normal" || o.kind == "enable";
  const auto kind = ends ? "recover" : o.kind == "disable" ? "crash" : o.kind;
  return {name_of(o.target), kind, o.delay_ms, o.rate_ppm, o.for_ms, o.times};
}

feed_follower_actor spawn_follower(caf::actor_system& system, event_feed_actor feed,
                                   std::function<void(const feed_line&)> line) {
  auto follower = system.spawn([feed, line](caf::event_based_actor* self) -> caf::behavior {
    const auto follow = [self, feed] {
      self->send(feed, taquilla::follow_feed{caf::actor_cast<feed_follower_actor>(self)});
      self->delayed_send(self, std::chrono::milliseconds{refollow_ms}, look_again{});
    };
    follow();
    return {[line](const feed_event& event) { line(line_of(event)); },
            [follow](const look_again&) { follow(); }};
  });
  return caf::actor_cast<feed_follower_actor>(follower);
}

class caf_front_desk final : public front_desk {
 public:
  caf_front_desk(caf::actor_system& system, const theatre& house, const theatre_options& options)
      : system_(system),
        house_(house),
        purchase_ms_(options.reservation.deadline_ms + margin_ms),
        clerk_(spawn_clerk(system)) {}
  ~caf_front_desk() override { caf::anon_send_exit(clerk_, caf::exit_reason::user_shutdown); }

  void buy(purchase_order order, reply<purchase_answer> done) override {
    question<purchase_accepted>(
        house_.desk, purchase_ms_, std::move(order), std::move(done),
        [](purchase_accepted& a) {
          return purchase_answer{a.id, a.replayed};
        },
        errc::outcome_unknown);
  }
  void cancel(reservation_id id, reply<reservation> done) override {
    question<reservation>(house_.desk, quick_ms * 2, cancel_reservation{id}, std::move(done),
                          as_is<reservation>, errc::outcome_unknown);
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

  void events(reply<std::vector<event_view>> done) override {
    question<event_list>(
        house_.inventory, quick_ms, list_events{}, std::move(done),
        [](event_list& found) {
          std::vector<event_view> out;
          for (auto& e : found.events) out.push_back({e.id, e.name, e.seats, e.held, e.sold});
          return out;
        },
        errc::inventory_unavailable);
  }
  void seats(std::string event, std::string after, std::uint32_t limit,
             reply<std::vector<seat_view>> done) override {
    question<seat_page>(
        house_.inventory, quick_ms, list_seats{std::move(event), std::move(after), limit},
        std::move(done),
        [](seat_page& page) {
          std::vector<seat_view> out;
          for (auto& s : page.seats) out.push_back({s.seat, s.state, s.held_for_ms});
          return out;
        },
        errc::inventory_unavailable);
  }

  void wait_for_mail(list_mailbox filter, std::int64_t wait_ms, reply<mails> done) override {
    send_errand(clerk_, [this, filter, wait_ms, done](caf::event_based_actor* clerk) {
      look_for_mail(clerk, filter, wait_ms, done);
    });
  }

  void chaos(chaos_order order, reply<chaos_table> done) override {
    question<chaos_report>(
        house_.supervisor, recover_ms, order_of(order), std::move(done),
        [target = order.target](chaos_report& r) { return table_of(target, r); },
        errc::internal_error);
  }
  void chaos_state(service target, reply<chaos_table> done) override {
    question<chaos_report>(
        house_.supervisor, quick_ms, show_chaos{name_of(target)}, std::move(done),
        [target](chaos_report& r) { return table_of(target, r); }, errc::internal_error);
  }

  void health(reply<health_view> done) override;

  void feed(std::uint64_t after, std::uint32_t limit, reply<std::vector<feed_line>> done) override {
    question<feed_page>(
        house_.feed, quick_ms, read_feed{after, limit}, std::move(done),
        [](feed_page& page) {
          std::vector<feed_line> out;
          for (auto& event : page.events) out.push_back(line_of(event));
          return out;
        },
        errc::internal_error);
  }
  std::shared_ptr<void> follow_feed(std::function<void(const feed_line&)> line) override {
    auto follower = std::make_shared<feed_follower_actor>(
        spawn_follower(system_, house_.feed, std::move(line)));
    return {follower.get(),
            [follower](void*) { caf::anon_send_exit(*follower, caf::exit_reason::user_shutdown); }};
  }

 private:
  template <class T>
  static T as_is(T& answer) {
    return std::move(answer);
  }

  /// One request of the clerk: `shape` turns the actor's answer into the port's.
  template <class Answer, class Handle, class Request, class Reply, class Shape>
  void question(const Handle& whom, duration_ms patience, Request what, Reply done, Shape shape,
                errc silence) {
    send_errand(clerk_, [whom, patience, what = std::move(what), done = std::move(done), shape,
                         silence](caf::event_based_actor* clerk) {
      ask<Answer>(
          clerk, whom, patience, what, [done, shape](Answer& answer) { done(shape(answer)); },
          [done](const error& why) { done(why); }, silence);
    });
  }

  template <class Answer, class Request>
  void read(Request what, reply<Answer> done) {
    question<Answer>(house_.store, quick_ms, std::move(what), std::move(done), as_is<Answer>,
                     errc::store_unavailable);
  }

  void look_for_mail(caf::event_based_actor* clerk, const list_mailbox& filter,
                     std::int64_t left_ms, const reply<mails>& done) {
    ask<mails>(
        clerk, house_.store, quick_ms, filter,
        [=](mails& found) {
          if (!found.list.empty() || left_ms <= 0) return done(std::move(found));
          send_errand_later(clerk, mail_look_ms, [=](caf::event_based_actor* again) {
            look_for_mail(again, filter, left_ms - mail_look_ms, done);
          });
        },
        [done](const error& why) { done(why); }, errc::store_unavailable);
  }

  caf::actor_system& system_;
  theatre house_;
  duration_ms purchase_ms_;
  caf::actor clerk_;
};

/// Three actors know a part each; whoever does not answer is reported as what he is: not well.
void caf_front_desk::health(reply<health_view> done) {
  auto view = std::make_shared<health_view>();
  const auto house = house_;
  send_errand(clerk_, [=](caf::event_based_actor* clerk) {
    const auto with_store = [=] {
      ask<store_counts>(
          clerk, house.store, quick_ms, count_everything{instant_never},
          [=](const store_counts& counts) {
            view->store = counts;
            done(std::move(*view));
          },
          [=](const error&) {
            view->ready = false;
            done(std::move(*view));
          },
          errc::store_unavailable);
    };
    const auto with_desk = [=] {
      ask<desk_report>(
          clerk, house.desk, quick_ms, report_desk{},
          [=](const desk_report& r) {
            view->purchases_in_flight = r.in_flight;
            view->retry_tokens_milli = static_cast<std::uint64_t>(r.tokens_milli);
            view->draining = r.draining;
            view->breaker = {
                r.breaker_state, r.consecutive, r.trips, r.rejected, r.retry_after_ms, 0, {}};
            for (const auto& turn : r.breaker_turns)
              view->breaker.turns.push_back({turn.to, turn.cause, turn.count});
            with_store();
          },
          [=](const error&) {
            view->ready = false;
            with_store();
          },
          errc::overloaded);
    };
    ask<health_report>(
        clerk, house.supervisor, quick_ms, report_health{},
        [=](const health_report& report) {
          view->ready = report.ready;
          for (const auto& c : report.children)
            view->parts.push_back({c.name, c.state, c.since, c.reason, c.restarts});
          with_desk();
        },
        [=](const error& why) { done(why); }, errc::internal_error);
  });
}

}  // namespace

std::unique_ptr<front_desk> make_caf_front_desk(caf::actor_system& system, const theatre& house,
                                                const theatre_options& options) {
  return std::make_unique<caf_front_desk>(system, house, options);
}

}  // namespace taquilla::gateway
