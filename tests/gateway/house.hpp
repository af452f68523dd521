// The gateway's application over the fake front desk, without a socket: `ask` does what the server
// does with a framed request (refuse, match, handle, else unmatched) and returns the answer.
#pragma once

#include "gateway/application.hpp"
#include "gateway/fake_front_desk.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace taquilla::gateway {

using fields = std::vector<std::pair<std::string, std::string>>;

inline http_request request_to(std::string method, std::string target, std::string body = {},
                               listener at = listener::gateway) {
  http_request request;
  request.at = at;
  request.method = std::move(method);
  const auto mark = target.find('?');
  request.path = target.substr(0, mark);
  std::string rest = mark == std::string::npos ? "" : target.substr(mark + 1);
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const auto pair = rest.substr(0, end);
    const auto equals = pair.find('=');
    request.query.emplace_back(pair.substr(0, equals),
                               equals == std::string::npos ? "" : pair.substr(equals + 1));
    rest = end == std::string::npos ? "" : rest.substr(end + 1);
  }
  request.body = std::move(body);
  request.peer = "127.0.0.1";
  request.headers = {{"Host", "localhost"}};
  return request;
}

inline const std::string good_order =
    R"({"eventId":"EVT-001","seatId":"A1","userEmail":"test@email.com","amount":50.0})";

inline http_request purchase(std::string body = good_order) {
  auto request = request_to("POST", "/api/reservations", std::move(body));
  request.headers.emplace_back("Content-Type", "application/json");
  return request;
}

inline std::string header_of(const http_response& response, const std::string& name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return {};
}
inline std::size_t header_count(const http_response& response, const std::string& name) {
  return static_cast<std::size_t>(std::count_if(response.headers.begin(), response.headers.end(),
                                                [&](const auto& h) { return h.first == name; }));
}

inline nlohmann::ordered_json json_of(const http_response& response) {
  return nlohmann::ordered_json::parse(response.body);
}

/// The groups of `pattern` over the whole of `text`; nothing when it does not match.
std::optional<std::vector<std::string>> match_whole(const std::string& text,
                                                    const std::string& pattern);
/// The groups of every place in `text` that `pattern` matches; the whole place comes first.
std::vector<std::vector<std::string>> find_all(const std::string& text, const std::string& pattern);

struct house {
  static constexpr wall_ms today = 1'767'297'600'000;  ///< 2026-01-01T20:00:00Z

  explicit house(gateway_options given = quiet()) {
    given.start_nonce = "n0";
    given.version = "1.2.3";
    given.monotonic_ms = [this] { return now; };
    given.wall_ms = [] { return today; };
    app = make_application(std::move(given), kept);
  }

  /// Options whose limiter is off: most tests ask more than twice a second.
  static gateway_options quiet() {
    gateway_options options;
    options.limiter.enabled = false;
    return options;
  }

  /// The answer; nothing when it has not come yet.
  std::optional<http_response> try_ask(http_request request);
  http_response ask(http_request request) { return try_ask(std::move(request)).value(); }
  http_response get(std::string target, listener at = listener::gateway) {
    return ask(request_to("GET", std::move(target), {}, at));
  }
  http_response post(std::string target, listener at = listener::gateway) {
    return ask(request_to("POST", std::move(target), {}, at));
  }

  /// The console's script, all its modules together, as they are served.
  std::string scripts();

  std::int64_t now = 1'000'000;
  std::shared_ptr<fake_front_desk> kept = std::make_shared<fake_front_desk>();
  fake_front_desk& desk = *kept;
  std::unique_ptr<application> app;
};

}  // namespace taquilla::gateway
