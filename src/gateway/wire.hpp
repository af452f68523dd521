// The shapes of the house's facts in JSON: names and order of keys as docs and console know them.
// Each function writes one object into the writer. Pure. Pages are the same everywhere:
// {"<plural>":[...],"next":CURSOR or null}, a cursor being text that the client hands back.
#pragma once

#include "gateway/front_desk.hpp"
#include "gateway/json_writer.hpp"
#include "gateway/overview.hpp"

#include <string>
#include <string_view>

namespace taquilla::gateway {

/// The path segment and JSON name of a service: "inventory", "payments", "notifications".
const char* wire_name(service which);

void write_reservation(json_writer& json, const reservation& record, bool with_timeline);
void write_event(json_writer& json, const event_view& event);
void write_seat(json_writer& json, const seat_view& seat);
void write_charge(json_writer& json, const charge_record& charge);
void write_message(json_writer& json, const mail& delivered);
void write_due_mail(json_writer& json, const mail& waiting);
/// The members "down" and "chaos" into the object that is open.
void write_chaos_members(json_writer& json, const chaos_table& table);
/// The members of a health report into the object that is open, with the faults that are set, as
/// far as they are known. `seen` has the health.
void write_health_members(json_writer& json, const overview& seen);

/// A whole page; an empty `next` is null.
template <class List, class Write>
std::string page(std::string_view plural, const List& list, std::string_view next, Write write) {
  json_writer json;
  json.open_object().key(plural).open_array();
  for (const auto& item : list) write(json, item);
  return json.close_array().text_or_null("next", next).close_object().take();
}

/// The cursor that stands for an id; 0 is the end.
inline std::string cursor_of(std::uint64_t id) { return id == 0 ? "" : std::to_string(id); }

}  // namespace taquilla::gateway
