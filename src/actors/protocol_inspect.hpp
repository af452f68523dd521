// How CAF carries and prints the messages of protocol.hpp: one line a message, its fields in order.
// Kept apart so that the protocol reads as a protocol. Included by protocol.hpp alone; whoever adds
// a message there adds its line here, or it does not compile.
#pragma once

#include "actors/protocol.hpp"

namespace taquilla {

#define TAQUILLA_MESSAGE(type, ...)                                \
  template <class Inspector>                                       \
  typename Inspector::result_type inspect(Inspector& f, type& x) { \
    return f(caf::meta::type_name(#type), __VA_ARGS__);            \
  }
#define TAQUILLA_EMPTY_MESSAGE(type)                             \
  template <class Inspector>                                     \
  typename Inspector::result_type inspect(Inspector& f, type&) { \
    return f(caf::meta::type_name(#type));                       \
  }
TAQUILLA_EMPTY_MESSAGE(report_ready)
TAQUILLA_EMPTY_MESSAGE(child_ready)
TAQUILLA_MESSAGE(hold_seat, x.event, x.seat, x.identity, x.token)
TAQUILLA_MESSAGE(hold_answer, x.yours)
TAQUILLA_MESSAGE(release_seat, x.event, x.seat, x.token, x.id)
TAQUILLA_EMPTY_MESSAGE(seat_released)
TAQUILLA_MESSAGE(sell_seat, x.event, x.seat, x.identity, x.id, x.token)
TAQUILLA_MESSAGE(recheck_seat, x.event, x.seat)
TAQUILLA_MESSAGE(list_seats, x.event, x.after, x.limit)
TAQUILLA_MESSAGE(seat_line, x.seat, x.state, x.held_for_ms)
TAQUILLA_MESSAGE(seat_page, x.seats)
TAQUILLA_EMPTY_MESSAGE(list_events)
TAQUILLA_MESSAGE(event_line, x.id, x.name, x.seats, x.held, x.sold)
TAQUILLA_MESSAGE(event_list, x.events)
TAQUILLA_EMPTY_MESSAGE(check_holds)
TAQUILLA_MESSAGE(charge_card, x.id, x.amount, x.attempt)
TAQUILLA_MESSAGE(void_payment, x.id)
TAQUILLA_MESSAGE(refund_payment, x.id)
TAQUILLA_MESSAGE(find_payment, x.id)
TAQUILLA_MESSAGE(send_mail, x.what, x.era)
TAQUILLA_MESSAGE(transport_answered, x.message_id, x.why)
TAQUILLA_EMPTY_MESSAGE(something_due)
TAQUILLA_EMPTY_MESSAGE(look_again)
TAQUILLA_EMPTY_MESSAGE(flush_batch)
TAQUILLA_EMPTY_MESSAGE(commit_due)
TAQUILLA_MESSAGE(purchase_accepted, x.id, x.replayed)
TAQUILLA_MESSAGE(step_timer, x.deadline, x.attempt)
TAQUILLA_MESSAGE(fault_touched, x.fault_id, x.kind, x.id)
TAQUILLA_MESSAGE(cancel_reservation, x.id)
TAQUILLA_MESSAGE(breaker_permit, x.epoch, x.id, x.since)
TAQUILLA_MESSAGE(inventory_heard, x.permit, x.outcome)
TAQUILLA_MESSAGE(retry_wanted, x.token, x.attempt, x.outcome_unknown, x.remaining_ms)
TAQUILLA_MESSAGE(retry_answer, x.again, x.after_ms, x.evidence)
TAQUILLA_MESSAGE(purchase_over, x.token, x.accepted, x.answer, x.why, x.was_charged)
TAQUILLA_MESSAGE(service_healed, x.service)
TAQUILLA_EMPTY_MESSAGE(report_desk)
TAQUILLA_MESSAGE(breaker_turn, x.to, x.cause, x.count)
TAQUILLA_MESSAGE(desk_report, x.in_flight, x.tokens_milli, x.breaker_state, x.consecutive, x.trips,
                 x.rejected, x.retry_after_ms, x.draining, x.breaker_turns)
TAQUILLA_MESSAGE(drain_desk, x.limit_ms)
TAQUILLA_MESSAGE(desk_drained, x.left)
TAQUILLA_EMPTY_MESSAGE(drain_over)
TAQUILLA_EMPTY_MESSAGE(sweep_open)
TAQUILLA_MESSAGE(happened, x.kind, x.service, x.id, x.subject, x.detail)
TAQUILLA_MESSAGE(feed_event, x.sequence, x.at, x.what)
TAQUILLA_MESSAGE(read_feed, x.after, x.limit)
TAQUILLA_MESSAGE(feed_page, x.events)
TAQUILLA_MESSAGE(follow_feed, x.follower)
TAQUILLA_EMPTY_MESSAGE(tell_followers)
TAQUILLA_EMPTY_MESSAGE(start_children)
TAQUILLA_EMPTY_MESSAGE(children_started)
TAQUILLA_EMPTY_MESSAGE(stop_children)
TAQUILLA_EMPTY_MESSAGE(children_stopped)
TAQUILLA_MESSAGE(set_chaos, x.service, x.kind, x.delay_ms, x.rate_ppm, x.for_ms, x.times)
TAQUILLA_MESSAGE(show_chaos, x.service)
TAQUILLA_MESSAGE(chaos_rule, x.id, x.kind, x.delay_ms, x.rate_ppm, x.for_ms, x.times, x.touched,
                 x.since, x.last_touched, x.ends_at, x.last_request)
TAQUILLA_MESSAGE(chaos_report, x.down, x.active)
TAQUILLA_EMPTY_MESSAGE(report_health)
TAQUILLA_MESSAGE(child_health, x.name, x.state, x.reason, x.since, x.restarts)
TAQUILLA_MESSAGE(health_report, x.children, x.ready)
TAQUILLA_MESSAGE(restart_due, x.name, x.wait)
TAQUILLA_MESSAGE(crash_over, x.service, x.order)
TAQUILLA_MESSAGE(stop_overdue, x.index)

}  // namespace taquilla
