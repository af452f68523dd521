#include "actors/theatre.hpp"

#include "actors/door.hpp"
#include "actors/event_feed.hpp"
#include "actors/inventory.hpp"
#include "actors/mail_relay.hpp"
#include "actors/payment.hpp"
#include "actors/reservation_desk.hpp"
#include "actors/settlement.hpp"
#include "actors/store.hpp"
#include "actors/supervisor.hpp"
#include "policies/keyed_hash.hpp"

#include <caf/all.hpp>

#include <utility>

namespace taquilla {

namespace {

/// All doors exist before anybody behind them, so that every child can be given every handle.
struct doors {
  entrance feed, inventory, payment, notification, settlement, mail_relay, desk;
};

entrance open_for(caf::actor_system& system, const theatre_parts& parts, const std::string& service,
                  errc unavailable, victim_finder victims, const event_feed_actor& feed) {
  door_options options;
  options.service = service;
  options.unavailable = unavailable;
  options.find_victim = std::move(victims);
  options.seed = keyed_hash(parts.seed, text_key(service), 0, 0);
  return spawn_door(system, std::move(options), parts.wall, feed);
}

doors build_doors(caf::actor_system& system, const theatre_parts& parts) {
  doors d;
  d.feed = open_for(system, parts, "event_feed", errc::internal_error, {}, {});
  const auto door = [&](const char* service, errc unavailable, victim_finder victims) {
    return open_for(system, parts, service, unavailable, std::move(victims),
                    caf::actor_cast<event_feed_actor>(d.feed.way));
  };
  d.inventory = door("inventory", errc::inventory_unavailable, inventory_victim);
  d.payment = door("payment", errc::payment_unavailable, payment_victim);
  d.notification = door("notification", errc::notification_unavailable, notification_victim);
  d.settlement = door("settlement", errc::internal_error, {});
  d.mail_relay = door("mail_relay", errc::internal_error, {});
  d.desk = door("reservation_desk", errc::overloaded, {});
  return d;
}

theatre handles_of(const doors& d, store_actor store) {
  theatre t;
  t.store = std::move(store);
  t.desk = caf::actor_cast<desk_actor>(d.desk.way);
  t.inventory = caf::actor_cast<inventory_actor>(d.inventory.way);
  t.payment = caf::actor_cast<payment_actor>(d.payment.way);
  t.notification = caf::actor_cast<notification_actor>(d.notification.way);
  t.feed = caf::actor_cast<event_feed_actor>(d.feed.way);
  t.doors = {d.feed, d.inventory, d.payment, d.notification, d.settlement, d.mail_relay, d.desk};
  return t;
}

reservation_world world_of(const theatre_parts& parts, const theatre& t, const doors& d,
                           wall_ms started_at) {
  reservation_world world;
  world.options = parts.options;
  world.wall = parts.wall;
  world.started_at = started_at;
  world.inventory = t.inventory;
  world.payment = t.payment;
  world.store = t.store;
  world.settlement = caf::actor_cast<relay_actor>(d.settlement.way);
  world.mail_relay = caf::actor_cast<relay_actor>(d.mail_relay.way);
  world.feed = t.feed;
  return world;
}

template <class Spawn>
child_spec child_of(std::string name, const entrance& at, Spawn spawn) {
  return {std::move(name),
          [spawn](caf::actor_system& system) { return caf::actor_cast<caf::actor>(spawn(system)); },
          at.door, false, false};
}

std::vector<child_spec> children_of(const theatre_parts& parts, const theatre& t, const doors& d,
                                    const reservation_world& world) {
  const auto& o = parts.options;
  const auto patience = o.store.patience_ms;
  const auto wall = parts.wall;
  const auto seed = parts.seed;
  const auto store = t.store;
  std::vector<child_spec> out;
  out.push_back({"store",
                 [store](caf::actor_system&) { return caf::actor_cast<caf::actor>(store); },
                 {},
                 true,
                 true});
  out.push_back(child_of("event_feed", d.feed, [=](caf::actor_system& s) {
    return spawn_event_feed(s, o.event_feed, wall);
  }));
  out.push_back(child_of("inventory", d.inventory, [=, plan = parts.plan](caf::actor_system& s) {
    return spawn_inventory(s, plan, o.inventory, store, patience);
  }));
  out.push_back(child_of("payment", d.payment,
                         [=](caf::actor_system& s) { return spawn_payment(s, store, wall); }));
  out.push_back(child_of("notification", d.notification,
                         [=, transport = parts.transport](caf::actor_system& s) {
                           return spawn_notification(s, store, patience, wall, transport);
                         }));
  out.push_back(
      child_of("settlement", d.settlement, [=, payment = t.payment](caf::actor_system& s) {
        return spawn_settlement(s, o.settlement, patience, store, payment, wall, seed);
      }));
  out.push_back(child_of("mail_relay", d.mail_relay,
                         [=, notification = t.notification, feed = t.feed](caf::actor_system& s) {
                           return spawn_mail_relay(s, o.notification, patience, store, notification,
                                                   feed, wall, seed);
                         }));
  out.push_back(child_of("reservation_desk", d.desk, [world](caf::actor_system& s) {
    return spawn_reservation_desk(s, world);
  }));
  out.back().essential = true;
  return out;
}

}  // namespace

theatre build_theatre(caf::actor_system& system, theatre_parts parts,
                      const std::function<std::vector<child_spec>(const theatre&)>& more) {
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(system.clock().now().time_since_epoch())
          .count();
  const auto d = build_doors(system, parts);
  auto t = handles_of(
      d, spawn_store(system, parts.base, parts.options.store, parts.store_has_own_thread));
  supervisor_parts s;
  s.options = parts.options.supervisor;
  s.wall = parts.wall;
  s.children = children_of(parts, t, d, world_of(parts, t, d, parts.wall.at(now)));
  const auto listens = [&s](const entrance& listener, const char* service) {
    s.heal_listeners[service].push_back(caf::actor_cast<heal_listener_actor>(listener.way));
  };
  listens(d.desk, "inventory");
  listens(d.desk, "payment");
  listens(d.settlement, "payment");
  listens(d.mail_relay, "notification");
  s.feed = t.feed;
  s.on_fatal = std::move(parts.on_fatal);
  if (more)
    for (auto& spec : more(t)) s.children.push_back(std::move(spec));
  t.supervisor = spawn_supervisor(system, std::move(s));
  return t;
}

void end_theatre(theatre& what) {
  const auto end = [](const auto& handle) {
    if (handle) caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
  };
  end(what.supervisor);
  for (const auto& at : what.doors) {
    end(at.way);
    end(at.door);
  }
  end(what.store);
  what = theatre{};
}

}  // namespace taquilla
