// Goal: what a start says, good or bad, is what scripts and people rely on: exact forms, nothing
// forged. Method: whole texts of the pure functions; the port holder against a socket of this
// process.
#include "app/bind_trouble.hpp"
#include "app/endpoints.hpp"
#include "app/platform.hpp"
#include "app/trouble.hpp"
#include "app/venue_reader.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace taquilla::app {

namespace {

/// A listening socket on a port of the system's choice.
class listener {
 public:
  listener() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&at), size) == 0);
    REQUIRE(::listen(socket_, 1) == 0);
    REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    port = ntohs(at.sin_port);
  }
  ~listener() { ::close(socket_); }
  std::uint16_t port = 0;

 private:
  int socket_;
};

start_report report() {
  start_report r;
  r.urls = urls_of("127.0.0.1", {80, 8082, 8083, 8084});
  r.version = "1.2.3";
  r.data = "taquilla-data";
  r.pid = 812;
  r.ready_ms = 38;
  return r;
}

}  // namespace

TEST_CASE("an error names its code, what happened and each remedy on a line of its own") {
  const trouble why{"E004", "cannot listen", {"one", "two"}};
  CHECK(render(why, log_format::text) == "error[E004] cannot listen\n   fix: one\n        two");
  const auto line = nlohmann::json::parse(render(why, log_format::json));
  CHECK(line["event"] == "failed");
  CHECK(line["code"] == "E004");
  CHECK(line["fix"].size() == 2);
  CHECK(line["exit"] == exit_code::cannot_start);
}

TEST_CASE("a data folder in use and a refused store have codes of their own") {
  const auto in_use = data_trouble({errc::store_unavailable, "it is in use by pid 7; stop it", 0});
  CHECK(in_use.code == "E021");
  CHECK(in_use.what == "it is in use by pid 7");
  CHECK(in_use.fixes == std::vector<std::string>{"stop it"});
  CHECK(data_trouble({errc::store_unavailable, "no", 0}).code == "E022");
}

TEST_CASE("the endpoints are the ones that are really listened on") {
  CHECK(endpoints_json(report().urls, 812) ==
        R"({"gateway":"http://127.0.0.1:80","inventory":"http://127.0.0.1:8082",)"
        R"("payment":"http://127.0.0.1:8083","notification":"http://127.0.0.1:8084","pid":812})"
        "\n");
  CHECK(urls_of("::", {1, 2, 3, 4})[0] == "http://[::1]:1");
  CHECK(urls_of("0.0.0.0", {1, 2, 3, 4})[3] == "http://127.0.0.1:4");
}

TEST_CASE("the banner shows where everything is and what to try next") {
  const auto text = banner(report(), *read_venue(demo_venue_text));
  for (const auto* part :
       {"taquilla 1.2.3, ready in 38 ms", "http://127.0.0.1/docs", "http://127.0.0.1:8083 payments",
        "1 event, 1000 seats", "taquilla-data", "REST API  http://127.0.0.1/api/events ",
        "curl -s http://127.0.0.1/api/reservations", "Ctrl-C"})
    CHECK_MESSAGE(text.find(part) != std::string::npos, std::string{part});
  const auto line = nlohmann::json::parse(started_json(report()));
  CHECK(line["event"] == "started");
  CHECK(line["gateway"] == "http://127.0.0.1:80");
}

TEST_CASE("a port in use is blamed on the process that holds it") {
  const listener held;
  CHECK(platform::holder_of_port(held.port).find("(pid " + std::to_string(::getpid()) + ")") !=
        std::string::npos);
  settings all;
  all.http.ports[2] = held.port;
  const auto why =
      bind_trouble({gateway::listener::payment, "127.0.0.1", held.port, EADDRINUSE}, all);
  CHECK(why.code == "E004");
  CHECK(why.what.find("in use by ") != std::string::npos);
  CHECK(why.fixes.at(1).find("gateway.ports.payment=") != std::string::npos);
}

TEST_CASE("the commands for a taken port can be typed as they are and lead elsewhere") {
  struct row {
    std::int64_t offset;
    gateway::listener at;
    std::uint16_t port;
    const char* all_ports;
    const char* one_port;
  };
  const row table[] = {
      {0, gateway::listener::gateway, 80, "taquilla --port-offset 10000 ",
       "taquilla --set gateway.ports.gateway=8080 "},
      // 8083 and 8084 belong to the neighbours.
      {0, gateway::listener::inventory, 8082, "taquilla --port-offset 10000 ",
       "taquilla --set gateway.ports.inventory=8085 "},
      {13'000, gateway::listener::payment, 21'083, "taquilla --port-offset 10000 ",
       "taquilla --port-offset 13000 --set gateway.ports.payment=8085 "},
      {10'000, gateway::listener::gateway, 10'080, "taquilla --port-offset 20000 ",
       "taquilla --port-offset 10000 --set gateway.ports.gateway=81 "},
      {57'451, gateway::listener::notification, 65'535, "taquilla --port-offset 10000 ",
       "taquilla --port-offset 57451 --set gateway.ports.notification=8081 "},
  };
  for (const auto& [offset, at, port, all_ports, one_port] : table) {
    CAPTURE(port);
    settings all;
    all.port_offset = offset;
    if (offset != 0) all.overrides = {"gateway.port_offset=" + std::to_string(offset)};
    const auto why = bind_trouble({at, "127.0.0.1", port, EADDRINUSE}, all);
    CHECK(why.fixes.at(0).rfind(all_ports, 0) == 0);
    CHECK(why.fixes.at(1).rfind(one_port, 0) == 0);
  }
}

TEST_CASE("an offset that would lead beyond the last port is not proposed") {
  settings all;
  all.http.ports[3] = 60'000;
  const auto why = bind_trouble({gateway::listener::gateway, "127.0.0.1", 80, EADDRINUSE}, all);
  CHECK(why.fixes.at(0).rfind("taquilla --port-offset 0 ", 0) == 0);
}

TEST_CASE("the commands for a taken port keep what the run was told, and no secret") {
  settings all;
  all.config_file = "/etc/box office.json";
  all.overrides = {"data.folder=/srv/t",
                   "gateway.bind=[\"::1\"]",
                   "gateway.ports.payment=9000",
                   "gateway.admin_token=sesame",
                   "notifications.smtp_url=smtp://me:open@sesame",
                   "venue.file=it's.json"};
  all.http.ports[2] = 9000;
  const auto why = bind_trouble({gateway::listener::payment, "::1", 9000, EADDRINUSE}, all);
  const std::string kept =
      "taquilla --config '/etc/box office.json' --data /srv/t --set 'gateway.bind=[\"::1\"]'";
  const std::string rest =
      " --set gateway.admin_token=... --set notifications.smtp_url=..."
      " --set 'venue.file=it'\\''s.json' --";
  CHECK(why.fixes.at(0).rfind(
            kept + " --set gateway.ports.payment=9000" + rest + "port-offset 10000 ", 0) == 0);
  CHECK(why.fixes.at(1).rfind(kept + rest + "set gateway.ports.payment=9001 ", 0) == 0);
}

TEST_CASE("a missing right is answered with the commands that give it") {
  const auto why = bind_trouble({gateway::listener::gateway, "::1", 80, EACCES}, {});
  CHECK(why.code == "E005");
  CHECK(why.what == "cannot listen on [::1]:80: ports below 1024 need permission on this system");
  CHECK(why.fixes.at(0).rfind("taquilla --port-offset 10000", 0) == 0);
  CHECK(why.fixes.at(1).rfind("sudo setcap cap_net_bind_service=+ep /", 0) == 0);
  CHECK(bind_trouble({gateway::listener::gateway, "203.0.113.1", 80, EADDRNOTAVAIL}, {}).code ==
        "E006");
}

}  // namespace taquilla::app
