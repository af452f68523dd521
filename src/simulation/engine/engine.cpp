#include "simulation/engine/engine.hpp"

#include "simulation/guard/determinism_guard.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

namespace taquilla::simulation {

namespace {

/// What `pick` stores when time moves although actors are ready.
constexpr std::uint64_t early_value = 1;

}  // namespace

engine::engine(engine_options options, decisions& taken, engine_observer& observer)
    : taken_(taken),
      observer_(observer),
      options_(std::move(options)),
      strategy_(make_strategy(options_.schedule, taken.seed(), options_.early_ppm)),
      clock_(agenda_),
      links_(taken),
      config_(std::make_unique<process_config>(clock_, static_cast<ready_sink&>(*this))),
      hash_(scramble(0)) {
  links_.weather(options_.weather);
}

engine::~engine() { bury_process(); }

void engine::boot(const std::function<void(caf::actor_system&)>& compose) {
  if (system_) bury_process();
  buried_ = false;
  dying_ = false;
  {
    guard::lenient_scope caf_stamps_its_logger;
    system_ = std::make_unique<caf::actor_system>(*config_);
  }
  system_->await_actors_before_shutdown(false);
  worker_ = std::make_unique<sim_worker>(system_.get(), static_cast<ready_sink&>(*this));
  compose(*system_);
  flush_outgoing();
}

void engine::kill() {
  if (!system_ || dying_) return;
  dying_ = true;
  outgoing_.clear();
  if (stepper_ == 0) bury_process();
}

void engine::bury_process() {
  if (buried_) return;
  buried_ = true;
  dying_ = true;  // from here on whatever is sent is dropped
  outgoing_.clear();
  ready_.clear();
  for (auto& entry : actors_) entry.inbox.clear();
  agenda_.drop_process();
  // Indices, not iterators: an actor that ends may let go of the last handle of another.
  for (caf::actor_id id = 0; id < actors_.size(); ++id) end_actor(id);
  for (auto& entry : actors_) entry.unborn = nullptr;
  agenda_.drop_process();
  last_due_.clear();
  actors_.clear();
  for (auto& role : roles_) role = {role.name, role.hash, 0, 0, false};
  system_.reset();
  worker_.reset();
}

void engine::at(virtual_ns due, std::function<void()> action) {
  agenda_entry e;
  e.kind = entry_kind::world;
  e.action = std::move(action);
  agenda_.add(std::max(due, now()), std::move(e));
}

/// "498 of them look_again of reservation_desk#1"
std::string engine::most_of_agenda() const {
  std::map<std::string, std::size_t> count;
  agenda_.each([&](const agenda_entry& e) {
    if (!e.target || e.target->id() >= actors_.size()) return;
    const auto& whose = actors_[e.target->id()];
    ++count[(e.element ? type_name_of(e.element->content()) : std::string{"timers"}) + " of " +
            roles_[whose.role].name + "#" + std::to_string(whose.incarnation)];
  });
  const auto most = std::max_element(
      count.begin(), count.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == count.end() ? "" : std::to_string(most->second) + " of them " + most->first;
}

bool engine::step() {
  if (dying_ && !buried_) bury_process();
  flush_outgoing();
  while (!agenda_.empty() && agenda_.next_due() <= now()) {
    fire(agenda_.pop());
    flush_outgoing();
  }
  if (ready_.empty()) {
    if (agenda_.empty()) return false;
    clock_.advance_to(agenda_.next_due());
    return true;
  }
  if (agenda_.size() >= agenda_told_) {
    observer_.on_backlog("agenda", agenda_.size(), most_of_agenda());
    agenda_told_ *= 2;
  }
  auto index = choose();
  if (index < ready_.size())
    run(index);
  else
    clock_.advance_to(agenda_.next_due());
  return true;
}

std::size_t engine::choose() {
  bool time_may_move = options_.early_within > 0 && !agenda_.empty() &&
                       agenda_.next_due() <= now() + options_.early_within;
  if (ready_.size() == 1 && !time_may_move) return 0;
  ++choices_;
  std::uint64_t pick = 0;
  std::uint64_t early = 0;
  if (taken_.exploring()) {
    question_.actors.clear();
    for (auto id : ready_) question_.actors.push_back(actors_[id].identity);
    question_.time_may_move = time_may_move;
    question_.number = choices_;
    pick = strategy_->propose(question_);
    early = pick == ready_.size() ? early_value : 0;
    if (early != 0) pick = 0;
  }
  static const std::string schedule = "schedule";
  constexpr auto schedule_hash = hash_text("schedule");
  if (time_may_move) {
    early = taken_.take(choice::early, schedule_hash, schedule, choices_, early);
    if (early != 0) return ready_.size();
  }
  pick = taken_.take(choice::pick, schedule_hash, schedule, choices_, pick);
  return pick < ready_.size() ? pick : 0;
}

void engine::run(std::size_t index) {
  auto id = ready_[index];
  ready_.erase(ready_.begin() + static_cast<std::ptrdiff_t>(index));
  auto& entry = actors_[id];
  entry.ready = false;
  auto& role = roles_[entry.role];
  if (role.stalled_until > now()) {
    at(role.stalled_until, [this, id] {
      if (id < actors_.size()) make_ready(id);
    });
    return;
  }
  taken_.at_step(++steps_);
  auto self = std::exchange(entry.unborn, nullptr);
  delivery message;
  if (!entry.inbox.empty()) {
    message = std::move(entry.inbox.front());
    entry.inbox.erase(entry.inbox.begin());
    self = message.receiver;
  }
  if (!self) return;
  auto& actor = static_cast<caf::scheduled_actor&>(*self->get());
  note_step(entry, message.element ? &message : nullptr);
  hand_over(actor, std::move(message));
  // `self` dies last: the actor may be gone after that.
}

void engine::note_step(const actor_entry& entry, const delivery* message) {
  const actor_entry* from = nullptr;
  if (message && message->element->sender) {
    auto sender = message->element->sender->id();
    if (sender < actors_.size() && actors_[sender].known) from = &actors_[sender];
  }
  hash_ = combine(hash_, steps_ ^ static_cast<std::uint64_t>(now()) << 16);
  hash_ = combine(hash_, entry.identity ^ (from ? from->identity : 0));
  hash_ = combine(hash_, message ? message->element->mid.integer_value() ^ message->type : 1);
  static const std::string nobody;
  static const std::string start = "start";
  observer_.on_delivery({steps_, now(), roles_[entry.role].name, entry.incarnation,
                         from ? roles_[from->role].name : nobody, from ? from->incarnation : 0,
                         message ? *types_[message->type] : start,
                         message ? message->element.get() : nullptr,
                         message ? type_of(*message->element) : nullptr});
}

void engine::hand_over(caf::scheduled_actor& actor, delivery message) {
  auto id = actor.id();
  stepper_ = id;
  bool ended = false;
  if (message.element && message.element->mid.is_response())
    clock_.cancel_request(id, message.element->mid);
  if (actor.mailbox().closed()) {
    if (message.element) actor.enqueue(std::move(message.element), nullptr);  // bounces
    stepper_ = 0;
    actors_[id].alive = false;
    if (!actors_[id].inbox.empty()) make_ready(id);
    return;
  }
  if (message.element) actor.mailbox().push_back(std::move(message.element));
  auto result = actor.resume(worker_.get(), 1);
  ended = result == caf::resumable::done;
  stepper_ = 0;
  after_step(id, actor, ended);
}

/// What the actor said in its last step is never sent. That it ended (it may have ended by itself)
/// is.
void engine::silence_last_words() {
  auto said = [](const delivery& message) {
    const auto& content = message.element->content();
    return !content.match_elements<caf::down_msg>() && !content.match_elements<caf::exit_msg>();
  };
  outgoing_.erase(std::remove_if(outgoing_.begin(), outgoing_.end(), said), outgoing_.end());
}

void engine::after_step(caf::actor_id id, caf::scheduled_actor& actor, bool ended) {
  if (dying_) return bury_process();
  if (!ended) {
    drain(actor, caf::strong_actor_ptr{actor.ctrl()});
    actor.mailbox().try_block();
  }
  // The table may have grown in the step: look the entry up again.
  auto& entry = actors_[id];
  auto& role = roles_[entry.role];
  const bool last = std::exchange(role.last_step_ahead, false);
  if (last) {
    silence_last_words();
    observer_.on_last_step(role.name, entry.incarnation);
  }
  if (last && !ended) {
    end_actor(id);
  } else if (ended) {
    entry.alive = false;
    observer_.on_ended(role.name, entry.incarnation, now());
  }
  flush_outgoing();
  if (!actors_[id].inbox.empty()) make_ready(id);
}

}  // namespace taquilla::simulation
