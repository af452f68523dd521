// What the world sees of its run: every delivery goes past the oracles, and into the trace if one
// is kept.
#include "simulation/world/message_words.hpp"
#include "simulation/world/world.hpp"

#include <caf/all.hpp>

#include <utility>

namespace taquilla::simulation {

/// "reservation#2"; a door by what is behind it, "door(payment)".
std::string world::name_of(const std::string& role, std::uint32_t incarnation) const {
  if (role.empty()) return {};
  if (role == "door" && incarnation >= 1 && incarnation <= behind_doors_.size())
    return "door(" + behind_doors_[incarnation - 1] + ")";
  return role + "#" + std::to_string(incarnation);
}

void world::on_delivery(const delivery_view& view) {
  if (view.receiver == "notification") notification_ = view.incarnation;
  for (auto& o : oracles_) o->on_delivery(view);
  if (!options_.trace) return;
  auto kind = view.element ? trace_event::kind::message : trace_event::kind::start;
  auto from = name_of(view.sender, view.sender_incarnation);
  const auto to = name_of(view.receiver, view.incarnation);
  if (!view.element) return note(kind, from, to, view.type);
  const auto& content = view.element->content();
  if (from.empty()) from = letters_.speaker(view);
  note(kind, from, to, words_of(content) + letters_.remark(view), fields_of(content));
}

/// The first objection of a run counts.
void world::object(const oracle& who, std::string what) {
  if (what.empty() || !broken_.oracle.empty()) return;
  broken_ = {who.name(), std::move(what), engine_.steps(), {}, {}};
}

void world::on_sending(const sending_view& view) {
  const auto& content = view.element.content();
  if (options_.trace) {
    const auto speaker = name_of(view.speaker, view.speaker_incarnation);
    letters_.sent(view, speaker);
    if (view.is<happened>()) note(trace_event::kind::news, speaker, {}, words_of(content));
  }
  if (view.is<desk_drained>() && content.get_as<desk_drained>(0).left > 0)
    reached("left-at-a-stop");
  if (view.is<mails_revived>() && content.get_as<mails_revived>(0).count > 0)
    reached("mails-revived");
  const bool was_whole = broken_.oracle.empty();
  for (auto& o : oracles_) object(*o, o->on_sending(view));
  if (!was_whole || broken_.oracle.empty()) return;
  broken_.message = name_of(view.speaker, view.speaker_incarnation) + " -> " +
                    name_of(view.receiver, view.receiver_incarnation) + " " + words_of(content);
}

void world::on_spawned(const std::string& role, std::uint32_t incarnation, virtual_ns now) {
  if (role == "event_feed") visitors_.feed_is_born();
  for (auto& o : oracles_) object(*o, o->on_spawned(role, incarnation, now));
}

void world::on_backlog(const std::string& role, std::size_t waiting, const std::string& mostly) {
  for (auto& o : oracles_) object(*o, o->on_backlog(role, waiting, mostly));
}

void world::on_lost(const std::string& link, const caf::type_erased_tuple& content, virtual_ns) {
  reached("message-lost");
  if (options_.trace) note(trace_event::kind::lost, "", "", link, words_of(content));
}

void world::on_ended(const std::string& role, std::uint32_t incarnation, virtual_ns) {
  for (auto& o : oracles_) o->on_ended(role, incarnation);
  if (!options_.trace) return;
  const auto who = name_of(role, incarnation);
  letters_.ended(who);
  note(trace_event::kind::ended, "", who, "ends");
}

void world::on_last_step(const std::string& role, std::uint32_t incarnation) {
  note(trace_event::kind::note, name_of(role, incarnation), "",
       "that was its last step: what it said in it is never sent");
}

void world::note(trace_event::kind what, std::string from, std::string to, std::string text,
                 std::string fields) {
  if (!options_.trace) return;
  options_.trace({what, engine_.steps(), engine_.now(), std::move(from), std::move(to),
                  std::move(text), std::move(fields)});
}

}  // namespace taquilla::simulation
