#include "simulation/world/client.hpp"

#include "actors/errors.hpp"
#include "simulation/world/hall.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace taquilla::simulation {

purchase_order order_of(const operation& what) {
  purchase_order order;
  const auto where = parse_place(what.seat).value();  // a plan has no other
  order.event = where.event;
  order.seat = where.seat;
  order.email = email_of(what.buyer);
  order.amount = money{what.cents};
  order.idempotency_key = what.key;
  return order;
}

namespace {

class client_state {
 public:
  static inline const char* name = "client";
  using pointer = client_actor::stateful_pointer<client_state>;
  explicit client_state(pointer self) : self_(self) {}

  client_actor::behavior_type start(desk_actor desk, people_port* port) {
    desk_ = std::move(desk);
    port_ = port;
    return {[this](const do_operation& todo) {
      switch (todo.what.what) {
        case operation::kind::buy:
          return buy(todo);
        case operation::kind::cancel:
          return cancel(todo);
      }
    }};
  }

 private:
  void buy(const do_operation& todo) {
    auto number = todo.number;
    self_->request(desk_, patience(todo), order_of(todo.what))
        .then(
            [this, number](const purchase_accepted& yes) {
              port_->on_answer(number, yes.id, yes.replayed, reservation_state::confirmed);
            },
            [this, number](const caf::error& e) { failed(number, e); });
  }

  void cancel(const do_operation& todo) {
    auto number = todo.number;
    self_->request(desk_, patience(todo), cancel_reservation{todo.target})
        .then([this, number](
                  const reservation& now) { port_->on_answer(number, now.id, false, now.state); },
              [this, number](const caf::error& e) { failed(number, e); });
  }

  void failed(std::uint64_t number, const caf::error& e) {
    if (e.category() == caf::atom("taquilla"))
      port_->on_refusal(number, as_error(e, errc::internal_error));
    else
      port_->on_silence(number);
  }

  static std::chrono::milliseconds patience(const do_operation& todo) {
    return std::chrono::milliseconds{todo.what.patience_ms};
  }

  pointer self_;
  desk_actor desk_;
  people_port* port_ = nullptr;
};

class operator_state {
 public:
  static inline const char* name = "operator";
  using pointer = operator_actor::stateful_pointer<operator_state>;
  explicit operator_state(pointer self) : self_(self) {}

  operator_actor::behavior_type start(const theatre& house, people_port* port) {
    house_ = house;
    port_ = port;
    return {[this](const start_theatre&) { open(); }, [this](const play_chaos& c) { play(c.what); },
            [this](const look_around&) { look(); }, [this](const stop_theatre&) { drain(); }};
  }

 private:
  static constexpr std::chrono::seconds start_patience{60};
  static constexpr std::chrono::seconds chaos_patience{30};
  static constexpr std::chrono::seconds look_patience{5};
  static constexpr duration_ms drain_limit_ms = 10'000;  // as the real one
  static constexpr std::chrono::seconds drain_patience{13}, stop_patience{30};

  void open() {
    self_->request(house_.supervisor, start_patience, start_children{})
        .then([this](const children_started&) { port_->on_started(true, {}); },
              [this](const caf::error& e) { port_->on_started(false, caf::to_string(e)); });
  }

  // What src/app/serve.cpp does at a signal, in its order.
  void drain() {
    self_->request(house_.desk, drain_patience, drain_desk{drain_limit_ms})
        .then([this](const desk_drained&) { close(); }, [this](const caf::error&) { close(); });
  }

  void close() {
    self_->request(house_.supervisor, stop_patience, stop_children{})
        .then([this](const children_stopped&) { port_->on_stopped(); },
              [this](const caf::error&) { port_->on_stopped(); });
  }

  void play(const set_chaos& what) {
    self_->request(house_.supervisor, chaos_patience, what)
        .then([](const chaos_report&) {}, [](const caf::error&) {});
  }

  /// One look at a time: two that overlap may both have asked the store before it changed.
  void look() {
    if (!std::exchange(looking_, true)) ask_store();
  }

  void tell(const rest_report& report) {
    looking_ = false;
    port_->on_rest_report(report);
  }

  void ask_store() {
    auto report = std::make_shared<rest_report>();
    self_->request(house_.store, look_patience, count_everything{wall_ms{1} << 50})
        .then(
            [this, report](const store_counts& counts) {
              report->counts = counts;
              const bool busy = counts.pending + counts.settlements_due + counts.outbox_due != 0;
              if (!busy) return ask_inventory(report);
              report->known = rest_report::part::the_store;
              tell(*report);
            },
            [this, report](const caf::error&) { tell(*report); });
  }

  void ask_inventory(std::shared_ptr<rest_report> report) {
    self_->request(house_.inventory, look_patience, list_events{})
        .then(
            [this, report](const event_list& events) {
              for (const auto& e : events.events) report->held += e.held;
              ask_hall(report, both_halls());
            },
            [this, report](const caf::error&) { tell(*report); });
  }

  void ask_hall(std::shared_ptr<rest_report> report, venue of) {
    if (of.empty()) return ask_owners(report);
    const auto event = of.back().id;
    of.pop_back();
    self_->request(house_.inventory, look_patience, list_seats{event, {}, 1000})
        .then(
            [this, report, event, of](const seat_page& page) {
              for (const auto& line : page.seats)
                report->hall.push_back({name_of_place(event, line.seat), line.state});
              ask_hall(report, of);
            },
            [this, report](const caf::error&) { tell(*report); });
  }

  void ask_owners(std::shared_ptr<rest_report> report) {
    self_->request(house_.store, look_patience, live_seats{0, 1000})
        .then(
            [this, report](const live_seats_page& page) {
              report->hall_true = shows_truth(report->hall, page);
              ask_desk(report);
            },
            [this, report](const caf::error&) { tell(*report); });
  }

  static bool shows_truth(const std::vector<shown_seat>& hall, const live_seats_page& page) {
    return std::all_of(hall.begin(), hall.end(), [&](const shown_seat& shown) {
      const bool sold =
          std::any_of(page.seats.begin(), page.seats.end(), [&](const live_seat& owned) {
            return owned.confirmed && name_of_place(owned.event, owned.seat) == shown.seat;
          });
      return shown.state == (sold ? seat_state::sold : seat_state::free);
    });
  }

  void ask_desk(std::shared_ptr<rest_report> report) {
    self_->request(house_.desk, look_patience, report_desk{})
        .then(
            [this, report](const desk_report& desk) {
              report->in_flight = desk.in_flight;
              ask_supervisor(report);
            },
            [this, report](const caf::error&) { tell(*report); });
  }

  void ask_supervisor(std::shared_ptr<rest_report> report) {
    self_->request(house_.supervisor, look_patience, report_health{})
        .then(
            [this, report](const health_report& health) {
              for (const auto& child : health.children)
                if (child.state != "up") report->not_up += ", " + child.name + " is " + child.state;
              report->known = rest_report::part::all;
              tell(*report);
            },
            [this, report](const caf::error&) { tell(*report); });
  }

  pointer self_;
  theatre house_;
  people_port* port_ = nullptr;
  bool looking_ = false;
};

}  // namespace

client_actor spawn_client(caf::actor_system& system, desk_actor desk, people_port& port) {
  return system.spawn([](client_state::pointer self, desk_actor d,
                         people_port* p) { return self->state.start(std::move(d), p); },
                      std::move(desk), &port);
}

operator_actor spawn_operator(caf::actor_system& system, const theatre& house, people_port& port) {
  return system.spawn([](operator_state::pointer self, const theatre& h,
                         people_port* p) { return self->state.start(h, p); },
                      house, &port);
}

}  // namespace taquilla::simulation
