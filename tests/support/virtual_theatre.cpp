#include "support/virtual_theatre.hpp"

#include "actors/ask.hpp"
#include "actors/supervisor.hpp"
#include "actors/theatre.hpp"
#include "store/audit.hpp"
#include "support/virtual_stage.hpp"

#include <caf/all.hpp>

#include <stdexcept>
#include <utility>

namespace taquilla::testing {

namespace {

constexpr duration_ms buyer_patience_ms =
    120'000;  ///< far longer than any promise of the box office

/// A child that stays when it is asked to leave, and one that never says that it is ready.
using awkward_actor = caf::typed_actor<caf::replies_to<report_ready>::with<child_ready>>;

awkward_actor::behavior_type stubborn(awkward_actor::pointer self) {
  self->set_exit_handler([](caf::exit_msg&) {});
  return {[](const report_ready&) { return child_ready{}; }};
}

struct mute_state {
  static inline const char* name = "mute";
};
awkward_actor::behavior_type mute(awkward_actor::stateful_pointer<mute_state> self) {
  return {[self](const report_ready&) -> caf::result<child_ready> {
    return self->make_response_promise<child_ready>();
  }};
}

class function_transport final : public mail_transport {
 public:
  explicit function_transport(send_function send) : send_(std::move(send)) {}
  void send(const mail& what, std::function<void(error)> done) override { send_(what, done); }

 private:
  send_function send_;
};

std::shared_ptr<database> empty_store() {
  auto opened = open_sqlite({});
  if (!opened) throw std::runtime_error(opened.failure().detail);
  return std::shared_ptr<database>{std::move(*opened)};
}

std::shared_ptr<const venue> small_venue() {
  return std::make_shared<const venue>(
      venue{{"EVT-001", "Concierto", {"A", "B"}, 40}, {"EVT-002", "Teatro", {"A"}, 5}});
}

chaos_seen seen(const chaos_report& report) {
  chaos_seen out{report.down, {}};
  for (const auto& r : report.active)
    out.active.push_back({r.id, r.kind, r.last_request, r.touched, r.times, r.delay_ms, r.for_ms,
                          r.rate_ppm, r.since, r.last_touched, r.ends_at});
  return out;
}

}  // namespace

struct virtual_theatre::inside {
  explicit inside(theatre_setting s)
      : setting(std::move(s)),
        truth(setting.base ? setting.base : empty_store()),
        stage(setting.seed) {
    if (setting.transport) transport = std::make_unique<function_transport>(setting.transport);
    wall.offset_ms = setting.today - stage.now_ms();
    theatre_parts parts;
    parts.options = setting.options;
    parts.plan = small_venue();
    parts.base = setting.wrap ? setting.wrap(truth) : truth;
    parts.store_has_own_thread = false;
    parts.wall = wall;
    parts.seed = 7;
    parts.transport = transport.get();
    parts.on_fatal = [this](const std::string& why) { fatal += why; };
    house = build_theatre(stage.system(), std::move(parts),
                          [this](const theatre&) { return awkward(); });
    started = ask<children_started, done>(house.supervisor, start_children{},
                                          [](children_started&) { return done{}; });
    stage.settle();
  }

  ~inside() { end_theatre(house); }

  std::vector<child_spec> awkward() const {
    std::vector<child_spec> out;
    const auto add = [&out](const char* name, auto body) {
      out.push_back(
          {name,
           [body](caf::actor_system& s) { return caf::actor_cast<caf::actor>(s.spawn(body)); },
           {},
           false});
    };
    if (setting.stubborn_child) add("stubborn", stubborn);
    if (setting.mute_child) add("mute", mute);
    return out;
  }

  /// Asks as the gateway does: from outside, with patience, and with an answer for every ending.
  template <class Answer, class T, class Handle, class Request, class Translate>
  reply<T> ask(const Handle& whom, Request what, Translate translate) {
    reply<T> out;
    auto box = out.box;
    stage.system().spawn([whom, what, translate, box](caf::event_based_actor* self) {
      taquilla::ask<Answer>(
          self, whom, buyer_patience_ms, what,
          [translate, box](Answer& answer) { *box = result<T>{translate(answer)}; },
          [box](const error& why) { *box = result<T>{why}; }, errc::internal_error);
    });
    return out;
  }

  template <class Answer, class Handle, class Request>
  Answer now(const Handle& whom, Request what) {
    auto answer = ask<Answer, Answer>(whom, std::move(what), [](Answer& a) { return a; });
    stage.settle();
    if (!answer.ok()) throw std::runtime_error("no answer: " + answer.text());
    return answer.value();
  }

  template <class Question>
  auto read(const Question& question) {
    auto found = truth->read(question);
    if (!found) {  // STORE has a transaction open, but for no longer than this
      stage.advance(setting.options.store.commit_delay_ms);
      found = truth->read(question);
    }
    if (!found) throw std::runtime_error(found.failure().detail);
    return std::move(*found);
  }

  theatre_setting setting;
  std::shared_ptr<database> truth;
  std::unique_ptr<function_transport> transport;
  std::string fatal;
  virtual_stage stage;
  wall_clock wall;
  theatre house;
  reply<done> started;
};

virtual_theatre::virtual_theatre(theatre_setting setting)
    : in_(std::make_unique<inside>(std::move(setting))) {}
virtual_theatre::~virtual_theatre() = default;

// -- people -----------------------------------------------------------------------------------

reply<sale> virtual_theatre::buy(const purchase_order& order) {
  return in_->ask<purchase_accepted, sale>(in_->house.desk, order, [](purchase_accepted& a) {
    return sale{a.id, a.replayed};
  });
}

reply<reservation> virtual_theatre::cancel(reservation_id id) {
  return in_->ask<reservation, reservation>(in_->house.desk, cancel_reservation{id},
                                            [](reservation& r) { return r; });
}

reply<chaos_seen> virtual_theatre::chaos(const std::string& service, const std::string& kind,
                                         chaos_wish wish) {
  const auto ppm = static_cast<std::uint32_t>(wish.rate * 1e6 + 0.5);
  set_chaos what{service, kind, wish.delay_ms, ppm, wish.for_ms, wish.times};
  auto answer = in_->ask<chaos_report, chaos_seen>(in_->house.supervisor, what,
                                                   [](chaos_report& r) { return seen(r); });
  settle();
  return answer;
}

reply<chaos_seen> virtual_theatre::show_chaos(const std::string& service) {
  auto answer =
      in_->ask<chaos_report, chaos_seen>(in_->house.supervisor, taquilla::show_chaos{service},
                                         [](chaos_report& r) { return seen(r); });
  settle();
  return answer;
}

reply<std::uint64_t> virtual_theatre::drain(duration_ms limit) {
  return in_->ask<desk_drained, std::uint64_t>(in_->house.desk, drain_desk{limit},
                                               [](desk_drained& d) { return d.left; });
}

reply<done> virtual_theatre::stop() {
  return in_->ask<children_stopped, done>(in_->house.supervisor, stop_children{},
                                          [](children_stopped&) { return done{}; });
}

const reply<done>& virtual_theatre::started() const { return in_->started; }

reply<reservation_id> virtual_theatre::hold(const seat_id& seat, std::uint64_t identity,
                                            std::uint64_t token) {
  return in_->ask<hold_answer, reservation_id>(in_->house.inventory,
                                               hold_seat{"EVT-001", seat, identity, token},
                                               [](hold_answer& a) { return a.yours; });
}

reply<charge_record> virtual_theatre::charge(reservation_id id, money amount) {
  return in_->ask<charge_record, charge_record>(in_->house.payment, charge_card{id, amount, 1},
                                                [](charge_record& c) { return c; });
}

void virtual_theatre::say_crash_is_over(const std::string& service) {
  caf::anon_send(in_->house.supervisor, crash_over{service, 0});
}

// -- time -------------------------------------------------------------------------------------

bool virtual_theatre::step() { return in_->stage.step(); }
void virtual_theatre::settle() { in_->stage.settle(); }
void virtual_theatre::advance(std::int64_t ms) { in_->stage.advance(ms); }
std::int64_t virtual_theatre::now_ms() const { return in_->stage.now_ms(); }
wall_ms virtual_theatre::today() const { return in_->wall.at(now_ms()); }

// -- looking ----------------------------------------------------------------------------------

std::map<std::string, std::string> virtual_theatre::seats() {
  std::map<std::string, std::string> out;
  const auto page = in_->now<seat_page>(in_->house.inventory, list_seats{"EVT-001", {}, 1000});
  for (const auto& line : page.seats)
    if (line.state != seat_state::free) out[to_string(line.seat)] = to_string(line.state);
  return out;
}

reservation virtual_theatre::reservation_of(reservation_id id) {
  return in_->read(find_reservation{id});
}
std::vector<charge_record> virtual_theatre::charges() {
  return in_->read(list_charges{"", 1000, 0}).list;
}
std::vector<mail> virtual_theatre::mailbox() { return in_->read(list_mailbox{"", 1000, ""}).list; }
std::vector<mail> virtual_theatre::outbox() { return in_->read(list_outbox{1000, ""}).list; }
store_counts virtual_theatre::counts() { return in_->read(count_everything{instant_never}); }

std::map<std::string, child_seen> virtual_theatre::health() {
  std::map<std::string, child_seen> out;
  for (const auto& c : in_->now<health_report>(in_->house.supervisor, report_health{}).children)
    out[c.name] = {c.state, c.reason, c.restarts};
  return out;
}

bool virtual_theatre::ready() {
  return in_->now<health_report>(in_->house.supervisor, report_health{}).ready;
}

desk_seen virtual_theatre::desk() {
  const auto r = in_->now<desk_report>(in_->house.desk, report_desk{});
  desk_seen out{r.in_flight,     r.trips,        r.rejected,
                r.consecutive,   r.tokens_milli, r.retry_after_ms,
                r.breaker_state, r.draining,     {}};
  for (const auto& turn : r.breaker_turns)
    out.breaker_turns[turn.to + ": " + turn.cause] = turn.count;
  return out;
}

std::vector<event_seen> virtual_theatre::feed(std::uint64_t after, std::uint32_t limit) {
  std::vector<event_seen> out;
  for (const auto& e : in_->now<feed_page>(in_->house.feed, read_feed{after, limit}).events)
    out.push_back(
        {e.sequence, e.what.kind, e.what.service, e.what.subject, e.what.detail, e.what.id});
  return out;
}

std::map<std::string, int> virtual_theatre::population() const { return in_->stage.population(); }

std::uint64_t virtual_theatre::handled(const std::string& role) const {
  const auto found = in_->stage.activity().find(role);
  return found == in_->stage.activity().end() ? 0 : found->second;
}

std::size_t virtual_theatre::timers() const { return in_->stage.timers(); }
const std::string& virtual_theatre::fatal() const { return in_->fatal; }
std::shared_ptr<database> virtual_theatre::base() const { return in_->truth; }
int virtual_theatre::kill(const std::string& role) { return in_->stage.kill(role); }

// -- rest -------------------------------------------------------------------------------------

std::string virtual_theatre::at_rest() {
  std::string wrong;
  const auto expect_none = [&wrong](std::uint64_t count, const char* what) {
    if (count != 0) wrong += std::to_string(count) + " " + what + "\n";
  };
  const auto c = counts();
  expect_none(c.pending, "pending purchases");
  expect_none(c.settlements_due, "settlements owed");
  expect_none(c.outbox_due, "mails due");
  expect_none(desk().in_flight, "purchases in flight");
  std::map<std::string, std::string> owned;
  for (const auto& s : in_->read(live_seats{}).seats)
    if (s.event == "EVT-001") owned[to_string(s.seat)] = s.confirmed ? "sold" : "held";
  if (const auto shown = seats(); shown != owned) {
    wrong += "INVENTORY and the store disagree:";
    for (const auto& [seat, state] : shown) wrong += " " + seat + " " + state;
    wrong += " but";
    for (const auto& [seat, state] : owned) wrong += " " + seat + " " + state;
    wrong += "\n";
  }
  const auto report = run_audit(*in_->truth, audit_mode::final);
  if (report.unreadable) wrong += report.unreadable->detail + "\n";
  for (const auto& row : report.broken) wrong += row.invariant + ": " + row.detail + "\n";
  const std::map<std::string, int> own{
      {"door", 7},         {"event_feed", 1}, {"inventory", 1},        {"mail_relay", 1},
      {"notification", 1}, {"payment", 1},    {"reservation_desk", 1}, {"settlement", 1},
      {"store", 1},        {"supervisor", 1}};
  for (const auto& [role, count] : population()) {
    const auto known = own.find(role);
    const auto allowed = known == own.end() ? 0 : known->second;
    if (count > allowed) wrong += "leaked: " + std::to_string(count) + " " + role + "\n";
  }
  return wrong;
}

// -- words ------------------------------------------------------------------------------------

purchase_order order(const std::string& seat, const std::string& email) {
  return {"EVT-001", *parse_seat(seat), email, {5000}, {}, {}};
}

std::string timeline_text(const reservation& of) {
  std::string out;
  for (const auto& e : of.timeline) {
    out += e.step + " " + e.detail;
    if (!e.fault.empty()) out += " [" + e.fault + "]";
    out += "\n";
  }
  return out;
}

}  // namespace taquilla::testing
