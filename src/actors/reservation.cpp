#include "actors/reservation.hpp"

#include "actors/ask.hpp"
#include "domain/planted.hpp"
#include "domain/purchase_saga.hpp"
#include "policies/deadline.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <utility>
#include <vector>

namespace taquilla {

namespace {

class reservation_actor_state {
 public:
  static inline const char* name = "reservation";
  using pointer = reservation_actor::stateful_pointer<reservation_actor_state>;
  explicit reservation_actor_state(pointer self) : self_(self) {}

  reservation_actor::behavior_type start(std::shared_ptr<const reservation_world> world,
                                         purchase_ticket ticket) {
    world_ = std::move(world);
    ticket_ = std::move(ticket);
    timeline_.reserve(timeline_usual);
    run();
    return {[this](const fault_touched& fault) { touched_by(fault.fault_id); },
            [this](const step_timer& timer) { wait_is_over(timer); }};
  }

 private:
  // -- the saga's shell -----------------------------------------------------------------------

  void run() {
    deadline_ = deadline::after(now(), options().reservation.deadline_ms);
    if (!ticket_.order.evidence.empty()) note("admitted", ticket_.order.evidence);
    enter(ticket_.resumes == 0 ? saga::begin() : saga::resume(ticket_.resumes));
  }

  void apply(const saga::event& what) {
    enter(saga::step({!ticket_.order.idempotency_key.empty()}, stage_, what));
  }

  void enter(const saga::transition& t) {
    stage_ = t.next;
    for (const auto& effect : t.effects) std::visit([this](const auto& e) { perform(e); }, effect);
    if (std::holds_alternative<saga::closed>(stage_)) leave();
  }

  /// Nobody answered, or nobody knows: at the end of the deadline that is the buyer's answer.
  void silence(const error& why) {
    if (deadline_.expired(now()))
      apply(saga::deadline_passed{});
    else
      apply(saga::unheard{why});
  }

  void heard_no(const error& why) {
    if (is_refusal(why))
      apply(saga::refused{why});
    else
      silence(why);
  }

  void leave() {
    self_->send(world_->desk, purchase_over{ticket_.token, accepted_, answer_, why_, was_charged_});
    self_->quit();
  }

  // -- INVENTORY ------------------------------------------------------------------------------

  void perform(const saga::hold_seat&) {
    begin_step();
    const auto& o = ticket_.order;
    ask<hold_answer>(
        self_, world_->inventory, patience(options().inventory.patience_ms),
        hold_seat{o.event, o.seat, ticket_.identity, ticket_.hold},
        [this](const hold_answer& answer) { inventory_said(answer); },
        [this](const error& why) { inventory_refused(why); }, errc::inventory_unavailable);
  }

  void inventory_said(const hold_answer& answer) {
    if (!planted::is(planted::bug::breaker_not_told)) report(breaker_outcome::success);
    end_step(answer.yours == 0 ? "seat_held" : "seat_already_yours", ticket_.breaker_evidence);
    if (answer.yours == 0)
      apply(saga::seat_held{});
    else
      apply(saga::seat_yours{answer.yours});
  }

  void inventory_refused(const error& why) {
    report(is_refusal(why) ? breaker_outcome::success : breaker_outcome::failure);
    end_step("seat_refused", std::string{to_string(why.code)} + "; " + ticket_.breaker_evidence);
    heard_no(why);
  }

  void report(breaker_outcome outcome) {
    self_->send(world_->desk, inventory_heard{ticket_.permit, outcome});
  }

  void perform(const saga::release_seat& e) {
    // No answer is waited for: a lost release costs one hold_ms, and INVENTORY asks the store then.
    const auto& o = ticket_.order;
    caf::anon_send(world_->inventory, release_seat{o.event, o.seat, ticket_.hold, e.ended});
  }

  void perform(const saga::sell_seat& e) {
    const auto& o = ticket_.order;
    self_->send(world_->inventory,
                sell_seat{o.event, o.seat, ticket_.identity, e.id, ticket_.hold});
  }

  void perform(const saga::recheck_seat&) {
    self_->send(world_->inventory, recheck_seat{ticket_.order.event, ticket_.order.seat});
  }

  // -- STORE ----------------------------------------------------------------------------------

  void perform(const saga::record_purchase&) {
    begin_step();
    record_purchase what{std::to_string(ticket_.token), ticket_.identity, ticket_.order, today(),
                         unsaved("recorded", {})};
    ask_store<purchase_recorded>(std::move(what), [this](const purchase_recorded& row) {
      recorded_ = row.already_yours ? 0 : row.id;
      end_step(row.already_yours ? "found" : "recorded", {});
      saved_ = timeline_.size();
      if (row.already_yours)
        apply(saga::seat_yours{row.id});
      else
        apply(saga::recorded{row.id});
    });
  }

  void perform(const saga::confirm_purchase& e) {
    begin_step();
    ask_store<purchase_confirmed>(confirm_purchase{e.id, today(), unsaved("confirmed", {})},
                                  [this](const purchase_confirmed&) { apply(saga::confirmed{}); });
  }

  void perform(const saga::fail_purchase& e) {
    begin_step();
    fail_purchase what{e.id, to_string(e.why.code), today(),
                       unsaved("failed", to_string(e.why.code))};
    ask_store<purchase_failed>(std::move(what), [this](const purchase_failed& row) {
      if (row.state == reservation_state::confirmed)
        apply(saga::confirmed{});
      else
        apply(saga::failed{});
    });
  }

  void perform(const saga::look_up_key&) { ask_whose_key(find_key{ticket_.order.idempotency_key}); }
  void perform(const saga::bind_key&) { ask_whose_key(bind_key{ticket_.order}); }

  template <class Question>
  void ask_whose_key(Question what) {
    ask_store<key_owner>(std::move(what), [this](const key_owner& owner) {
      if (owner.id == 0 || owner.identity == ticket_.identity)
        apply(saga::key_free{});
      else
        apply(saga::key_taken{});
    });
  }

  void perform(const saga::read_answer& e) {
    ask<reservation>(
        self_, world_->store, patience(options().store.patience_ms), find_reservation{e.id},
        [this](const reservation& row) { compare(row); },
        [this](const error& why) {
          if (why.code == errc::unknown_reservation)
            apply(saga::answer_stale{});
          else
            heard_no(why);
        },
        errc::store_unavailable);
  }

  /// The identity was a fingerprint; now the fields themselves decide whether it is the same
  /// purchase.
  void compare(const reservation& row) {
    const auto& o = ticket_.order;
    const bool same = row.event == o.event && row.seat == o.seat && row.email == o.email &&
                      row.amount == o.amount;
    const bool stale =
        planted::is(planted::bug::stale_ticket) && row.state == reservation_state::cancelled;
    if (same && (row.state == reservation_state::confirmed || stale))
      apply(saga::answer_found{});
    else if (!same)
      apply(saga::refused{{errc::seat_taken, {}, 0}});
    else if (row.state == reservation_state::pending)
      apply(saga::answer_pending{});
    else
      apply(saga::answer_stale{});
  }

  template <class Answer, class Command, class Then>
  void ask_store(Command what, Then then) {
    ask<Answer>(
        self_, world_->store, patience(options().store.patience_ms), std::move(what),
        std::move(then),
        [this](const error& why) {
          undone_ = undone_ || why.code == errc::unknown_reservation;
          heard_no(why);
        },
        errc::store_unavailable);
  }

  // -- PAYMENT --------------------------------------------------------------------------------

  void perform(const saga::charge_card& e) {
    // The store may have kept us waiting: nobody pays for what he has stopped waiting for.
    if (deadline_.expired(now())) return apply(saga::deadline_passed{});
    begin_step();
    const auto detail = "attempt " + std::to_string(e.attempt) + " of " +
                        std::to_string(options().payment.retry.attempts_max);
    ask<charge_record>(
        self_, world_->payment, patience(options().payment.attempt_timeout_ms),
        charge_card{e.id, ticket_.order.amount, e.attempt},
        [this, detail](const charge_record&) {
          was_charged_ = true;
          end_step("payment_attempt", detail + ": charged");
          apply(saga::charged{});
        },
        [this, detail](const error& why) {
          end_step("payment_attempt", detail + ": " + to_string(why.code) + remaining_text());
          heard_no(why);
        },
        errc::payment_timeout);
  }

  void perform(const saga::ask_for_retry& e) {
    retry_wanted what{ticket_.token, e.attempt, e.last.code == errc::payment_timeout,
                      deadline_.remaining(now())};
    ask<retry_answer>(
        self_, world_->desk, patience(options().store.patience_ms), what,
        [this](const retry_answer& verdict) {
          note("retry_policy", verdict.evidence);
          if (verdict.again) save_timeline();
          if (verdict.again)
            apply(saga::retry_granted{verdict.after_ms});
          else
            apply(saga::retry_denied{});
        },
        [this](const error&) { apply(saga::retry_denied{}); }, errc::overloaded);
  }

  void perform(const saga::wait& e) {
    begin_step();
    const auto attempt = std::get<saga::waiting>(stage_).attempt;
    // The verdict may have come late: it was given for the time that was left when it was asked.
    const auto ms = patience(e.ms);
    if (ms <= 0)
      self_->send(reservation_actor{self_}, step_timer{false, attempt});
    else
      self_->delayed_send(reservation_actor{self_}, std::chrono::milliseconds{ms},
                          step_timer{false, attempt});
  }

  void wait_is_over(const step_timer& timer) {
    const auto* waiting = std::get_if<saga::waiting>(&stage_);
    if (waiting == nullptr || waiting->attempt != timer.attempt) return;
    end_step("wait", {});
    if (deadline_.expired(now()))
      apply(saga::deadline_passed{});
    else
      apply(saga::wait_over{});
  }

  void perform(const saga::find_charge& e) {
    begin_step();
    recorded_ = e.id;
    ask<charge_record>(
        self_, world_->payment, patience(options().payment.attempt_timeout_ms), find_payment{e.id},
        [this](const charge_record& found) {
          const bool charged = found.existed && found.state == charge_state::charged;
          end_step("reconciled", charged ? "it was charged" : "it was not charged");
          if (charged)
            apply(saga::charged{});
          else
            apply(saga::not_charged{});
        },
        [this](const error& why) { silence(why); }, errc::payment_unavailable);
  }

  // -- the others -----------------------------------------------------------------------------

  void perform(const saga::announce_mail&) { self_->send(world_->mail_relay, something_due{}); }
  void perform(const saga::announce_settlement&) {
    self_->send(world_->settlement, something_due{});
  }

  void perform(const saga::accept& e) {
    accepted_ = true;
    answer_ = {e.id, e.replayed};
    if (!e.replayed) tell("reservation.confirmed", e.id, {});
  }

  void perform(const saga::decline& e) {
    why_ = e.why;
    // Its timeline says how it failed; a row that was undone has none.
    const bool undone = undone_ || e.why.code == errc::not_kept;
    why_.reservation = undone ? 0 : recorded_;
    tell("reservation.refused", why_.reservation, to_string(e.why.code));
  }

  void tell(const char* kind, reservation_id id, std::string detail) {
    self_->send(world_->feed, happened{kind, "reservation", id,
                                       ticket_.order.event + " " + to_string(ticket_.order.seat),
                                       std::move(detail)});
  }

  // -- the timeline ------------------------------------------------------------------------------

  void begin_step() { step_began_ = now(); }

  void end_step(const char* step, std::string detail) {
    timeline_.push_back({world_->wall.at(step_began_), now() - step_began_, step, std::move(detail),
                         std::exchange(fault_, {})});
  }

  void note(const char* step, std::string detail) {
    timeline_.push_back({today(), 0, step, std::move(detail), {}});
  }

  /// What the store has not seen yet, with the step that this very write will make true.
  std::vector<timeline_entry> unsaved(const char* step, std::string detail) const {
    std::vector<timeline_entry> out(first_unsaved(), timeline_.cend());
    out.push_back({today(), 0, step, std::move(detail), {}});
    return out;
  }

  /// A purchase that takes long can be watched, and its story outlives us.
  void save_timeline() {
    append_timeline what{recorded_, {first_unsaved(), timeline_.cend()}};
    const auto before = std::exchange(saved_, timeline_.size());
    if (planted::is(planted::bug::timeline_repeats)) saved_ = before;
    const auto after = saved_;
    ask<timeline_appended>(
        self_, world_->store, patience(options().store.patience_ms), std::move(what),
        [](const timeline_appended&) {},
        [this, before, after](const error& why) {
          // Undone, it goes with the next write. After silence, or with a later one on its way, a
          // gap is better than a line twice.
          if (is_refusal(why) && saved_ == after) saved_ = before;
        },
        errc::store_unavailable);
  }

  std::vector<timeline_entry>::const_iterator first_unsaved() const {
    return timeline_.cbegin() + static_cast<std::ptrdiff_t>(saved_);
  }

  /// More than one may touch a step: a delay, and then an error.
  void touched_by(const std::string& fault) { fault_ += (fault_.empty() ? "" : ", ") + fault; }

  std::string remaining_text() const {
    return ", " + std::to_string(deadline_.remaining(now())) + " ms of the deadline left";
  }

  // -- time -----------------------------------------------------------------------------------

  instant_ms now() const { return now_ms(self_); }
  wall_ms today() const { return world_->wall.at(now()); }
  duration_ms patience(duration_ms own) const { return deadline_.attempt_timeout(now(), own); }
  const theatre_options& options() const { return world_->options; }

  pointer self_;
  std::shared_ptr<const reservation_world> world_;
  purchase_ticket ticket_;
  deadline deadline_;
  saga::stage stage_;
  static constexpr std::size_t timeline_usual = 8;
  std::vector<timeline_entry> timeline_;
  std::size_t saved_ = 0;  ///< how many entries the store has
  instant_ms step_began_ = 0;
  std::string fault_;  ///< the injected faults that touched the step under way
  reservation_id recorded_ = 0;
  bool undone_ = false;  ///< the store does not know that row: it was rolled back with its batch
  bool accepted_ = false;
  bool was_charged_ = false;
  purchase_accepted answer_;
  error why_;
};

}  // namespace

reservation_actor spawn_reservation(caf::actor_system& system,
                                    std::shared_ptr<const reservation_world> world,
                                    purchase_ticket ticket) {
  return system.spawn(
      [](reservation_actor_state::pointer self, std::shared_ptr<const reservation_world> w,
         purchase_ticket t) { return self->state.start(std::move(w), std::move(t)); },
      std::move(world), std::move(ticket));
}

}  // namespace taquilla
