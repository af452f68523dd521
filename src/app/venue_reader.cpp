#include "app/venue_reader.hpp"

#include "app/closest_name.hpp"
#include "app/json_entries.hpp"

#include <nlohmann/json.hpp>

#include <set>

namespace taquilla::app {

namespace {

using json = nlohmann::json;

constexpr std::size_t name_bytes_max = 200;
constexpr std::uint32_t seats_per_row_max = 9'999;  // what a seat_id can say

struct wrong {
  std::string where, what;
};

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw wrong{where, what};
}

error refusal(const text_place& at, const std::string& what) {
  return {errc::invalid_field,
          std::to_string(at.line) + ':' + std::to_string(at.column) + ' ' + what, 0};
}

void expect_only(const json& object, const std::vector<std::string>& known,
                 const std::string& where) {
  if (!object.is_object()) refuse(where, "must be an object");
  for (const auto& [name, value] : object.items()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto meant = closest_name(name, known);
    refuse(where, "unknown key \"" + name + '"' +
                      (meant.empty() ? "" : "; did you mean \"" + meant + "\"?"));
  }
  for (const auto& name : known)
    if (!object.contains(name)) refuse(where, "the key \"" + name + "\" is missing");
}

std::string text_at(const json& value, const std::string& where) {
  if (!value.is_string()) refuse(where, "must be a text");
  return value.get<std::string>();
}

std::vector<std::string> read_rows(const json& rows, const std::string& where) {
  if (!rows.is_array() || rows.empty()) refuse(where, "must be a list with at least one row");
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto at = where + '[' + std::to_string(i) + ']';
    names.push_back(text_at(rows[i], at));
    if (!parse_seat(names.back() + '1')) refuse(at, "a row is one to four capital letters");
    if (!seen.insert(names.back()).second)
      refuse(at, "the row " + names.back() + " is there twice");
  }
  return names;
}

venue_event read_event(const json& event, const std::string& where) {
  expect_only(event, {"id", "name", "rows", "seatsPerRow"}, where);
  venue_event out;
  out.id = text_at(event["id"], where + ".id");
  if (!is_event_id(out.id))
    refuse(where + ".id", "must be 1 to 64 letters, digits, '-', '_' or '.'");
  out.name = text_at(event["name"], where + ".name");
  if (out.name.empty() || out.name.size() > name_bytes_max)
    refuse(where + ".name", "must be 1 to " + std::to_string(name_bytes_max) + " bytes long");
  out.rows = read_rows(event["rows"], where + ".rows");
  const auto& seats = event["seatsPerRow"];
  if (!seats.is_number_unsigned() || seats.get<std::uint64_t>() < 1 ||
      seats.get<std::uint64_t>() > seats_per_row_max)
    refuse(where + ".seatsPerRow", "must be 1.." + std::to_string(seats_per_row_max));
  out.seats_per_row = seats.get<std::uint32_t>();
  return out;
}

venue read_events(const json& root) {
  expect_only(root, {"events"}, "the venue");
  const auto& events = root["events"];
  if (!events.is_array() || events.empty()) refuse("events", "must be a list with at least one");
  venue plan;
  std::set<std::string> seen;
  std::uint64_t seats = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto where = "events[" + std::to_string(i) + ']';
    plan.push_back(read_event(events[i], where));
    if (!seen.insert(plan.back().id).second)
      refuse(where + ".id", plan.back().id + " is there twice");
    seats += plan.back().rows.size() * std::uint64_t{plan.back().seats_per_row};
    if (seats > venue_seats_max)
      refuse(where, "more than " + std::to_string(venue_seats_max) + " seats in all");
  }
  return plan;
}

}  // namespace

result<venue> read_venue(const std::string& text) {
  const auto places = read_places(text);
  if (!places.problem.empty()) return refusal(places.problem_at, places.problem);
  try {
    return read_events(json::parse(text));
  } catch (const wrong& problem) {
    return refusal(place_of(places, text, problem.where), problem.where + ": " + problem.what);
  }
}

}  // namespace taquilla::app
