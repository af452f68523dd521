// What the world sees of its run: every delivery goes past the oracles, and into the trace if one
// is kept.
#include "simulation/world/world.hpp"

#include <caf/all.hpp>

#include <utility>

namespace taquilla::simulation {

namespace {

std::string actor_name(const std::string& role, std::uint32_t incarnation) {
  return role.empty() ? "" : role + "#" + std::to_string(incarnation);
}

}  // namespace

void world::on_delivery(const delivery_view& view) {
  for (auto& o : oracles_) o->on_delivery(view);
  if (!options_.trace) return;
  auto kind = view.element ? trace_event::kind::message : trace_event::kind::start;
  auto text = view.type;
  if (view.element) text += " " + view.element->content().stringify();
  note(kind, actor_name(view.sender, view.sender_incarnation),
       actor_name(view.receiver, view.incarnation), std::move(text));
}

/// The first objection of a run counts.
void world::object(const oracle& who, std::string what) {
  if (what.empty() || !broken_.oracle.empty()) return;
  broken_ = {who.name(), std::move(what), engine_.steps()};
}

void world::on_sending(const sending_view& view) {
  const auto& content = view.element.content();
  if (view.is<desk_drained>() && content.get_as<desk_drained>(0).left > 0)
    reached("left-at-a-stop");
  if (view.is<mails_revived>() && content.get_as<mails_revived>(0).count > 0)
    reached("mails-revived");
  for (auto& o : oracles_) object(*o, o->on_sending(view));
}

void world::on_spawned(const std::string& role, std::uint32_t incarnation, virtual_ns now) {
  for (auto& o : oracles_) object(*o, o->on_spawned(role, incarnation, now));
}

void world::on_backlog(const std::string& role, std::size_t waiting) {
  for (auto& o : oracles_) object(*o, o->on_backlog(role, waiting));
}

void world::on_lost(const std::string& link, virtual_ns) {
  reached("message-lost");
  note(trace_event::kind::lost, "", "", link);
}

void world::on_ended(const std::string& role, std::uint32_t incarnation, virtual_ns) {
  for (auto& o : oracles_) o->on_ended(role, incarnation);
  note(trace_event::kind::ended, "", actor_name(role, incarnation), "ends");
}

void world::note(trace_event::kind what, std::string from, std::string to, std::string text) {
  if (!options_.trace) return;
  options_.trace(
      {what, engine_.steps(), engine_.now(), std::move(from), std::move(to), std::move(text)});
}

}  // namespace taquilla::simulation
