// How messages travel: out of the mailbox at the moment of sending, through the link layer, into
// the receiver's inbox. An actor's mailbox is left *blocked* whenever the actor does not run, so
// CAF reports every single message that is put into it.
#include "simulation/engine/engine.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <cstdlib>
#include <cxxabi.h>
#include <stdexcept>
#include <utility>

namespace taquilla::simulation {

namespace {

/// Fewer waiting messages than these are everyday life.
constexpr std::size_t backlog_told = 64;

/// "taquilla::charge_card" -> "charge_card"; template arguments are kept.
std::string short_name(const char* mangled) {
  int status = 0;
  char* text = abi::__cxa_demangle(mangled, nullptr, nullptr, &status);
  std::string name = status == 0 ? text : mangled;
  std::free(text);
  auto arguments = name.find('<');
  auto colons = name.rfind("::", arguments);
  return colons == std::string::npos ? name : name.substr(colons + 2);
}

std::string message_name(const caf::type_erased_tuple& content) {
  if (content.size() == 0) return "done";
  auto first = content.type(0);
  if (first.second != nullptr) return short_name(first.second->name());
  if (first.first == caf::type_nr<caf::atom_value>::value)
    return caf::to_string(content.get_as<caf::atom_value>(0));
  std::string name = caf::numbered_type_names[first.first - 1];
  return name[0] == '@' ? name.substr(1) : name;
}

std::uint64_t message_type(const caf::type_erased_tuple& content) {
  if (content.size() == 0) return 0;
  auto first = content.type(0);
  if (first.second != nullptr) return reinterpret_cast<std::uintptr_t>(first.second);
  if (first.first == caf::type_nr<caf::atom_value>::value)
    return scramble(static_cast<std::uint64_t>(content.get_as<caf::atom_value>(0)));
  return first.first;
}

/// Names are put together once for all runs of the process.
const std::string& known_name(std::uint64_t type, const caf::type_erased_tuple& content) {
  static std::unordered_map<std::uint64_t, std::string> names;
  const auto known = names.find(type);
  if (known != names.end()) return known->second;
  return names.emplace(type, message_name(content)).first->second;
}

template <class Queue, class Take>
void take_all(Queue& queue, Take take) {
  while (!queue.empty()) {
    queue.inc_deficit(queue.total_task_size() + 1);
    auto element = queue.next();
    if (!element) return;
    take(std::move(element));
  }
}

}  // namespace

const std::string& type_name_of(const caf::type_erased_tuple& content) {
  return known_name(message_type(content), content);
}

const std::type_info* type_of(const caf::mailbox_element& element) {
  const auto& content = element.content();
  return content.size() == 1 ? content.type(0).second : nullptr;
}

std::uint32_t engine::type_index(const caf::mailbox_element& element) {
  const auto& content = element.content();
  const auto type = message_type(content);
  const auto known = type_indices_.find(type);
  if (known != type_indices_.end()) return known->second;
  const auto index = static_cast<std::uint32_t>(types_.size());
  types_.push_back(&known_name(type, content));
  type_indices_.emplace(type, index);
  return index;
}

std::uint32_t engine::role_index(const std::string& name) {
  const auto known = role_names_.find(name);
  if (known != role_names_.end()) return known->second;
  const auto index = static_cast<std::uint32_t>(roles_.size());
  roles_.push_back({name, hash_text(name), 0, 0, false});
  role_names_.emplace(name, index);
  return index;
}

engine::actor_entry& engine::entry_of(caf::scheduled_actor& actor) {
  auto id = actor.id();
  if (id >= actors_.size()) actors_.resize(id + 8);
  auto& entry = actors_[id];
  if (entry.known) return entry;
  entry.known = true;
  entry.alive = true;
  entry.self = caf::weak_actor_ptr{actor.ctrl()};
  entry.role = role_index(actor.name());
  auto& role = roles_[entry.role];
  entry.incarnation = ++role.incarnations;
  entry.identity = combine(role.hash, entry.incarnation);
  observer_.on_spawned(role.name, entry.incarnation, now());
  return entry;
}

void engine::on_ready(caf::resumable* job) {
  if (job->subtype() != caf::resumable::scheduled_actor)
    throw std::logic_error("the simulator runs event-based actors only");
  auto& actor = static_cast<caf::scheduled_actor&>(*job);
  // Adopts the reference that CAF counted for the scheduler.
  caf::strong_actor_ptr self{actor.ctrl(), false};
  auto taken = drain(actor, self);
  actor.mailbox().try_block();
  if (taken > 0 || dying_) return;
  auto& entry = entry_of(actor);
  entry.unborn = self;
  make_ready(actor.id());
}

std::size_t engine::drain(caf::scheduled_actor& actor, const caf::strong_actor_ptr& self) {
  if (!dying_) entry_of(actor);
  if (actor.mailbox().closed()) return 0;
  actor.mailbox().fetch_more();
  std::size_t count = 0;
  auto take = [&](caf::mailbox_element_ptr element) {
    ++count;
    if (dying_) return;
    announce(actor.id(), *element);
    outgoing_.push_back({self, std::move(element), 0});
  };
  take_all(actor.get_urgent_queue(), take);
  take_all(actor.get_normal_queue(), take);
  return count;
}

void engine::announce(caf::actor_id to_id, const caf::mailbox_element& element) {
  static const std::string nobody;
  const auto& to = actors_[to_id];
  const auto& to_role = roles_[to.role].name;
  const auto* speaker = stepper_ == 0 ? nullptr : &actors_[stepper_];
  const auto& speaker_role = speaker ? roles_[speaker->role].name : nobody;
  const auto speaker_incarnation = speaker ? speaker->incarnation : 0;
  if (!element.sender)
    return observer_.on_sending({now(), nobody, 0, to_role, to.incarnation, element, false,
                                 type_of(element), to_id, speaker_role, speaker_incarnation});
  auto from_id = element.sender->id();
  if (from_id == to_id || from_id >= actors_.size() || !actors_[from_id].known) return;
  const auto& from = actors_[from_id];
  const bool passed_on = stepper_ != 0 && stepper_ != from_id;
  observer_.on_sending({now(), roles_[from.role].name, from.incarnation, to_role, to.incarnation,
                        element, passed_on, type_of(element), to_id, speaker_role,
                        speaker_incarnation});
}

void engine::flush_outgoing() {
  // Routing sends nothing by itself, but an ending actor may: hence the index.
  for (std::size_t i = 0; i < outgoing_.size(); ++i) route(std::move(outgoing_[i]));
  outgoing_.clear();
}

void engine::route(delivery message) {
  message.type = type_index(*message.element);
  const auto& sender = message.element->sender;
  auto to_id = message.receiver->id();
  bool own = !sender || sender->id() == to_id;
  if (own || sender->id() >= actors_.size() || !actors_[sender->id()].known)
    return into_inbox(std::move(message));
  auto index = link_of(message, actors_[sender->id()], actors_[to_id]);
  auto mid = message.element->mid;
  auto fate = links_.next(index, mid.is_request() || mid.is_response());
  if (fate.lost) return observer_.on_lost(links_.at(index).name, message.element->content(), now());
  if (fate.doubled_after_us > 0) {
    auto copy = caf::make_mailbox_element(sender, mid, message.element->stages,
                                          message.element->copy_content_to_message());
    auto due = now() + (fate.delay_us + fate.doubled_after_us) * 1000;
    deliver_at(due, {message.receiver, std::move(copy), message.type}, true);
  }
  deliver_at(now() + fate.delay_us * 1000, std::move(message), fate.overtakes);
}

std::uint32_t engine::link_of(const delivery& message, const actor_entry& from,
                              const actor_entry& to) {
  auto index = links_.find(from.role, to.role, message.type);
  if (index != link_layer::unknown) return index;
  const auto& sender = roles_[from.role].name;
  const auto& receiver = roles_[to.role].name;
  bool lossy = options_.lossy && options_.lossy(sender, receiver);
  return links_.find(from.role, to.role, message.type,
                     sender + ">" + receiver + " " + *types_[message.type], lossy);
}

void engine::deliver_at(virtual_ns due, delivery message, bool overtakes) {
  auto pair = message.element->sender->id() << 32 | message.receiver->id();
  auto last = last_due_.find(pair);
  if (!overtakes && last != last_due_.end()) due = std::max(due, last->second);
  if (due <= now()) return into_inbox(std::move(message));
  if (!overtakes) last_due_[pair] = due;
  agenda_entry e;
  e.kind = entry_kind::transit;
  e.target = std::move(message.receiver);
  e.element = std::move(message.element);
  agenda_.add(due, std::move(e));
}

void engine::into_inbox(delivery message) {
  auto id = message.receiver->id();
  actors_[id].inbox.push_back(std::move(message));
  const auto waiting = actors_[id].inbox.size();
  if (waiting >= backlog_told && (waiting & (waiting - 1)) == 0)
    observer_.on_backlog(roles_[actors_[id].role].name, waiting, {});
  make_ready(id);
}

void engine::make_ready(caf::actor_id id) {
  auto& entry = actors_[id];
  if (entry.ready || (entry.inbox.empty() && !entry.unborn)) return;
  entry.ready = true;
  ready_.push_back(id);
}

void engine::fire(agenda_entry entry) {
  if (entry.kind == entry_kind::world) return entry.action();
  auto element = std::move(entry.element);
  switch (entry.kind) {
    case entry_kind::timeout:
      element = caf::make_mailbox_element(entry.target, caf::make_message_id(), {},
                                          caf::timeout_msg{entry.timeout_type, entry.timeout_id});
      break;
    case entry_kind::request_timeout:
      element = caf::make_mailbox_element(entry.target, entry.mid, {},
                                          caf::make_error(caf::sec::request_timeout));
      break;
    default:
      break;
  }
  auto& actor = static_cast<caf::scheduled_actor&>(*entry.target->get());
  entry_of(actor);
  delivery message{std::move(entry.target), std::move(element), 0};
  if (entry.kind == entry_kind::delayed) return outgoing_.push_back(std::move(message));
  message.type = type_index(*message.element);
  into_inbox(std::move(message));
}

}  // namespace taquilla::simulation
