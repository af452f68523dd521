// Goal: POST /api/reservations speaks the original's words, and every way to fail has its answer.
// Method: golden bytes for the good answers, one case per error of the table for the rest, over a
// model of the box office.
#include "gateway/house.hpp"
#include "gateway/problem.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <thread>

using namespace taquilla;
using namespace taquilla::gateway;

TEST_CASE("a purchase is answered with the original's bytes") {
  house h;
  const auto answer = h.ask(purchase());
  CHECK(answer.status == 200);
  CHECK(answer.body ==
        R"({"success":true,"reservationId":1,"message":"Reserva confirmada exitosamente"})");
  CHECK(answer.content_type == "application/json; charset=utf-8");
  CHECK(header_of(answer, "Cache-Control") == "no-store");
  CHECK(header_of(answer, "X-Content-Type-Options") == "nosniff");
  CHECK(header_of(answer, "X-Request-Id") == "n0-1");
  CHECK(header_count(answer, "Idempotent-Replayed") == 0);
  CHECK(header_count(answer, "Access-Control-Allow-Origin") == 0);
}

TEST_CASE("an order reaches the front desk with its amount in cents and its key") {
  house h;
  auto request =
      purchase(R"( { "amount" : 50.5 , "userEmail":"a@b", "seatId":"C12", "eventId":"EVT-001" } )");
  request.headers.emplace_back("idempotency-key", "k-1");
  CHECK(h.ask(request).status == 200);
  REQUIRE(h.desk.asked.size() == 1);
  CHECK(h.desk.asked[0].amount.cents == 5050);
  CHECK(to_string(h.desk.asked[0].seat) == "C12");
  CHECK(h.desk.asked[0].email == "a@b");
  CHECK(h.desk.asked[0].idempotency_key == "k-1");
}

TEST_CASE("the same purchase gets the stored answer and says so") {
  house h;
  const auto first = h.ask(purchase());
  const auto second = h.ask(purchase());
  CHECK(second.status == 200);
  CHECK(second.body == first.body);
  CHECK(header_of(second, "Idempotent-Replayed") == "true");
  CHECK(header_of(first, "X-Request-Id") != header_of(second, "X-Request-Id"));
}

TEST_CASE("a taken seat is refused with a problem in the order of its keys") {
  house h;
  h.ask(purchase());
  const auto answer = h.ask(purchase(
      R"({"eventId":"EVT-001","seatId":"A1","userEmail":"other@email.com","amount":50.0})"));
  CHECK(answer.status == 409);
  CHECK(answer.content_type == "application/problem+json; charset=utf-8");
  CHECK(answer.body ==
        R"({"type":"/docs#seat_taken","title":"Seat taken","status":409,"detail":"Seat taken",)"
        R"("instance":"n0-2","success":false,"message":"El asiento ya está ocupado",)"
        R"("code":"seat_taken"})");
}

TEST_CASE("every error of the front desk keeps its code and gets the status of its kind") {
  for (int i = 1; errc_from_string(to_string(static_cast<errc>(i))) == static_cast<errc>(i); ++i) {
    house h;
    const auto code = static_cast<errc>(i);
    CAPTURE(to_string(code));
    h.desk.trouble = error{code, "the \"detail\" <b>", 0};
    const auto answer = h.ask(purchase());
    const auto body = json_of(answer);
    CHECK(answer.status == status_of(kind_of(code)));
    CHECK(body["status"] == answer.status);
    CHECK(body["code"] == to_string(code));
    CHECK(body["message"] == message_of(code));
    CHECK(body["success"] == false);
    CHECK(body["detail"] == "the \"detail\" <b>");
    CHECK(body["instance"] == header_of(answer, "X-Request-Id"));
    const bool busy = answer.status == 503 || answer.status == 429;
    CHECK(header_count(answer, "Retry-After") == (busy ? 1 : 0));
  }
}

TEST_CASE("a refusal names the reservation that failed, where one was written down") {
  error why{errc::payment_declined, {}, 0};
  why.reservation = 17;
  CHECK(json_of(problem(why, "n0-1"))["reservationId"] == 17);
  why.reservation = 0;
  CHECK(json_of(problem(why, "n0-1")).contains("reservationId") == false);
}

TEST_CASE("the contract's failures have the contract's statuses") {
  const std::pair<errc, int> table[] = {{errc::payment_declined, 402},
                                        {errc::unknown_event, 404},
                                        {errc::unknown_seat, 404},
                                        {errc::seat_taken, 409},
                                        {errc::key_in_flight, 409},
                                        {errc::key_reused, 422},
                                        {errc::inventory_unavailable, 503},
                                        {errc::breaker_open, 503},
                                        {errc::overloaded, 503},
                                        {errc::payment_timeout, 504},
                                        {errc::body_too_large, 413},
                                        {errc::internal_error, 500}};
  for (const auto& [code, status] : table) {
    CAPTURE(to_string(code));
    CHECK(status_of(kind_of(code)) == status);
  }
}

TEST_CASE("Retry-After is the known wait in whole seconds, rounded up, and at least one") {
  const std::pair<std::int64_t, const char*> table[] = {
      {0, "1"}, {1, "1"}, {1000, "1"}, {1001, "2"}, {9'500, "10"}};
  for (const auto& [wait_ms, field] : table) {
    house h;
    h.desk.trouble = error{errc::breaker_open, {}, wait_ms};
    CHECK(header_of(h.ask(purchase()), "Retry-After") == field);
  }
}

TEST_CASE("each wrong or missing field is named") {
  struct row {
    const char* body;
    std::vector<std::string> fields;
  };
  const row table[] = {
      {"{}", {"eventId", "seatId", "userEmail", "amount"}},
      {"[]", {"(body)"}},
      {"7", {"(body)"}},
      {"\"text\"", {"(body)"}},
      {"null", {"(body)"}},
      {R"({"eventId":"EVT-001","seatId":"A1","userEmail":"test@email.com"})", {"amount"}},
      {R"({"eventId":"EVT 001","seatId":"a1","userEmail":"no","amount":"50"})",
       {"eventId", "seatId", "userEmail", "amount"}},
      {R"({"eventId":1,"seatId":null,"userEmail":[],"amount":true})",
       {"eventId", "seatId", "userEmail", "amount"}},
      {R"({"eventId":"EVT-001","seatId":"A1","userEmail":"a@b","amount":5,"vip":1,"x":{}})",
       {"vip", "x"}},
  };
  for (const auto& [body, wrong] : table) {
    CAPTURE(body);
    house h;
    const auto answer = h.ask(purchase(body));
    CHECK(answer.status == 422);
    std::vector<std::string> named;
    const auto body_of_answer = json_of(answer);
    for (const auto& entry : body_of_answer["errors"]) {
      named.push_back(entry["field"]);
      CHECK(!entry["message"].get<std::string>().empty());
    }
    CHECK(named == wrong);
    CHECK(h.desk.asked.empty());
  }
}

TEST_CASE("amounts are taken digit by digit or not at all") {
  const std::pair<const char*, std::int64_t> good[] = {{"50", 5000},
                                                       {"50.0", 5000},
                                                       {"50.00", 5000},
                                                       {"0.01", 1},
                                                       {"0.1", 10},
                                                       {"1000000", 100'000'000},
                                                       {"1000000.00", 100'000'000},
                                                       {"19.99", 1999}};
  for (const auto& [digits, cents] : good) {
    CAPTURE(digits);
    house h;
    h.ask(purchase(R"({"eventId":"EVT-001","seatId":"A1","userEmail":"a@b","amount":)" +
                   std::string{digits} + "}"));
    REQUIRE(h.desk.asked.size() == 1);
    CHECK(h.desk.asked[0].amount.cents == cents);
  }
  for (const char* digits : {"50.001",     "1e2",    "1E2",        "5.0e1",
                             "-1",         "-50.0",  "0",          "0.0",
                             "-0",         "-0.0",   "1000000.01", "18446744073709551616",
                             "4294967297", "1e400",  "-1e400",     "0.000000000000000000001",
                             "50.000",     "\"50\"", "true",       "null",
                             "[50]"}) {
    CAPTURE(digits);
    house h;
    const auto answer =
        h.ask(purchase(R"({"eventId":"EVT-001","seatId":"A1","userEmail":"a@b","amount":)" +
                       std::string{digits} + "}"));
    CHECK(answer.status == 422);
    CHECK(answer.body.find("\"amount\"") != std::string::npos);
    CHECK(h.desk.asked.empty());
  }
}

TEST_CASE("foreign text is never echoed unescaped") {
  house h;
  const auto answer = h.ask(purchase("{\"<script>\\\"\\n\\u00e9\":1}"));
  CHECK(answer.status == 422);
  CHECK(answer.body.find("\"<script>\\\"\\né\"") != std::string::npos);
  CHECK(answer.body.find('\n') == std::string::npos);
}

TEST_CASE("only JSON is taken") {
  for (const char* type : {"application/json", "Application/JSON", "application/json;charset=utf-8",
                           "application/json; charset=UTF-8", "application/json; charset=\"utf-8\"",
                           "application/json;", "application/json; charset=utf-8;",
                           "application/json ; ; charset=utf-8 ; "}) {
    CAPTURE(type);
    house h;
    auto request = request_to("POST", "/api/reservations", good_order);
    request.headers.emplace_back("content-type", type);
    CHECK(h.ask(request).status == 200);
  }
  for (const char* type :
       {"", "text/plain", "application/jsonx", "application/json; charset=latin1", "json",
        "application/json, text/plain", "multipart/form-data", "application/x-www-form-urlencoded",
        "application/problem+json", "application/json; boundary=x",
        "application/json; charset=utf-8; charset=utf-8", "application/json; charset=utf-8; x",
        "; application/json"}) {
    CAPTURE(type);
    house h;
    auto request = request_to("POST", "/api/reservations", good_order);
    request.headers.emplace_back("Content-Type", type);
    CHECK(h.ask(request).status == 415);
    CHECK(h.desk.asked.empty());
  }
  house h;
  CHECK(h.ask(request_to("POST", "/api/reservations", good_order)).status == 415);
}

TEST_CASE("a good purchase with one field that nobody knows is refused for it") {
  house h;
  const auto answer = h.ask(purchase(R"({"eventId":"EVT-001","seatId":"A1",)"
                                     R"("userEmail":"test@email.com","amount":50.0,"price":1})"));
  CHECK(answer.status == 422);
  CHECK(json_of(answer)["errors"].size() == 1);
  CHECK(json_of(answer)["errors"][0]["field"] == "price");
  CHECK(h.desk.asked.empty());
}

TEST_CASE("an idempotency key is one to 255 visible characters") {
  const std::pair<std::string, int> table[] = {
      {"k", 200},    {std::string(255, 'k'), 200}, {"!~", 200},
      {"", 422},     {std::string(256, 'k'), 422}, {"a b", 422},
      {"a\tb", 422}, {"clav\xC3\xA9", 422},        {"\x7f", 422}};
  for (const auto& [key, status] : table) {
    CAPTURE(key);
    house h;
    auto request = purchase();
    request.headers.emplace_back("Idempotency-Key", key);
    CHECK(h.ask(request).status == status);
  }
  house h;
  auto request = purchase();
  request.headers.emplace_back("Idempotency-Key", "k");
  CHECK(h.ask(request).status == 200);
  request.body =
      R"({"eventId":"EVT-001","seatId":"A2","userEmail":"test@email.com","amount":50.0})";
  const auto answer = h.ask(request);
  CHECK(answer.status == 422);
  CHECK(json_of(answer)["code"] == "key_reused");
}

TEST_CASE("what must be said once and is said twice is refused, alike or not") {
  for (const char* second : {"k1", "k2"}) {
    house h;
    auto request = purchase();
    request.headers.emplace_back("Idempotency-Key", "k1");
    request.headers.emplace_back("idempotency-key", second);
    const auto answer = h.ask(request);
    CHECK(answer.status == 422);
    CHECK(json_of(answer)["errors"][0]["field"] == "Idempotency-Key");
    CHECK(h.desk.asked.empty());
  }
  for (const char* second : {"application/json", "text/plain"}) {
    house h;
    auto request = purchase();
    request.headers.emplace_back("Content-Type", second);
    const auto answer = h.ask(request);
    CHECK(answer.status == 400);
    CHECK(json_of(answer)["code"] == "malformed_request");
    CHECK(h.desk.asked.empty());
  }
}

TEST_CASE("an answer that comes after the application is gone does no harm") {
  const auto kept = std::make_shared<fake_front_desk>();
  auto& desk = *kept;
  desk.answer_later = true;
  gateway_options options;
  options.monotonic_ms = options.wall_ms = [] { return std::int64_t{5}; };
  auto app = make_application(options, kept);
  int answers = 0;
  for (const auto& route : app->routes())
    if (route.method == "POST" && route.pattern == "/api/reservations")
      route.handle(purchase(), [&](http_response response) { answers += response.status == 200; });
  CHECK(answers == 0);
  app = nullptr;
  desk.answer_all();
  CHECK(answers == 1);
}

TEST_CASE("purchases from several threads are each answered once and counted") {
  const auto kept = std::make_shared<fake_front_desk>();
  auto& desk = *kept;
  desk.trouble = error{errc::payment_declined, {}, 0};
  std::mutex one_at_a_time;  // the model of the box office is for one thread
  gateway_options options;
  options.limiter.burst = 100;
  options.monotonic_ms = options.wall_ms = [] { return std::int64_t{5}; };
  const auto app = make_application(options, kept);
  const auto& routes = app->routes();
  const auto buy = std::find_if(routes.begin(), routes.end(), [](const route& r) {
    return r.method == "POST" && r.pattern == "/api/reservations";
  });
  std::atomic<int> passed{0}, limited{0}, answered{0};
  const auto shop = [&] {
    for (int i = 0; i < 100; ++i) {
      auto request = purchase();
      if (app->refuse(request)) {
        ++limited;
        continue;
      }
      ++passed;
      const std::lock_guard lock{one_at_a_time};
      buy->handle(request, [&](http_response response) { answered += response.status == 402; });
    }
  };
  std::vector<std::thread> shoppers;
  for (int i = 0; i < 4; ++i) shoppers.emplace_back(shop);
  for (auto& shopper : shoppers) shopper.join();
  CHECK(passed == 101);
  CHECK(limited == 299);
  CHECK(answered == 101);
}

TEST_CASE("a purchase has no query, and one that has is told so before it is read") {
  house h;
  auto request = purchase();
  request.query = {{"x", "1"}};
  const auto answer = h.ask(request);
  CHECK(answer.status == 422);
  CHECK(json_of(answer)["errors"][0]["field"] == "x");
  CHECK(h.desk.asked.empty());
}

TEST_CASE("an answer names so many wrong fields and no more") {
  house h;
  auto request = purchase();
  for (std::size_t i = 0; i <= field_errors_max; ++i)
    request.query.emplace_back("x" + std::to_string(i), "1");
  const auto answer = h.ask(request);
  CHECK(answer.status == 422);
  CHECK(json_of(answer)["errors"].size() == field_errors_max);
}
