#include "gateway/wire.hpp"

namespace taquilla::gateway {

namespace {

/// Millionths as the shortest decimal: 500000 is 0.5, 1000000 is 1.
std::string share_of(std::uint32_t ppm) {
  constexpr std::uint32_t one = 1'000'000;
  std::string text = std::to_string(ppm / one);
  auto fraction = std::to_string(one + ppm % one).substr(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  return fraction.empty() ? text : text + '.' + fraction;
}

void write_step(json_writer& json, const timeline_entry& entry) {
  json.open_object()
      .time("at", entry.at)
      .signed_number("lastedMs", entry.lasted_ms)
      .text("step", entry.step)
      .text("detail", entry.detail)
      .text_or_null("fault", entry.fault)
      .close_object();
}

void write_rule(json_writer& json, const chaos_view& rule) {
  json.open_object()
      .text("id", rule.id)
      .text("kind", rule.kind)
      .signed_number("delayMs", rule.delay_ms)
      .key("rate")
      .raw(share_of(rule.rate_ppm))
      .signed_number("forMs", rule.for_ms)
      .number("times", rule.times)
      .number("touched", rule.touched)
      .time("since", rule.since)
      .time("endsAt", rule.ends_at)
      .time("lastTouchedAt", rule.last_touched)
      .text_or_null("lastRequest", rule.last_request)
      .close_object();
}

void write_part(json_writer& json, const part_health& part) {
  json.open_object()
      .text("name", part.name)
      .text("state", part.state)
      .time("since", part.since)
      .text_or_null("reason", part.reason)
      .number("restarts", part.restarts)
      .close_object();
}

/// The short of write_rule: what is requested stays with who may set faults.
void write_faults(json_writer& json, const chaos_table& table) {
  for (const auto& rule : table.active)
    json.open_object()
        .text("service", wire_name(table.target))
        .text("id", rule.id)
        .text("kind", rule.kind)
        .time("since", rule.since)
        .number("touched", rule.touched)
        .close_object();
}

void write_breaker(json_writer& json, const breaker_view& breaker) {
  json.open_object()
      .text("state", breaker.state)
      .number("consecutiveFailures", breaker.consecutive_failures)
      .number("trips", breaker.trips)
      .number("rejected", breaker.rejected)
      .signed_number("retryAfterMs", breaker.retry_after_ms)
      .close_object();
}

void write_store(json_writer& json, const store_counts& store) {
  json.open_object()
      .number("reservations", store.reservations)
      .number("pending", store.pending)
      .number("settlementsDue", store.settlements_due)
      .number("outboxDue", store.outbox_due)
      .number("outboxDead", store.outbox_dead)
      .number("commits", store.commits)
      .number("commands", store.commands)
      .time("oldestMailAt", store.oldest_mail_at)
      .close_object();
}

}  // namespace

const char* wire_name(service which) {
  switch (which) {
    case service::inventory:
      return "inventory";
    case service::payment:
      return "payments";
    case service::notification:
      return "notifications";
  }
  return "?";
}

void write_reservation(json_writer& json, const reservation& record, bool with_timeline) {
  json.open_object()
      .number("reservationId", record.id)
      .text("eventId", record.event)
      .text("seatId", to_string(record.seat))
      .text("userEmail", record.email)
      .amount("amount", record.amount)
      .text("state", to_string(record.state))
      .time("createdAt", record.created_at)
      .time("updatedAt", record.updated_at)
      .text_or_null("failure", record.failure);
  if (with_timeline) {
    json.key("timeline").open_array();
    for (const auto& entry : record.timeline) write_step(json, entry);
    json.close_array();
  }
  json.close_object();
}

void write_event(json_writer& json, const event_view& event) {
  const auto taken = event.held + event.sold;
  json.open_object()
      .text("eventId", event.event)
      .text("name", event.name)
      .number("seats", event.seats)
      .number("free", event.seats > taken ? event.seats - taken : 0)
      .number("held", event.held)
      .number("sold", event.sold)
      .close_object();
}

void write_seat(json_writer& json, const seat_view& seat) {
  json.open_object()
      .text("seatId", to_string(seat.seat))
      .text("state", to_string(seat.state))
      .signed_number("heldForMs", seat.held_for_ms)
      .close_object();
}

void write_charge(json_writer& json, const charge_record& charge) {
  json.open_object()
      .number("id", charge.id)
      .number("reservationId", charge.id)
      .amount("amount", charge.amount)
      .text("state", to_string(charge.state))
      .time("at", charge.at)
      .close_object();
}

void write_message(json_writer& json, const mail& delivered) {
  const auto text = text_of(delivered.about);
  json.open_object()
      .text("messageId", delivered.message_id)
      .number("reservationId", delivered.about.id)
      .text("to", delivered.to)
      .text("subject", text.subject)
      .text("body", text.body)
      .time("deliveredAt", delivered.delivered_at)
      .close_object();
}

void write_due_mail(json_writer& json, const mail& waiting) {
  // Nothing has stopped it yet: its relay has it in hand.
  static const std::string first = "first_attempt";
  const auto& reason = waiting.last_error.empty() ? first : waiting.last_error;
  json.open_object()
      .text("messageId", waiting.message_id)
      .number("reservationId", waiting.about.id)
      .text("to", waiting.to)
      .text("subject", text_of(waiting.about).subject)
      .time("createdAt", waiting.created_at)
      .time("notBefore", waiting.not_before)
      .number("attempts", std::uint64_t{waiting.attempts})
      .boolean("dead", waiting.dead)
      .text("reason", reason)
      .close_object();
}

void write_chaos_members(json_writer& json, const chaos_table& table) {
  json.boolean("down", table.down).key("chaos").open_array();
  for (const auto& rule : table.active) write_rule(json, rule);
  json.close_array();
}

void write_health_members(json_writer& json, const overview& seen) {
  const auto& health = *seen.health;
  json.boolean("ready", health.ready).boolean("draining", health.draining);
  json.key("parts").open_array();
  for (const auto& part : health.parts) write_part(json, part);
  json.close_array().key("faults").open_array();
  for (const auto& table : seen.chaos)
    if (table) write_faults(json, *table);
  json.close_array().key("breaker");
  write_breaker(json, health.breaker);
  json.number("purchasesInFlight", health.purchases_in_flight)
      .number("retryTokensMilli", health.retry_tokens_milli)
      .key("store");
  write_store(json, health.store);
}

}  // namespace taquilla::gateway
