// Goal: whatever is wrong with a configuration is refused with its place and a remedy, and a
// refused value never gets through. Method: small texts with one mistake each, compared with the
// whole complaint.
#include "app/config_reader.hpp"

#include "app/config_values.hpp"
#include "app/json_entries.hpp"

#include <doctest/doctest.h>

namespace taquilla::app {

namespace {

std::string first_complaint(const std::string& text) {
  settings s;
  const auto wrong = apply_file(s, "t.json", text);
  return wrong.empty() ? "" : wrong.front().text();
}

std::string override_complaint(const std::string& assignment) {
  settings s;
  const auto wrong = apply_override(s, assignment);
  return wrong.empty() ? "" : wrong.front().text();
}

std::string interlock_complaint(const std::vector<std::string>& assignments) {
  settings s;
  for (const auto& one : assignments) REQUIRE(apply_override(s, one).empty());
  const auto wrong = check_interlocks(s);
  return wrong.size() == 1 ? wrong.front().text() : std::to_string(wrong.size()) + " complaints";
}

}  // namespace

TEST_CASE("a file sets what it names and leaves the rest at its default") {
  settings s;
  REQUIRE(apply_file(s, "t.json", R"({"payment": {"attempts": 2}, "gateway": {"rate_limit":
      {"enabled": false}}, "log": {"format": "json"}, "inventory": {}})")
              .empty());
  CHECK(s.theatre.payment.retry.attempts_max == 2);
  CHECK_FALSE(s.gateway.limiter.enabled);
  CHECK(s.log.format == log_format::json);
  CHECK(s.theatre.payment.attempt_timeout_ms == 5'000);
}

TEST_CASE("an unknown key is refused at its place with the key that was meant") {
  CHECK(first_complaint("{\n  \"payment\": {\n    \"atempts\": 3\n  }\n}") ==
        "t.json:3:5 unknown key \"payment.atempts\"; did you mean \"payment.attempts\"?");
  CHECK(first_complaint(R"({"gateway": {"burst": 3}})") ==
        "t.json:1:14 unknown key \"gateway.burst\"; did you mean \"gateway.rate_limit.burst\"?");
  CHECK(first_complaint(R"({"banana": 1})") ==
        "t.json:1:2 unknown key \"banana\"; docs/configuration.md lists them all");
  CHECK(first_complaint(R"({"banana": {}})") ==
        "t.json:1:2 unknown key \"banana\"; docs/configuration.md lists them all");
  CHECK(first_complaint(R"({"payment": 3})") ==
        "t.json:1:2 \"payment\" holds further keys and needs { ... }");
  CHECK(first_complaint(R"({"a\"\\": 3})") ==
        "t.json:1:2 unknown key \"a\"\\\"; docs/configuration.md lists them all");
}

TEST_CASE("a wrong type is refused at the value") {
  CHECK(first_complaint(R"({"payment": {"attempts": "3"}})") ==
        "t.json:1:26 \"payment.attempts\" must be a whole number, not \"3\"");
  CHECK(first_complaint(R"({"payment": {"attempts": 2.5}})") ==
        "t.json:1:26 \"payment.attempts\" must be a whole number, not 2.5");
  CHECK(first_complaint(R"({"gateway": {"rate_limit": {"enabled": 1}}})") ==
        "t.json:1:40 \"gateway.rate_limit.enabled\" must be true or false, not 1");
  CHECK(first_complaint(R"({"gateway": {"bind": [1]}})") ==
        "t.json:1:22 \"gateway.bind\" must be a list of texts, not [1]");
  CHECK(first_complaint(R"({"venue": {"file": null}})") ==
        "t.json:1:20 \"venue.file\" must be a text, not null");
}

TEST_CASE("a value out of range is refused with the range and the unit") {
  CHECK(first_complaint(R"({"payment": {"attempts": 0}})") ==
        "t.json:1:26 \"payment.attempts\" is 0, allowed is 1..100 calls");
  CHECK(first_complaint(R"({"payment": {"attempts": -9223372036854775808}})") ==
        "t.json:1:26 \"payment.attempts\" is -9223372036854775808, allowed is 1..100 calls");
  CHECK(first_complaint(R"({"log": {"format": "xml"}})") ==
        "t.json:1:20 \"log.format\" is \"xml\", allowed is text or json");
}

TEST_CASE("a key given twice is refused and told where it was given before") {
  CHECK(first_complaint("{\"store\": {\"batch\": 1,\n \"batch\": 2}}") ==
        "t.json:2:2 \"store.batch\" was given before, at t.json:1:12");
  CHECK(first_complaint(R"({"store": {"batch": 1}, "store": {"batch": 2}})") ==
        "t.json:1:35 \"store.batch\" was given before, at t.json:1:12");
}

TEST_CASE("text that is no JSON object is refused where it stops being one") {
  CHECK(first_complaint("{\n  \"store\": {,}\n}").rfind("t.json:2:13 is not JSON: ", 0) == 0);
  CHECK(first_complaint("").rfind("t.json:1:1 is not JSON: ", 0) == 0);
  CHECK(first_complaint("[1]") == "t.json:1:1 the file must hold one object, { ... }");
  CHECK(first_complaint("3") == "t.json:1:1 the file must hold one object, { ... }");
  CHECK(first_complaint(R"({"gateway": {"bind": [{}]}})") ==
        "t.json:1:22 an object cannot stand in a list");
  CHECK(first_complaint(std::string(2'000'000, ' ')) == "t.json:1:1 is larger than a megabyte");
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "{\"a\":";
  CHECK(first_complaint(deep).find("nested too deeply") != std::string::npos);
}

TEST_CASE("at most twenty complaints are made at once") {
  std::string text = "{";
  for (int i = 0; i < 100; ++i) text += (i ? ",\"x" : "\"x") + std::to_string(i) + "\": 1";
  settings s;
  CHECK(apply_file(s, "t.json", text + "}").size() == complaints_max);
}

TEST_CASE("an override takes JSON, and a bare text where the key wants one") {
  settings s;
  CHECK(apply_override(s, "payment.attempts=4").empty());
  CHECK(apply_override(s, "venue.file=a=b.json").empty());
  CHECK(apply_override(s, "log.level=\"warn\"").empty());
  CHECK(apply_override(s, "gateway.bind=127.0.0.1").empty());
  CHECK(apply_override(s, "data.folder=17").empty());
  CHECK(s.theatre.payment.retry.attempts_max == 4);
  CHECK(s.venue_file == "a=b.json");
  CHECK(s.log.level == log_level::warn);
  CHECK(s.http.bind == std::vector<std::string>{"127.0.0.1"});
  CHECK(s.data == "17");
}

TEST_CASE("a wrong override is refused like a wrong file") {
  CHECK(override_complaint("payment.attempts") ==
        "--set \"payment.attempts\" is not KEY=VALUE, such as payment.attempts=3");
  CHECK(override_complaint("payment.atempts=3") ==
        "--set unknown key \"payment.atempts\"; did you mean \"payment.attempts\"?");
  CHECK(override_complaint("payment.attempts=three") ==
        "--set \"payment.attempts\" must be a whole number, not \"three\"");
  CHECK(override_complaint("payment.attempts=3,\"value\":4") ==
        "--set \"payment.attempts\" must be a whole number, not \"3,\\\"value\\\":4\"");
}

TEST_CASE("a command line of any bytes is refused in UTF-8, and at no great length") {
  CHECK(override_complaint("gateway.rate_limit.enabled=\xff") ==
        "--set \"gateway.rate_limit.enabled\" must be true or false, not \"\uFFFD\"");
  CHECK(override_complaint("log.format=\xff") ==
        "--set \"log.format\" is \"\uFFFD\", allowed is text or json");
  CHECK(override_complaint("data.folder=d\xff") ==
        "--set \"data.folder\" must be UTF-8, not \"d\uFFFD\"");
  CHECK(override_complaint("gateway.bind=\xff") ==
        "--set \"gateway.bind\" must name UTF-8, not \"\uFFFD\"");
  CHECK(override_complaint("gateway.admin_token=secret\xff") ==
        "--set \"gateway.admin_token\" must be UTF-8");

  const std::string deep(100'000, '[');
  CHECK(override_complaint("payment.attempts=" + deep + std::string(100'000, ']')) ==
        "--set \"payment.attempts\" must be a whole number, not \"" + deep.substr(0, 119) + "...");
  std::string wide;
  while (wide.size() < 200) wide += "\u00e9";
  CHECK(override_complaint("payment.attempts=" + wide) ==
        "--set \"payment.attempts\" must be a whole number, not \"" + wide.substr(0, 118) + "...");
}

TEST_CASE("a secret is never repeated in a complaint") {
  const auto text = first_complaint(R"({"gateway": {"admin_token": 123456}})");
  CHECK(text == "t.json:1:29 \"gateway.admin_token\" must be a text");
}

TEST_CASE("a token is what a header field can carry and nobody guesses") {
  const std::string wrong =
      "--set \"gateway.admin_token\" must be at least 16 visible ASCII characters, or empty";
  for (const char* bad : {"a", "fifteen-letters", "sixteen letters!", "x\r\nyyyyyyyyyyyyyyy",
                          "sixteen\tletters!", "contrase\u00f1a-secreta", "sixteen-letters\x7f"})
    CHECK_MESSAGE(override_complaint(std::string{"gateway.admin_token="} + bad) == wrong,
                  std::string{bad});
  for (const char* good :
       {"", "sixteen-letters!", "~!@#$%^&*()_+{}|", "0123456789abcdef0123456789"})
    CHECK_MESSAGE(bearer_token(good) == nullptr, std::string{good});
}

TEST_CASE("values that contradict each other are refused with their numbers") {
  CHECK(
      interlock_complaint({"payment.attempts=4"}) ==
      "reservation.deadline_ms (20000 ms) must exceed payment.attempts x "
      "payment.attempt_timeout_ms + 500 ms to write it off (20500 ms): otherwise the last attempts "
      "can never be made, or how they ended is not heard");
  CHECK(
      interlock_complaint({"payment.retry.jitter=true", "payment.retry.cap_ms=2250"}) ==
      "reservation.deadline_ms (20000 ms) must exceed payment.attempts x "
      "payment.attempt_timeout_ms + (attempts - 1) x payment.retry.cap_ms + 500 ms to write it off "
      "(20000 ms): otherwise the last attempts can never be made, or how they ended is not heard");
  CHECK(interlock_complaint({"payment.retry.jitter=true", "payment.retry.cap_ms=2249"}) ==
        "0 complaints");
  CHECK(interlock_complaint({"store.patience_ms=1000", "store.commit_delay_ms=500"}) ==
        "store.patience_ms (1000 ms) must exceed 2 x store.commit_delay_ms (1000 ms): otherwise a "
        "write that waits for its commit is taken for a silent store");
  CHECK(interlock_complaint({"store.patience_ms=1000", "store.commit_delay_ms=499"}) ==
        "0 complaints");
  CHECK(interlock_complaint({"gateway.bind=[\"127.9.9.9\",\"::1\"]"}) == "0 complaints");
  for (const char* bind : {"128.0.0.1", "[\"127.0.0.1\",\"128.0.0.1\"]"})
    CHECK(interlock_complaint({"gateway.bind=" + std::string{bind}})
              .rfind("listening on 128.0.0.1 ", 0) == 0);
  CHECK(interlock_complaint({"inventory.breaker.lease_ms=2000"}).find("inventory.patience_ms") !=
        std::string::npos);
  CHECK(interlock_complaint({"inventory.hold_ms=20000"}).find("while it is being sold") !=
        std::string::npos);
  CHECK(interlock_complaint({"gateway.http.answer_timeout_ms=23000"}) ==
        "gateway.http.answer_timeout_ms (23000 ms) must exceed reservation.deadline_ms + a margin "
        "of 3000 ms (23000 ms): otherwise a purchase ends after its buyer was told that it did not "
        "answer");
  CHECK(interlock_complaint({"gateway.http.answer_timeout_ms=23001"}) == "0 complaints");
  CHECK(interlock_complaint({"store.patience_ms=55000"}) ==
        "gateway.http.answer_timeout_ms (60000 ms) must exceed store.patience_ms + "
        "inventory.patience_ms + a margin of 3000 ms (60000 ms): otherwise a cancellation ends "
        "after its caller was told that it did not answer");
  CHECK(interlock_complaint({"store.patience_ms=54999"}) == "0 complaints");
  CHECK(interlock_complaint({"gateway.http.inbound_bytes=1048576", "gateway.http.threads=11"})
            .rfind("gateway.http.inbound_bytes (1048576) / gateway.http.threads must hold 4 x ",
                   0) == 0);
  CHECK(interlock_complaint({"gateway.http.inbound_bytes=1048576", "gateway.http.threads=10"}) ==
        "0 complaints");
  CHECK(interlock_complaint({"payment.retry.min_attempt_ms=6000"}).find("must not exceed") !=
        std::string::npos);
  CHECK(interlock_complaint(
            {"notifications.smtp_url=smtp://127.0.0.1", "notifications.smtp_timeout_ms=5000"})
            .find("sent again") != std::string::npos);
  CHECK(interlock_complaint({"inventory.breaker.window_calls=5"}).rfind("inventory.breaker: ", 0) ==
        0);
  CHECK(interlock_complaint({"gateway.trusted_proxies=nowhere"})
            .rfind("gateway.trusted_proxies: ", 0) == 0);
}

TEST_CASE("ports that collide or do not exist are refused") {
  CHECK(interlock_complaint({"gateway.ports.payment=8082"}) ==
        "gateway.ports.payment is 8082, which another listener has");
  CHECK(interlock_complaint({"gateway.port_offset=57452"}) ==
        "gateway.ports.notification + gateway.port_offset is 65536, the highest port is 65535");
  CHECK(interlock_complaint({"gateway.ports.gateway=0", "gateway.ports.payment=0"}) ==
        "0 complaints");
  CHECK(interlock_complaint({"gateway.bind=[]"}) == "gateway.bind names no address to listen on");
}

TEST_CASE("a text that could not be used is refused where it is written, with what it must be") {
  CHECK(first_complaint("{\"notifications\": {\n  \"smtp_url\": \"foo://me:s3cret@x\"}}") ==
        "t.json:2:15 \"notifications.smtp_url\" must be smtp://HOST or smtps://HOST, in full "
        "smtp://USER:PASSWORD@HOST:PORT");
  CHECK(
      first_complaint("{\"gateway\": {\"bind\": [\"::1\", \"localhost\"]}}") ==
      "t.json:1:22 \"gateway.bind\" must name IP addresses of this machine, such as 127.0.0.1 and "
      "::1, not \"localhost\"");
  CHECK(first_complaint("{\"gateway\": {\"bind\": [\"::1\", 3]}}") ==
        "t.json:1:22 \"gateway.bind\" must be a list of texts, not [\"::1\",3]");
  CHECK(override_complaint("gateway.allowed_hosts=exa mple") ==
        "--set \"gateway.allowed_hosts\" must name host names without a port, such as "
        "tickets.example, not \"exa mple\"");
  CHECK(override_complaint("data.folder=") ==
        "--set \"data.folder\" must be the name of a folder, or :memory: to keep nothing, not "
        "\"\"");
  CHECK(override_complaint("notifications.smtp_from=nobody").find("a mail address") !=
        std::string::npos);
}

TEST_CASE("mail servers, addresses and hosts are told from what only looks like them") {
  for (const char* good :
       {"", "smtp://h", "smtps://h:465", "smtp://u:p%40@[::1]:25/me", "smtp://1.2.3.4"})
    CHECK_MESSAGE(mail_server_url(good) == nullptr, std::string{good});
  for (const char* bad : {"foo://x", "smtp://", "smtp://:25", "smtp://h:0", "smtp://h:x", "smtp:/h",
                          "smtp://u@", "smtp://a b", "smtp://[1::", "smtp://[x]", "SMTP://-",
                          "h:25", "smtp:///path", "smtp://h\n"})
    CHECK_MESSAGE(mail_server_url(bad) != nullptr, std::string{bad});
  for (const char* good : {"127.0.0.1", "::1", "0.0.0.0", "::", "fe80::1%eth0"})
    CHECK_MESSAGE(ip_address(good) == nullptr, std::string{good});
  for (const char* bad :
       {"", "localhost", "nonsense", "127.0.0.1:80", "[::1]", "127.1", "1.2.3.4%x"})
    CHECK_MESSAGE(ip_address(bad) != nullptr, std::string{bad});
  for (const char* good : {"tickets.example", "a", "10.0.0.7", "[fd00::7]", "Box_2"})
    CHECK_MESSAGE(host_name(good) == nullptr, std::string{good});
  for (const char* bad :
       {"", "a b", "a:80", "http://a", "a/", "a.", ".a", "fd00::7", "[]", "caf\xc3\xa9"})
    CHECK_MESSAGE(host_name(bad) != nullptr, std::string{bad});
}

TEST_CASE("a named option is refused under the name that was typed") {
  CHECK(option_problem("--port-offset", "gateway.port_offset", "70000") ==
        "--port-offset is 70000, allowed is 0..65535 ports");
  CHECK(option_problem("--port-offset", "gateway.port_offset", "abc") ==
        "--port-offset must be a whole number, not \"abc\"");
  CHECK(option_problem("--log", "log.format", "xml") ==
        "--log is \"xml\", allowed is text or json");
  CHECK(option_problem("--data", "data.folder", "") ==
        "--data must be the name of a folder, or :memory: to keep nothing, not \"\"");
  CHECK(option_problem("--data", "data.folder", "d").empty());
}

TEST_CASE("other machines are let in only with a token for chaos") {
  CHECK(interlock_complaint({"gateway.bind=0.0.0.0"}).find("gateway.admin_token") !=
        std::string::npos);
  CHECK(interlock_complaint({"gateway.bind=0.0.0.0", "gateway.admin_token=s3cret-s3cret-s3cret"}) ==
        "0 complaints");
}

}  // namespace taquilla::app
