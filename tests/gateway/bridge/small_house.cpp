#include "small_house.hpp"

#include "actors/errors.hpp"

#include <utility>

namespace taquilla::gateway::testing {

struct deed {
  std::function<void()> what;
};

}  // namespace taquilla::gateway::testing

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(taquilla::gateway::testing::deed)

namespace taquilla::gateway::testing {

namespace {

using caf::behavior;
using caf::event_based_actor;
using books_ptr = std::shared_ptr<house_books>;

/// A promise can be kept on its actor's turn only.
kept_question later_on(event_based_actor* self, std::function<void()> answer,
                       std::function<void()> fail) {
  const auto on_turn = [me = caf::actor{self}](std::function<void()> what) {
    return [me, what = std::move(what)] { caf::anon_send(me, deed{what}); };
  };
  return {on_turn(std::move(answer)), on_turn(std::move(fail))};
}

template <class Answer>
caf::result<Answer> keep(event_based_actor* self, std::deque<kept_question>& where) {
  auto promise = self->make_response_promise<Answer>();
  where.push_back(later_on(
      self, [promise]() mutable { promise.deliver(Answer{}); },
      [promise]() mutable { promise.deliver(caf::make_error(caf::sec::runtime_error)); }));
  return promise;
}

behavior store(event_based_actor* self, books_ptr books) {
  return {[](const deed& kept) { kept.what(); },
          [=](const list_reservations&) -> caf::result<reservations> {
            ++books->listings;
            if (!books->store_answers) return keep<reservations>(self, books->kept_by_store);
            return reservations{};
          },
          [=](const list_mailbox&) -> caf::result<mails> {
            ++books->mailbox_looks;
            if (!books->store_answers) return keep<mails>(self, books->kept_by_store);
            return mails{books->mailbox, 0, ""};
          },
          [=](const count_everything&) -> caf::result<store_counts> {
            ++books->counts;
            if (!books->store_answers) return keep<store_counts>(self, books->kept_by_store);
            return store_counts{};
          }};
}

behavior reservation_desk(event_based_actor* self, books_ptr books) {
  return {[=](const purchase_order&) {
            ++books->purchases;
            return keep<purchase_accepted>(self, books->kept_by_desk);
          },
          [=](const cancel_reservation&) {
            ++books->cancellations;
            return keep<reservation>(self, books->kept_by_desk);
          },
          [](const deed& kept) { kept.what(); },
          [=](const report_desk&) -> caf::result<desk_report> {
            if (!books->desk_reports) return keep<desk_report>(self, books->kept_by_desk);
            desk_report out;
            out.draining = books->draining;
            return out;
          }};
}

behavior inventory(event_based_actor* self, books_ptr books) {
  return {[](const deed& kept) { kept.what(); },
          [=](const list_seats&) -> caf::result<seat_page> {
            ++books->seat_pages;
            if (!books->inventory_answers) return keep<seat_page>(self, books->kept_by_inventory);
            return seat_page{};
          },
          [=](const list_events&) -> caf::result<event_list> {
            ++books->event_lists;
            if (!books->inventory_answers) return keep<event_list>(self, books->kept_by_inventory);
            return event_list{{{"EVT-001", "Noche de estreno", 10, 0, 1}}};
          }};
}

behavior supervisor(event_based_actor* self, books_ptr books) {
  return {[](const deed& kept) { kept.what(); },
          [](const report_health&) {
            return health_report{{}, true};
          },
          [=](const set_chaos& order) {
            books->orders.push_back(order.service + ' ' + order.kind);
            return keep<chaos_report>(self, books->kept_by_supervisor);
          },
          [=](const show_chaos&) {
            ++books->chaos_looks;
            return keep<chaos_report>(self, books->kept_by_supervisor);
          }};
}

behavior feed(event_based_actor* self, books_ptr books) {
  return {[=](const happened& what) {
            books->told.push_back(what.kind);
            for (const auto& one : books->followers) self->send(one, feed_page{{{1, 0, what}}});
          },
          [=](const read_feed&) {
            ++books->feed_reads;
            return feed_page{};
          },
          [=](const follow_feed& who) { books->followers = {who.follower}; }};
}

}  // namespace

small_house::small_house(const front_desk_limits& limits, const theatre_options& options) {
  auto& system = stage.system();
  theatre house;
  house.store = caf::actor_cast<store_actor>(system.spawn(store, books));
  house.desk = caf::actor_cast<desk_actor>(system.spawn(reservation_desk, books));
  house.supervisor = caf::actor_cast<supervisor_actor>(system.spawn(supervisor, books));
  house.inventory = caf::actor_cast<inventory_actor>(system.spawn(inventory, books));
  event_feed = caf::actor_cast<event_feed_actor>(system.spawn(feed, books));
  house.feed = event_feed;
  desk = make_caf_front_desk(system, house, options, limits);
  following = desk->follow_feed([](const feed_news&) {});
  settle();
}

small_house::~small_house() {
  following = nullptr;
  desk = nullptr;
  settle();
  *books = {};
}

void small_house::deliver_mail(bool heard) {
  books->mailbox.push_back({});
  if (!heard) return;
  for (const auto& one : books->followers)
    caf::anon_send(one,
                   feed_page{{{1, 0, {"mail.delivered", "notification", 1, "1-confirmed", {}}}}});
}

}  // namespace taquilla::gateway::testing
