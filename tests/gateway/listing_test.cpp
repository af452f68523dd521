// Goal: what can be looked at has the documented shape, pages have a limit and a cursor, and a
// wrong question names what is wrong with it. Method: golden bytes for one of each shape, walks
// over pages, a table of wrong queries.
#include "gateway/house.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace taquilla;
using namespace taquilla::gateway;

namespace {

std::string order_for(const std::string& seat, const std::string& buyer = "test@email.com") {
  return R"({"eventId":"EVT-001","seatId":")" + seat + R"(","userEmail":")" + buyer +
         R"(","amount":50.0})";
}

void sell_row_a(house& h) {
  for (int i = 1; i <= 12; ++i)
    h.ask(purchase(order_for("A" + std::to_string(i), i % 2 == 0 ? "even@b" : "odd@b")));
}

}  // namespace

TEST_CASE("a reservation shows its state, its money and its timeline") {
  house h;
  h.ask(purchase());
  const auto answer = h.get("/api/reservations/1");
  CHECK(answer.status == 200);
  CHECK(answer.body ==
        R"({"reservationId":1,"eventId":"EVT-001","seatId":"A1","userEmail":"test@email.com",)"
        R"("amount":50.00,"state":"confirmed","createdAt":"2026-01-01T20:00:00.000Z",)"
        R"("updatedAt":"2026-01-01T20:00:00.042Z","failure":null,"timeline":[)"
        R"({"at":"2026-01-01T20:00:00.001Z","lastedMs":3,"step":"hold","detail":"excess 0",)"
        R"("fault":null},{"at":"2026-01-01T20:00:00.004Z","lastedMs":9,"step":"charge",)"
        R"("detail":"","fault":"f7"}]})");
}

TEST_CASE("a reservation that is not there is 404, whatever its number looks like") {
  house h;
  for (const char* id : {"1", "0", "-1", "x", "1x", "999999999999999999", "99999999999999999999"})
    for (const char* method : {"GET", "DELETE"}) {
      const auto answer = h.ask(request_to(method, "/api/reservations/" + std::string{id}));
      CHECK(answer.status == 404);
      CHECK(json_of(answer)["code"] == "unknown_reservation");
    }
}

TEST_CASE("cancelling answers, and answers the same again") {
  house h;
  h.ask(purchase());
  const auto first = h.ask(request_to("DELETE", "/api/reservations/1"));
  CHECK(first.status == 200);
  CHECK(first.body ==
        R"({"success":true,"reservationId":1,"message":"Reserva cancelada","state":"cancelled"})");
  CHECK(h.ask(request_to("DELETE", "/api/reservations/1")).body == first.body);
  CHECK(h.ask(purchase()).body.find("\"reservationId\":2") != std::string::npos);
}

TEST_CASE("reservations are paged by cursor until the cursor is null") {
  house h;
  sell_row_a(h);
  std::vector<int> ids;
  std::string target = "/api/reservations?limit=5";
  for (int pages = 0; pages < 10; ++pages) {
    const auto body = json_of(h.get(target));
    for (const auto& record : body["reservations"]) {
      ids.push_back(record["reservationId"]);
      CHECK(!record.contains("timeline"));
    }
    if (body["next"].is_null()) break;
    target = "/api/reservations?limit=5&after=" + body["next"].get<std::string>();
  }
  CHECK(ids == std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
}

TEST_CASE("filters reach the store as they were asked") {
  house h;
  sell_row_a(h);
  const auto body =
      json_of(h.get("/api/reservations?userEmail=even@b&eventId=EVT-001&state=confirmed&limit=3"));
  CHECK(body["reservations"].size() == 3);
  CHECK(body["next"] == "6");
  CHECK(h.desk.last_filter.email == "even@b");
  CHECK(h.desk.last_filter.event == "EVT-001");
  CHECK(h.desk.last_filter.state == "confirmed");
  CHECK(h.desk.last_filter.limit == 3);
}

TEST_CASE("events tell what is free") {
  house h;
  h.ask(purchase());
  const std::string event =
      R"({"eventId":"EVT-001","name":"Noche de estreno","seats":120,"free":119,"held":0,"sold":1})";
  CHECK(h.get("/api/events").body == "{\"events\":[" + event + "],\"next\":null}");
  CHECK(h.get("/api/events/EVT-001").body == event);
  CHECK(h.get("/api/events/EVT-002").status == 404);
  CHECK(json_of(h.get("/api/events/EVT-002/seats"))["code"] == "unknown_event");
}

TEST_CASE("events are paged in the order of the venue") {
  house h;
  h.desk.further_events = {{"EVT-009", "Matinal", 5, 0, 0}, {"EVT-002", "Nocturna", 5, 0, 0}};
  std::string seen, target = "/api/events?limit=1";
  for (int page = 0; page < 3; ++page) {
    const auto body = json_of(h.get(target));
    REQUIRE(body["events"].size() == 1);
    seen += body["events"][0]["eventId"].get<std::string>() + ' ';
    if (body["next"].is_null()) break;
    target = "/api/events?limit=1&after=" + body["next"].get<std::string>();
  }
  CHECK(seen == "EVT-001 EVT-009 EVT-002 ");
  CHECK(json_of(h.get("/api/events?after=EVT-002"))["events"].empty());
  CHECK(json_of(h.get("/api/events?limit=3"))["next"].is_null());
  CHECK(json_of(h.get("/api/events?after=EVT-777"))["errors"][0]["field"] == "after");
}

TEST_CASE("a reservation has one name") {
  house h;
  h.ask(purchase());
  CHECK(h.get("/api/reservations/1").status == 200);
  for (const char* name : {"0", "01", "001", "+1", "1.0", "1e0"}) {
    CHECK(h.get(std::string{"/api/reservations/"} + name).status == 404);
    CHECK(h.ask(request_to("DELETE", std::string{"/api/reservations/"} + name)).status == 404);
  }
}

TEST_CASE("seats are paged in the order of the hall, on both of their paths") {
  house h;
  h.ask(purchase());
  CHECK(h.get("/api/events/EVT-001/seats?limit=2").body ==
        R"({"seats":[{"seatId":"A1","state":"sold","heldForMs":0},)"
        R"({"seatId":"A2","state":"free","heldForMs":0}],"next":"A2"})");
  CHECK(json_of(h.get("/api/events/EVT-001/seats?limit=120"))["next"].is_null());
  CHECK(json_of(h.get("/api/events/EVT-001/seats?limit=1&after=J11"))["seats"][0]["seatId"] ==
        "J12");
  for (const auto at : {listener::gateway, listener::inventory}) {
    CHECK(json_of(h.get("/api/inventory/seats?eventId=EVT-001", at))["seats"].size() == 100);
    const auto missing = h.get("/api/inventory/seats", at);
    CHECK(missing.status == 422);
    CHECK(json_of(missing)["errors"][0]["field"] == "eventId");
  }
}

TEST_CASE("charges have an id, a reservation, an amount and a state") {
  house h;
  h.ask(purchase());
  h.ask(purchase(order_for("A2")));
  h.ask(request_to("DELETE", "/api/reservations/2"));
  CHECK(h.get("/api/payments/charges?limit=1", listener::payment).body ==
        R"({"charges":[{"id":1,"reservationId":1,"amount":50.00,"state":"charged",)"
        R"("at":"2026-01-01T20:00:00.020Z"}],"next":"1"})");
  const auto refunded = json_of(h.get("/api/payments/charges?state=refunded"));
  CHECK(refunded["charges"].size() == 1);
  CHECK(refunded["charges"][0]["id"] == 2);
}

TEST_CASE("the mailbox shows what was delivered, the outbox what waits and why") {
  house h;
  mail message;
  message.message_id = "1-confirmed";
  message.about = {mail_kind::confirmed, 1, "\"EVT-001\"", {"A", 1}, {5000}};
  message.to = "test@email.com";
  message.delivered_at = message.created_at = 1'767'297'600'100;
  h.desk.delivered = {message};
  CHECK(h.get("/api/notifications/mailbox?to=test@email.com", listener::notification).body ==
        R"({"messages":[{"messageId":"1-confirmed","reservationId":1,"to":"test@email.com",)"
        R"("subject":"Reserva confirmada 1: \"EVT-001\", asiento A1",)"
        R"("body":"Hola:\n\nSu reserva está confirmada y pagada.\n\n  Reserva: 1\n)"
        R"(  Evento:  \"EVT-001\"\n  Asiento: A1\n  Importe: 50.00\n\n)"
        R"(Presente el número de reserva en la entrada.\n",)"
        R"("deliveredAt":"2026-01-01T20:00:00.100Z"}],"next":null})");
  CHECK(h.desk.waited_ms == -1);
  h.desk.waiting = {message};
  const auto first = h.get("/api/notifications/outbox", listener::notification).body;
  CHECK(first.find(R"("attempts":0,"dead":false,"reason":"first_attempt")") != std::string::npos);
  message.attempts = 3;
  message.not_before = message.created_at + 5'000;
  message.last_error = "notification_unavailable";
  h.desk.waiting = {message};
  CHECK(h.get("/api/notifications/outbox", listener::notification).body ==
        R"({"due":[{"messageId":"1-confirmed","reservationId":1,"to":"test@email.com",)"
        R"("subject":"Reserva confirmada 1: \"EVT-001\", asiento A1",)"
        R"("createdAt":"2026-01-01T20:00:00.100Z",)"
        R"("notBefore":"2026-01-01T20:00:05.100Z","attempts":3,"dead":false,)"
        R"("reason":"notification_unavailable"}],"next":null})");
}

TEST_CASE("waiting for mail is cut at thirty seconds") {
  const std::pair<const char*, std::int64_t> table[] = {
      {"5", 5'000}, {"0.25", 250}, {"30", 30'000}, {"31", 30'000}, {"3600", 30'000}, {"0", -1}};
  for (const auto& [wait, waited_ms] : table) {
    CAPTURE(wait);
    house h;
    CHECK(h.get("/api/notifications/mailbox?to=a@b&wait=" + std::string{wait}).status == 200);
    CHECK(h.desk.waited_ms == waited_ms);
    CHECK(h.desk.last_mailbox.to == "a@b");
  }
}

TEST_CASE("who waits for a mail is told apart by his address, and is seen to have gone") {
  auto options = house::quiet();
  options.trusted_proxies = {"10.0.0.1"};
  house h{options};
  const auto wait_from = [&h](const std::string& peer, const char* forwarded_for = nullptr) {
    auto request = request_to("GET", "/api/notifications/mailbox?wait=5");
    request.peer = peer;
    if (forwarded_for != nullptr) request.headers.emplace_back("X-Forwarded-For", forwarded_for);
    const auto connection = std::make_shared<int>();
    request.client = connection;
    h.ask(request);
    CHECK_FALSE(h.desk.last_waiter.has_gone());
    return h.desk.last_waiter.address;
  };
  CHECK(wait_from("192.0.2.1") == "192.0.2.1");
  CHECK(h.desk.last_waiter.has_gone());
  CHECK(wait_from("2001:db8::1") == "2001:db8:0:0::/64");
  CHECK(wait_from("192.0.2.1", "203.0.113.9") == "192.0.2.1");
  CHECK(wait_from("10.0.0.1", "203.0.113.9") == "203.0.113.9");
  CHECK(wait_from("10.0.0.1").empty());
  CHECK(wait_from("127.0.0.1").empty());
}

TEST_CASE("a wrong question is answered 422 and names the parameter") {
  const std::pair<const char*, const char*> table[] = {
      {"/api/reservations?limit=0", "limit"},
      {"/api/reservations?limit=1001", "limit"},
      {"/api/reservations?limit=-1", "limit"},
      {"/api/reservations?limit=1e2", "limit"},
      {"/api/reservations?limit=5&limit=5", "limit"},
      {"/api/reservations?after=x", "after"},
      {"/api/reservations?state=sold", "state"},
      {"/api/reservations?userMail=a@b", "userMail"},
      {"/api/events?x=1", "x"},
      {"/api/events/EVT-001?x=1", "x"},
      {"/api/events/EVT-001/seats?after=a1", "after"},
      {"/api/events/EVT-001/seats?after=ZZ9", "after"},
      {"/api/inventory/seats?eventId=EVT-001&after=ZZ9", "after"},
      {"/api/events/EVT-001/seats?limit=99999999999999999999", "limit"},
      {"/api/payments/charges?state=paid", "state"},
      {"/api/payments/charges?after=-1", "after"},
      {"/api/notifications/mailbox?wait=soon", "wait"},
      {"/api/notifications/mailbox?wait=-1", "wait"},
      {"/api/notifications/mailbox?wait=1.2345", "wait"},
      {"/api/notifications/mailbox?after=x", "after"},
      {"/api/notifications/mailbox?wait=1&after=-1", "after"},
      {"/api/notifications/outbox?after=1x", "after"},
      {"/api/notifications/outbox?limit=0", "limit"},
      {"/api/stream?after=x", "after"},
  };
  for (const auto& [target, field] : table) {
    CAPTURE(target);
    house h;
    const auto answer = h.get(target);
    CHECK(answer.status == 422);
    CHECK(json_of(answer)["errors"][0]["field"] == field);
  }
  house h;
  CHECK(h.get("/api/notifications/mailbox?to=" + std::string(255, 'x')).status == 422);
}

TEST_CASE("a parameter without a value is one that was not given") {
  house h;
  for (const char* target :
       {"/api/reservations?limit=&after=&userEmail=&eventId=&state=", "/api/events?limit=&after=",
        "/api/events/EVT-001/seats?limit=&after=", "/api/payments/charges?state=&limit=&after=",
        "/api/notifications/mailbox?to=&wait=&limit=&after=",
        "/api/notifications/outbox?limit=&after=", "/api/stream?after="}) {
    CAPTURE(target);
    CHECK(h.get(target).status == 200);
  }
  CHECK(h.desk.last_filter.limit == 100);
  CHECK(h.desk.waited_ms == -1);
  CHECK(h.get("/api/reservations?limit=&limit=5").status == 422);
  CHECK(h.get("/api/reservations?nonsense=").status == 422);
}

TEST_CASE("trouble at the front desk is passed on by every listing") {
  for (const char* target :
       {"/api/reservations", "/api/reservations/1", "/api/events", "/api/events/EVT-001",
        "/api/events/EVT-001/seats", "/api/payments/charges", "/api/notifications/mailbox",
        "/api/notifications/outbox", "/api/inventory/chaos", "/health"}) {
    CAPTURE(target);
    house h;
    h.desk.trouble = error{errc::store_unavailable, {}, 2'000};
    const auto answer = h.get(target);
    CHECK(answer.status == 503);
    CHECK(json_of(answer)["code"] == "store_unavailable");
    CHECK(header_of(answer, "Retry-After") == "2");
  }
}

TEST_CASE("paths that nobody serves are 404, and methods that a path lacks 405 with Allow") {
  house h;
  for (const char* path : {"/api", "/api/", "/api/reservations/", "/api/reservation", "//", "/x",
                           "/api/events/", "/api/events//seats", "/api/inventory/chaos/a/b"})
    CHECK(h.get(path).status == 404);
  CHECK(h.get("/api/reservations", listener::inventory).status == 404);
  const auto answer = h.ask(request_to("PUT", "/api/reservations"));
  CHECK(answer.status == 405);
  CHECK(header_of(answer, "Allow") == "GET, HEAD, POST");
  CHECK(json_of(answer)["message"] == "Método no permitido en esta ruta");
  CHECK(h.ask(request_to("OPTIONS", "/api/reservations")).status == 405);
  const auto whole = h.ask(request_to("OPTIONS", "*"));
  CHECK(whole.status == 204);
  CHECK(header_of(whole, "Allow") == "DELETE, GET, HEAD, OPTIONS, POST");
  const auto counted = "method=\"\",code=\"204\"} 1\n";
  CHECK(h.get("/metrics").body.find(counted) != std::string::npos);
  const auto inventory = h.ask(request_to("OPTIONS", "*", {}, listener::inventory));
  CHECK(header_of(inventory, "Allow") == "GET, HEAD, OPTIONS, POST");
  const auto shed = h.app->shed(listener::gateway, shed_reason::overloaded, "The queue is full.");
  CHECK(shed.status == 503);
  CHECK(json_of(shed)["code"] == "overloaded");
  CHECK(header_of(shed, "Retry-After") == "1");
  const auto drained =
      h.app->shed(listener::gateway, shed_reason::draining, "The server is going down.");
  CHECK(drained.status == 503);
  CHECK(json_of(drained)["code"] == "draining");
  CHECK(header_of(drained, "Retry-After") == "1");
}

TEST_CASE("bytes that are no request are told why, by a code of its own for each status") {
  house h;
  std::set<std::string> codes;
  for (const int status : {400, 408, 411, 413, 414, 415, 417, 431, 500, 501, 504, 505}) {
    CAPTURE(status);
    const auto answer = h.app->server_answer(listener::payment, status, "It is no request.");
    CHECK(answer.status == status);
    CHECK(json_of(answer)["status"] == status);
    CHECK(json_of(answer)["detail"] == "It is no request.");
    CHECK(codes.insert(json_of(answer)["code"]).second);
    CHECK(header_of(answer, "Accept-Encoding") == (status == 415 ? "identity" : ""));
    const auto counted =
        R"_(listener="payment",route="(server)",method="",code=")_" + std::to_string(status);
    CHECK(h.get("/metrics").body.find(counted) != std::string::npos);
  }
}
