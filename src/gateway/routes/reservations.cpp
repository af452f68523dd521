#include "gateway/ascii.hpp"
#include "gateway/exchange.hpp"
#include "gateway/purchase_form.hpp"
#include "gateway/query.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/wire.hpp"

namespace taquilla::gateway {

namespace {

using location = parameter_doc::location;

constexpr const char* purchase_schema =
    R"({"type":"object","additionalProperties":false,)"
    R"("required":["eventId","seatId","userEmail","amount"],"properties":{)"
    R"("eventId":{"type":"string","example":"EVT-001"},)"
    R"("seatId":{"type":"string","pattern":"^[A-Z]{1,4}[1-9][0-9]{0,3}$","example":"A1"},)"
    R"("userEmail":{"type":"string","format":"email","example":"test@email.com"},)"
    R"("amount":{"type":"number","minimum":0.01,"maximum":1000000,"example":50.0}}})";

/// The original's answer, byte for byte: PowerShell prints its columns in the order of the keys.
std::string sold_body(reservation_id id) {
  return "{\"success\":true,\"reservationId\":" + std::to_string(id) +
         ",\"message\":\"Reserva confirmada exitosamente\"}";
}

/// The order a request asks for; nothing when it was refused.
std::optional<purchase_order> read_order(const http_request& request, const exchange& out) {
  const auto type = request.single("Content-Type");
  if (!type) {
    out.refuse(error{errc::malformed_request, "Content-Type must be sent once", 0});
    return std::nullopt;
  }
  if (!is_json_content_type(*type)) {
    out.refuse(error{errc::not_json, "Content-Type must be application/json", 0});
    return std::nullopt;
  }
  auto form = read_purchase(request.body);
  if (!form) {
    out.refuse(form.failure());
    return std::nullopt;
  }
  if (const auto key = request.single("Idempotency-Key"); !key) {
    form->wrong.push_back({"Idempotency-Key", "está repetido"});
  } else if (request.has_header("Idempotency-Key")) {
    form->order.idempotency_key = *key;
    if (!is_idempotency_key(form->order.idempotency_key))
      form->wrong.push_back({"Idempotency-Key", "debe tener de 1 a 255 caracteres ASCII visibles"});
  }
  if (form->wrong.empty()) return std::move(form->order);
  out.refuse(form->wrong);
  return std::nullopt;
}

void buy(const http_request& request, const exchange& out) {
  purchase_limit::allowance left;
  if (request.limit) left = out.house().limit.left_by(*request.limit);
  for (auto& [name, value] : left.fields) out.promise_header(std::move(name), std::move(value));
  if (const auto wrong = query_reader{request}.finish(); !wrong.empty()) return out.refuse(wrong);
  auto order = read_order(request, out);
  if (!order) return;
  order->evidence = std::move(left.evidence);
  out.desk().buy(std::move(*order), [out](result<purchase_answer> answer) {
    if (!answer) return out.refuse(answer.failure());
    out.house().counts.bought(answer->replayed);
    exchange::header_fields fields;
    if (answer->replayed) fields.emplace_back("Idempotent-Replayed", "true");
    out.answer(sold_body(answer->id), std::move(fields));
  });
}

void list(const http_request& request, const exchange& out) {
  query_reader query{request};
  list_reservations filter;
  filter.email = query.text("userEmail");
  filter.event = query.text("eventId");
  filter.state = query.one_of(
      "state", {to_string(reservation_state::pending), to_string(reservation_state::confirmed),
                to_string(reservation_state::cancelled), to_string(reservation_state::failed)});
  filter.limit = query.limit();
  filter.after = query.after_id();
  if (const auto wrong = query.finish(); !wrong.empty()) return out.refuse(wrong);
  out.desk().reservations_like(std::move(filter),
                               answer_with<reservations>(out, [](const exchange& to, auto& found) {
                                 to.answer(page("reservations", found.list, cursor_of(found.next),
                                                [](json_writer& json, const reservation& record) {
                                                  write_reservation(json, record, false);
                                                }));
                               }));
}

/// The id of the path; refuses when it cannot be one.
std::optional<reservation_id> id_of(const http_request& request, const exchange& out) {
  const auto id = request.captures.empty() ? std::nullopt : parse_digits(request.captures[0]);
  // "01" would be a second name of the same reservation.
  if (!id || request.captures[0].front() == '0') {
    out.refuse(error{errc::unknown_reservation, {}, 0});
    return std::nullopt;
  }
  if (const auto wrong = query_reader{request}.finish(); !wrong.empty()) {
    out.refuse(wrong);
    return std::nullopt;
  }
  return id;
}

void show(const http_request& request, const exchange& out) {
  const auto id = id_of(request, out);
  if (!id) return;
  out.desk().reservation_by_id(*id,
                               answer_with<reservation>(out, [](const exchange& to, auto& found) {
                                 json_writer json;
                                 write_reservation(json, found, true);
                                 to.answer(json.take());
                               }));
}

void cancel(const http_request& request, const exchange& out) {
  const auto id = id_of(request, out);
  if (!id) return;
  out.desk().cancel(*id, answer_with<reservation>(out, [](const exchange& to, auto& record) {
    const bool failed = record.state == reservation_state::failed;
    json_writer json;
    json.open_object()
        .boolean("success", true)
        .number("reservationId", record.id)
        .text("message", failed ? "La reserva no llegó a hacerse" : "Reserva cancelada")
        .text("state", to_string(record.state))
        .close_object();
    to.answer(json.take());
  }));
}

endpoint purchase_endpoint() {
  endpoint e;
  e.at = {listener::gateway};
  e.method = "POST";
  e.path = "/api/reservations";
  e.summary = "Buys one seat. The same purchase sent again gets the stored answer.";
  e.parameters = {{location::header, "Idempotency-Key",
                   "names this purchase, even if it was made before; while it lives, the same key "
                   "with another body is refused",
                   false}};
  e.answers = {200, 400, 402, 403, 404, 409, 413, 415, 422, 429, 503, 504};
  e.body_schema = purchase_schema;
  e.example = sold_body(1);
  e.handle = buy;
  e.sells = true;
  return e;
}

endpoint list_endpoint() {
  auto e =
      get({listener::gateway}, "/api/reservations", "Reservations, oldest first, by page.", list);
  e.parameters =
      paged({{location::query, "userEmail", "only of this buyer", false},
             {location::query, "eventId", "only for this event", false},
             {location::query, "state", "pending, confirmed, cancelled or failed", false}});
  e.answers = {200, 422, 503};
  e.example = R"({"reservations":[],"next":null})";
  return e;
}

const parameter_doc id_parameter{location::path, "id", "number of the reservation", true};

endpoint show_endpoint() {
  auto e = get({listener::gateway}, "/api/reservations/{id}",
               "One reservation with its timeline: every step, attempt, wait and fault.", show);
  e.parameters = {id_parameter};
  e.answers = {200, 404, 422, 503};
  e.example =
      R"({"reservationId":1,"eventId":"EVT-001","seatId":"A1","userEmail":"test@email.com",)"
      R"("amount":50.00,"state":"confirmed","createdAt":"2026-01-01T20:00:00.000Z",)"
      R"("updatedAt":"2026-01-01T20:00:00.042Z","failure":null,"timeline":[)"
      R"({"at":"2026-01-01T20:00:00.001Z","lastedMs":3,"step":"seat_held","detail":"","fault":null}]})";
  return e;
}

endpoint cancel_endpoint() {
  auto e = show_endpoint();
  e.method = "DELETE";
  e.summary = "Cancels: refunds, frees the seat, mails the buyer. Repeating changes nothing.";
  e.answers = {200, 403, 404, 409, 422, 503};
  e.example =
      R"({"success":true,"reservationId":1,"message":"Reserva cancelada","state":"cancelled"})";
  e.handle = cancel;
  return e;
}

}  // namespace

void add_reservation_endpoints(std::vector<endpoint>& table) {
  table.push_back(purchase_endpoint());
  table.push_back(list_endpoint());
  table.push_back(show_endpoint());
  table.push_back(cancel_endpoint());
}

}  // namespace taquilla::gateway
