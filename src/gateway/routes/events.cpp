#include "gateway/exchange.hpp"
#include "gateway/query.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/wire.hpp"

#include <algorithm>

namespace taquilla::gateway {

namespace {

using location = parameter_doc::location;

auto find_event(const std::vector<event_view>& events, const std::string& name) {
  return std::find_if(events.begin(), events.end(),
                      [&](const event_view& e) { return e.event == name; });
}

void list_events(const http_request& request, const exchange& out) {
  query_reader query{request};
  const auto limit = query.limit();
  auto after = query.text("after");
  if (const auto wrong = query.finish(); !wrong.empty()) return out.refuse(wrong);
  out.desk().events(answer_with<std::vector<event_view>>(
      out, [limit, after = std::move(after)](const exchange& to, const auto& events) {
        auto from = events.begin();
        if (!after.empty()) {
          from = find_event(events, after);
          if (from == events.end()) return to.refuse({{"after", not_a_cursor}});
          ++from;
        }
        const bool more = static_cast<std::size_t>(events.end() - from) > limit;
        const std::vector<event_view> shown{from, more ? from + limit : events.end()};
        to.answer(page("events", shown, more ? shown.back().event : "", write_event));
      }));
}

void show_event(const http_request& request, const exchange& out) {
  if (const auto wrong = query_reader{request}.finish(); !wrong.empty()) return out.refuse(wrong);
  out.desk().events(answer_with<std::vector<event_view>>(
      out, [event = request.captures.at(0)](const exchange& to, const auto& events) {
        const auto found = find_event(events, event);
        if (found == events.end()) return to.refuse(error{errc::unknown_event, {}, 0});
        json_writer json;
        write_event(json, *found);
        to.answer(json.take());
      }));
}

void answer_seats(query_reader& query, std::string event, const exchange& out) {
  const auto limit = query.limit();
  auto after = query.text("after");
  if (!after.empty() && !parse_seat(after)) query.wrong("after", not_a_cursor);
  if (const auto wrong = query.finish(); !wrong.empty()) return out.refuse(wrong);
  if (!is_event_id(event)) return out.refuse(error{errc::unknown_event, {}, 0});
  // One more than asked for tells whether there is a further page.
  out.desk().seats(std::move(event), std::move(after), limit + 1,
                   [out, limit](result<std::vector<seat_view>> found) {
                     // The one seat that was named is the cursor.
                     if (!found && found.failure().code == errc::unknown_seat)
                       return out.refuse({{"after", not_a_cursor}});
                     if (!found) return out.refuse(found.failure());
                     auto& all = *found;
                     const bool more = all.size() > limit;
                     if (more) all.resize(limit);
                     const auto next = more ? to_string(all.back().seat) : std::string{};
                     out.answer(page("seats", all, next, write_seat));
                   });
}

void seats_of_event(const http_request& request, const exchange& out) {
  query_reader query{request};
  answer_seats(query, request.captures.at(0), out);
}

void seats_of_inventory(const http_request& request, const exchange& out) {
  query_reader query{request};
  auto event = query.text("eventId");
  if (event.empty()) query.wrong("eventId", "falta este parámetro");
  answer_seats(query, std::move(event), out);
}

constexpr const char* event_example =
    R"({"eventId":"EVT-001","name":"Noche de estreno","seats":120,"free":119,"held":0,"sold":1})";
constexpr const char* seats_example =
    R"({"seats":[{"seatId":"A1","state":"sold","heldForMs":0}],"next":null})";

endpoint events_endpoint() {
  auto e = get({listener::gateway}, "/api/events",
               "The events, in the order of the venue, and how many seats are taken.", list_events);
  e.parameters = paged();
  e.answers = {200, 422, 503};
  e.example = std::string{R"({"events":[)"} + event_example + R"(],"next":null})";
  return e;
}

const parameter_doc id_parameter{location::path, "id", "name of the event, e.g. EVT-001", true};

endpoint event_endpoint() {
  auto e = get({listener::gateway}, "/api/events/{id}", "One event.", show_event);
  e.parameters = {id_parameter};
  e.answers = {200, 404, 422, 503};
  e.example = event_example;
  return e;
}

endpoint seats_endpoint() {
  auto e = get({listener::gateway}, "/api/events/{id}/seats",
               "What is free, held and sold, in the order of the venue.", seats_of_event);
  e.parameters = paged({id_parameter});
  e.answers = {200, 404, 422, 503};
  e.example = seats_example;
  return e;
}

endpoint inventory_seats_endpoint() {
  auto e = seats_endpoint();
  e.at = {listener::gateway, listener::inventory};
  e.path = "/api/inventory/seats";
  e.summary = "The same, as INVENTORY's own port gives it.";
  e.parameters = paged({{location::query, "eventId", "name of the event", true}});
  e.handle = seats_of_inventory;
  return e;
}

}  // namespace

void add_event_endpoints(std::vector<endpoint>& table) {
  table.push_back(events_endpoint());
  table.push_back(event_endpoint());
  table.push_back(seats_endpoint());
  table.push_back(inventory_seats_endpoint());
}

}  // namespace taquilla::gateway
