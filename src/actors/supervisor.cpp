#include "actors/supervisor.hpp"

#include "actors/ask.hpp"
#include "actors/chaos_order.hpp"
#include "actors/door.hpp"
#include "domain/planted.hpp"
#include "policies/restart_intensity.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace taquilla {

namespace {

constexpr duration_ms door_patience_ms = 1'000;
constexpr int healings_told_max = 30;  // of one healing, while its door keeps silent

enum class life { idle, starting, up, waiting, down, gave_up, stopping, gone };

const char* to_string(life state) {
  static constexpr const char* names[] = {"idle", "starting", "up",       "restarting",
                                          "down", "gave_up",  "stopping", "gone"};
  return names[static_cast<std::size_t>(state)];
}

struct child {
  child_spec spec;
  restart_intensity intensity;
  caf::actor actor;
  life state = life::idle;
  instant_ms since = 0;
  std::string reason;
  std::uint64_t restarts = 0;
  std::uint64_t crash_order = 0;  ///< counts crash orders, so that an old `for=` ends no newer one
  std::uint64_t wait = 0;  ///< counts waits, so that the timer of an old one ends no newer one
  std::vector<caf::typed_response_promise<chaos_report>> waiting_for_recovery;
};

class supervisor_state {
 public:
  static inline const char* name = "supervisor";
  using pointer = supervisor_actor::stateful_pointer<supervisor_state>;
  explicit supervisor_state(pointer self) : self_(self) {}

  supervisor_actor::behavior_type start(supervisor_parts parts) {
    parts_ = std::move(parts);
    for (auto& spec : parts_.children)
      children_.push_back({std::move(spec),
                           restart_intensity{parts_.options.intensity},
                           {},
                           life::idle,
                           now(),
                           {},
                           0,
                           0,
                           0,
                           {}});
    for (auto& one : children_)
      if (one.spec.door) self_->send(one.spec.door, know_supervisor{supervisor_actor{self_}});
    self_->set_down_handler([this](const caf::down_msg& down) { died(down); });
    return {[this](const start_children&) { return start_all(); },
            [this](const stop_children&) { return stop_all(); },
            [this](const set_chaos& order) { return chaos(order); },
            [this](const show_chaos& question) { return show(question); },
            [this](const report_health&) { return health(); },
            [this](const restart_due& due) { wait_is_over(due); },
            [this](const crash_over& over) { end_crash(over); },
            [this](const stop_overdue& overdue) { kill_late(overdue.index); }};
  }

 private:
  // -- starting -------------------------------------------------------------------------------

  caf::result<children_started> start_all() {
    started_ = self_->make_response_promise<children_started>();
    auto answer = started_;
    start_from(0);
    return answer;
  }

  void start_from(std::size_t index) {
    if (index == children_.size()) return await_doors(0);
    launch(children_[index], [this, index](const error& why) {
      if (why.code == errc::none) return start_from(index + 1);
      started_.deliver(to_caf({why.code, children_[index].spec.name + ": " + why.detail, 0}));
    });
  }

  /// Who hears that all have started finds every door open: each was told, and has obeyed.
  void await_doors(std::size_t index) {
    while (index < children_.size() && !children_[index].spec.door) ++index;
    if (index == children_.size()) {
      started_.deliver(children_started{});
      return;
    }
    const auto next = [this, index] { await_doors(index + 1); };
    ask<chaos_report>(
        self_, children_[index].spec.door, door_patience_ms, show_rules{},
        [next](const chaos_report&) { next(); }, [next](const error&) { next(); },
        errc::deadline_expired);
  }

  /// Starts an incarnation and opens its door once it says that it is ready.
  template <class Then>
  void launch(child& one, Then then) {
    one.actor = one.spec.start(self_->system());
    self_->monitor(one.actor);
    enter(one, life::starting, {});
    const auto id = one.actor.id();
    ask<child_ready>(
        self_, one.actor, parts_.options.ready_patience_ms, report_ready{},
        [this, id, then](const child_ready&) {
          auto* ready = find(id);
          if (ready == nullptr || ready->state != life::starting) return;
          became_ready(*ready);
          then(error{});
        },
        [this, id, then](const error& why) {
          if (auto* late = find(id)) self_->send_exit(late->actor, caf::exit_reason::kill);
          then(why);
        },
        errc::deadline_expired);
  }

  void became_ready(child& one) {
    enter(one, life::up, {});
    if (one.spec.door) self_->send(one.spec.door, open_door{one.actor});
    tell_healed(one);
    for (auto& waiting : std::exchange(one.waiting_for_recovery, {})) answer_chaos(one, waiting);
  }

  /// Once its door has obeyed: who tries again at once must not meet what is over. And before the
  /// answer to `recover`, which asks the door after us. Of a door that keeps silent nobody knows
  /// whether it has: then they are told now, and again until it has said so.
  void tell_healed(const child& one, int tries = healings_told_max) {
    const auto listeners = parts_.heal_listeners.find(one.spec.name);
    if (listeners == parts_.heal_listeners.end()) return;
    const auto tell = [this, name = one.spec.name, &to = listeners->second] {
      if (find(name)->state != life::up) return false;
      for (const auto& listener : to) self_->send(listener, service_healed{name});
      return true;
    };
    ask<chaos_report>(
        self_, one.spec.door, door_patience_ms, show_rules{},
        [tell](const chaos_report&) { tell(); },
        [this, tell, name = one.spec.name, tries](const error&) {
          if (tell() && tries > 1) tell_healed(*find(name), tries - 1);
        },
        errc::deadline_expired);
  }

  // -- dying and restarting -------------------------------------------------------------------

  void died(const caf::down_msg& down) {
    auto* one = find(down.source.id());
    if (one == nullptr) return;
    one->actor = nullptr;
    close(*one, self_->system().render(down.reason));
    if (one->state == life::stopping) return next_to_stop(*one);
    if (one->spec.vital) {
      enter(*one, life::gone, "its death ends the process");
      if (parts_.on_fatal)
        parts_.on_fatal(one->spec.name + " died: " + self_->system().render(down.reason));
      return;
    }
    if (one->state == life::down) return;  // it was ordered to die
    const auto verdict = one->intensity.on_death(now());
    enter(*one, verdict.restart ? life::waiting : life::gave_up,
          "died (" + std::to_string(verdict.deaths) +
              " in the period): " + self_->system().render(down.reason));
    ++one->wait;
    if (!verdict.restart && verdict.until == instant_never) return;  // until somebody says recover
    const auto wait = verdict.restart ? verdict.after_ms : verdict.until - now();
    self_->delayed_send(supervisor_actor{self_}, std::chrono::milliseconds{wait},
                        restart_due{one->spec.name, one->wait});
  }

  void wait_is_over(const restart_due& due) {
    auto* one = find(due.name);
    if (one == nullptr || due.wait != one->wait || stopping_) return;
    if (one->state == life::waiting || one->state == life::gave_up) restart(*one);
  }

  void restart(child& one) {
    ++one.wait;
    ++one.restarts;
    launch(one, [](const error&) {});
  }

  void close(child& one, const std::string& reason) {
    if (one.spec.door) self_->send(one.spec.door, close_door{reason});
  }

  // -- chaos ----------------------------------------------------------------------------------

  caf::result<chaos_report> chaos(const set_chaos& order) {
    auto* one = find(order.service);
    if (one == nullptr || !one->spec.door)
      return to_caf({errc::invalid_field, "no such service: " + order.service, 0});
    if (stopping_) return to_caf({errc::draining, {}, 1000});
    if (order.kind == "recover") return recover(*one);
    if (const auto read = read_order(order); !read) return to_caf(read.failure());
    if (order.kind == "crash") crash(*one, order);
    if (order.kind == "panic" && order.times == 0) {  // with times=N, its door kills it N times
      panic(*one);
      return ask_door(*one, show_rules{});
    }
    return ask_door(*one, set_rule{order});
  }

  /// It really dies and stays down; the door counts whom that touched.
  void crash(child& one, const set_chaos& order) {
    ++one.crash_order;
    close(one, "crash");
    enter(one, life::down, "crash ordered");
    if (one.actor) self_->send_exit(one.actor, caf::exit_reason::kill);
    if (order.for_ms > 0)
      self_->delayed_send(supervisor_actor{self_}, std::chrono::milliseconds{order.for_ms},
                          crash_over{one.spec.name, one.crash_order});
  }

  void panic(child& one) {
    if (one.actor && one.state == life::up)
      self_->send_exit(one.actor, to_caf({errc::fault_injected, "panic ordered", 0}));
  }

  void end_crash(const crash_over& over) {
    auto* one = find(over.service);
    if (one == nullptr || one->state != life::down || stopping_) return;
    if (over.order == 0)
      ask_whether_over(*one);
    else if (over.order == one->crash_order)  // and not an older one
      rise(*one);
  }

  /// The door counts. It may have said so before it heard of a further order to crash.
  void ask_whether_over(child& one) {
    ask<chaos_report>(
        self_, one.spec.door, door_patience_ms, show_rules{},
        [this, name = one.spec.name, order = one.crash_order](const chaos_report& now) {
          auto* child = find(name);
          const bool again = std::any_of(now.active.begin(), now.active.end(),
                                         [](const auto& rule) { return rule.kind == "crash"; });
          if (!again && child->crash_order == order && child->state == life::down && !stopping_)
            rise(*child);
        },
        [this, name = one.spec.name](const error&) {  // the door says it once only: ask again
          self_->delayed_send(supervisor_actor{self_}, std::chrono::milliseconds{door_patience_ms},
                              crash_over{name, 0});
        },
        errc::deadline_expired);
  }

  /// The rule has ended at the door as well, by the same limit; other faults stay as they were set.
  void rise(child& one) {
    one.intensity.reset();
    enter(one, life::waiting, "the crash is over");
    restart(one);
  }

  caf::result<chaos_report> recover(child& one) {
    self_->send(one.spec.door, end_rules{});
    one.intensity.reset();
    self_->send(parts_.feed, happened{"actor.forgiven", "supervisor", 0, one.spec.name,
                                      "recovered by order: its deaths count no more"});
    ++one.crash_order;
    if (one.state == life::up) {
      tell_healed(one);
      return ask_door(one, show_rules{});
    }
    one.waiting_for_recovery.push_back(self_->make_response_promise<chaos_report>());
    auto answer = one.waiting_for_recovery.back();
    const bool dead =
        one.state == life::waiting || one.state == life::gave_up || one.state == life::down;
    if (dead) restart(one);
    return answer;
  }

  caf::result<chaos_report> show(const show_chaos& question) {
    auto* one = find(question.service);
    if (one == nullptr || !one->spec.door)
      return to_caf({errc::invalid_field, "no such service: " + question.service, 0});
    return ask_door(*one, show_rules{});
  }

  void answer_chaos(child& one, caf::typed_response_promise<chaos_report> answer) {
    ask_door_then(one, show_rules{}, std::move(answer));
  }

  template <class Message>
  caf::result<chaos_report> ask_door(child& one, Message what) {
    auto answer = self_->make_response_promise<chaos_report>();
    ask_door_then(one, std::move(what), answer);
    return answer;
  }

  template <class Message>
  void ask_door_then(child& one, Message what, caf::typed_response_promise<chaos_report> answer) {
    ask<chaos_report>(
        self_, one.spec.door, door_patience_ms, std::move(what),
        [answer](chaos_report& report) mutable { answer.deliver(std::move(report)); },
        [answer](const error& why) mutable { answer.deliver(to_caf(why)); },
        errc::deadline_expired);
  }

  // -- stopping -------------------------------------------------------------------------------

  caf::result<children_stopped> stop_all() {
    stopping_ = true;
    stopped_ = self_->make_response_promise<children_stopped>();
    auto answer = stopped_;
    stop_before(children_.size());
    return answer;
  }

  /// Stops the last living child below `index`; its death brings us back here.
  void stop_before(std::size_t index) {
    while (index > 0 && !children_[index - 1].actor) --index;
    if (index == 0) {
      stopped_.deliver(children_stopped{});
      return;
    }
    auto& one = children_[index - 1];
    close(one, "stopping");
    enter(one, life::stopping, {});
    self_->send_exit(one.actor, caf::exit_reason::user_shutdown);
    self_->delayed_send(supervisor_actor{self_},
                        std::chrono::milliseconds{parts_.options.stop_grace_ms},
                        stop_overdue{index - 1});
  }

  void next_to_stop(child& one) {
    enter(one, life::gone, {});
    stop_before(static_cast<std::size_t>(&one - children_.data()));
  }

  void kill_late(std::size_t index) {
    auto& one = children_[index];
    if (one.actor) self_->send_exit(one.actor, caf::exit_reason::kill);
  }

  // -- looking --------------------------------------------------------------------------------

  health_report health() const {
    health_report out;
    out.ready = !stopping_;
    for (const auto& one : children_) {
      out.children.push_back({one.spec.name, to_string(one.state), one.reason,
                              parts_.wall.at(one.since), one.restarts});
      // A broken service does not make us unready: we keep selling, or say why not.
      const bool missing = one.spec.essential && one.state != life::up;
      if (missing && !planted::is(planted::bug::ready_always)) out.ready = false;
    }
    return out;
  }

  void enter(child& one, life state, std::string reason) {
    one.state = state;
    one.since = now();
    one.reason = std::move(reason);
    self_->send(parts_.feed, happened{std::string{"actor."} + to_string(state), "supervisor", 0,
                                      one.spec.name, one.reason});
  }

  child* find(caf::actor_id id) {
    for (auto& one : children_)
      if (one.actor && one.actor.id() == id) return &one;
    return nullptr;
  }
  child* find(const std::string& name) {
    for (auto& one : children_)
      if (one.spec.name == name) return &one;
    return nullptr;
  }

  instant_ms now() const { return now_ms(self_); }

  pointer self_;
  supervisor_parts parts_;
  std::vector<child> children_;  ///< never resized after `start`
  caf::typed_response_promise<children_started> started_;
  caf::typed_response_promise<children_stopped> stopped_;
  bool stopping_ = false;
};

}  // namespace

supervisor_actor spawn_supervisor(caf::actor_system& system, supervisor_parts parts) {
  return system.spawn([](supervisor_state::pointer self,
                         supervisor_parts p) { return self->state.start(std::move(p)); },
                      std::move(parts));
}

}  // namespace taquilla
