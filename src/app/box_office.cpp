#include "app/box_office.hpp"

#include "actors/errors.hpp"
#include "actors/theatre.hpp"
#include "app/bind_trouble.hpp"
#include "app/log_follower.hpp"
#include "app/platform.hpp"
#include "app/scheduler.hpp"
#include "gateway/bridge/caf_front_desk.hpp"
#include "gateway/bridge/gateway_actor.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <mutex>
#include <utility>

namespace taquilla::app {

namespace {

using std::chrono::milliseconds;

constexpr duration_ms quick_ms = 3'000;
// The SUPERVISOR starts and stops its children one after the other; there are fewer than these.
constexpr duration_ms children_max = 16;

struct system_config : caf::actor_system_config {
  system_config() {
    use_box_office_scheduler(*this);
    // STORE and the GATEWAY's I/O have threads of their own: the actors get what is left. More
    // workers than that wake each other for nearly every message, and then wait for a core.
    set("scheduler.max-threads", std::max<std::size_t>(1, platform::processors() / 2));
    set("scheduler.max-throughput", std::size_t{100});
  }
};

wall_clock wall_of(caf::actor_system& system) {
  const auto now =
      std::chrono::duration_cast<milliseconds>(system.clock().now().time_since_epoch());
  return {platform::wall_now_ms() - now.count()};
}

/// Asks from outside the actors and waits for the answer.
template <class Answer, class Handle, class Request>
result<Answer> ask_and_wait(caf::actor_system& system, const Handle& whom, milliseconds patience,
                            Request what) {
  caf::scoped_actor self{system};
  result<Answer> out{errc::deadline_expired};
  self->request(whom, patience, std::move(what))
      .receive([&](const Answer& answer) { out = answer; },
               [&](const caf::error& why) { out = as_error(why, errc::deadline_expired); });
  return out;
}

/// What the incarnations of the GATEWAY and the main thread tell each other.
struct listener_board {
  std::mutex lock;
  gateway::http_server_options server;  ///< after the first bind: with the ports that were picked
  std::optional<gateway::bind_failure> failure;
  caf::actor_addr gateway;  ///< its latest incarnation
};

}  // namespace

duration_ms start_limit_ms(const settings& all) {
  return children_max * all.theatre.supervisor.ready_patience_ms + quick_ms;
}

duration_ms stop_limit_ms(const settings& all) {
  return all.drain_limit_ms + children_max * all.theatre.supervisor.stop_grace_ms + quick_ms;
}

struct box_office::running {
  explicit running(box_office_parts given) : parts(std::move(given)), system(config) {}

  child_spec gateway_child();

  box_office_parts parts;
  system_config config;
  caf::actor_system system;
  std::shared_ptr<listener_board> board = std::make_shared<listener_board>();
  /// Shared with the GATEWAY's starter, which needs the supervisor that is built after it.
  std::shared_ptr<theatre> house = std::make_shared<theatre>();
  caf::actor follower;
  bool stopped = false;
};

child_spec box_office::running::gateway_child() {
  gateway::gateway_parts gate;
  gate.application = parts.all.gateway;
  gate.application.version = parts.version;
  gate.application.monotonic_ms = platform::monotonic_ms;
  gate.application.process = platform::cost_of_process;
  gate.application.wall_ms = platform::wall_now_ms;
  gate.drain_limit = milliseconds{parts.all.drain_limit_ms};
  gate.on_bound = [board = board](const gateway::http_server& server) {
    const std::lock_guard<std::mutex> hold{board->lock};
    for (std::size_t i = 0; i < gateway::listener_count; ++i)
      board->server.ports[i] = server.port(static_cast<gateway::listener>(i));
  };
  gate.on_bind_failure = [board = board](const gateway::bind_failure& failure) {
    const std::lock_guard<std::mutex> hold{board->lock};
    board->failure = failure;
  };
  gate.on_full_house = [book = parts.book](std::uint64_t turned_away, std::size_t connected) {
    log_line line;
    line.at = platform::wall_now_ms();
    line.level = log_level::warn;
    line.service = "gateway";
    line.kind = "clients.turned_away";
    line.detail = std::to_string(turned_away) + " beside " + std::to_string(connected) +
                  " that are connected: no place is left for them (gateway.http.connections, "
                  "connections_per_peer), or no descriptor";
    book->write(line);
  };
  const auto start = [gate, board = board, house = house,
                      options = parts.all.theatre](caf::actor_system& system) {
    auto fresh = gate;
    // Of this incarnation: it counts its requests from 1 again.
    fresh.application.start_nonce = std::to_string(platform::entropy() % 1'000'000'000'000);
    fresh.desk = gateway::make_caf_front_desk(system, *house, options, gate.application.desk);
    {
      const std::lock_guard<std::mutex> hold{board->lock};
      fresh.server = board->server;
    }
    auto child = caf::actor_cast<caf::actor>(gateway::spawn_gateway(system, std::move(fresh)));
    const std::lock_guard<std::mutex> hold{board->lock};
    board->gateway = child.address();
    return child;
  };
  return {"gateway", start, {}, false, true};
}

box_office::box_office(box_office_parts parts)
    : running_(std::make_unique<running>(std::move(parts))) {
  auto& r = *running_;
  r.board->server = r.parts.all.http;
  r.board->server.wall_ms = platform::wall_now_ms;
  for (auto& port : r.board->server.ports)
    if (port != 0) port = static_cast<std::uint16_t>(port + r.parts.all.port_offset);
  theatre_parts house;
  house.options = r.parts.all.theatre;
  house.plan = r.parts.plan;
  house.base = r.parts.base;
  house.wall = wall_of(r.system);
  house.seed = platform::entropy();
  house.transport = r.parts.transport;
  house.on_fatal = r.parts.on_fatal;
  *r.house = build_theatre(r.system, std::move(house),
                           [&r](const theatre&) { return std::vector{r.gateway_child()}; });
}

box_office::~box_office() { stop(); }

std::optional<trouble> box_office::start() {
  auto& r = *running_;
  const auto started = ask_and_wait<children_started>(
      r.system, r.house->supervisor, milliseconds{start_limit_ms(r.parts.all)}, start_children{});
  if (started) return {};
  const std::lock_guard<std::mutex> hold{r.board->lock};
  if (r.board->failure) return bind_trouble(*r.board->failure, r.parts.all);
  return trouble{"E070",
                 "the box office cannot start: " + started.failure().detail,
                 {},
                 exit_code::cannot_start};
}

void box_office::log_events() {
  auto& r = *running_;
  r.follower = spawn_log_follower(r.system, r.house->feed, *r.parts.book, r.parts.all.log);
}

std::array<std::uint16_t, gateway::listener_count> box_office::ports() const {
  const std::lock_guard<std::mutex> hold{running_->board->lock};
  std::array<std::uint16_t, gateway::listener_count> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = running_->board->server.ports[i];
  return out;
}

std::uint64_t box_office::live_reservations() const {
  const auto events = ask_and_wait<event_list>(running_->system, running_->house->inventory,
                                               milliseconds{quick_ms}, list_events{});
  std::uint64_t sold = 0;
  if (events)
    for (const auto& event : events->events) sold += event.sold;
  return sold;
}

std::optional<std::uint64_t> box_office::drain() {
  auto& r = *running_;
  {
    const std::lock_guard<std::mutex> hold{r.board->lock};
    if (const auto door = caf::actor_cast<caf::actor>(r.board->gateway))
      caf::anon_send(door, gateway::stop_accepting{});
  }
  const auto limit = r.parts.all.drain_limit_ms;
  const auto drained = ask_and_wait<desk_drained>(
      r.system, r.house->desk, milliseconds{limit + quick_ms}, drain_desk{limit});
  if (!drained) return std::nullopt;
  return drained->left;
}

void box_office::stop() {
  auto& r = *running_;
  if (std::exchange(r.stopped, true)) return;
  ask_and_wait<children_stopped>(r.system, r.house->supervisor,
                                 milliseconds{stop_limit_ms(r.parts.all)}, stop_children{});
  end_theatre(*r.house);
  if (r.follower) end_log_follower(std::exchange(r.follower, nullptr));
}

}  // namespace taquilla::app
