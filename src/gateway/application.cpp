#include "gateway/application.hpp"

#include "gateway/exchange.hpp"

#include <algorithm>
#include <set>

namespace taquilla::gateway {

namespace {

/// What the server answers by itself: a code for each such status of docs/http.md.
constexpr errc server_codes[] = {
    errc::malformed_request,   errc::request_too_slow, errc::length_required,
    errc::body_too_large,      errc::target_too_long,  errc::encoded_body,
    errc::unknown_expectation, errc::head_too_large,   errc::not_implemented,
    errc::version_not_spoken,  errc::deadline_expired};

errc code_for(int status) {
  for (const auto code : server_codes)
    if (status_of(kind_of(code)) == status) return code;
  return errc::internal_error;
}

template <class Texts>
std::string joined(const Texts& all) {
  std::string list;
  for (const auto& one : all) list += (list.empty() ? "" : ", ") + one;
  return list;
}

class box_office_application final : public application {
 public:
  box_office_application(gateway_options options, const std::shared_ptr<front_desk>& desk)
      : house_(std::make_shared<context>(std::move(options), desk)) {
    house_->stream->follow(*desk);
    const auto& table = house_->endpoints;
    for (std::size_t row = 0; row < table.size(); ++row) {
      routes_.push_back({table[row].at, table[row].method, path_pattern(table[row].path),
                         [this, row](const http_request& request, responder answer) {
                           handle(row, request, std::move(answer));
                         },
                         table[row].alone});
    }
  }

  ~box_office_application() override { house_->stream->say_goodbye(); }

  const std::vector<route>& routes() const override { return routes_; }

  std::optional<http_response> refuse(http_request& request) override {
    if (auto foreign = refuse_foreign(request)) return foreign;
    return refuse_flood(request);
  }

  http_response unmatched(const http_request& request,
                          const std::vector<std::string>& allowed) override {
    if (request.path == "*") return about_the_listener(request);
    const auto code = allowed.empty() ? errc::unknown_path : errc::method_not_allowed;
    auto response = counted_problem(request.at, house_->unmatched_row, {code, {}, 0});
    if (!allowed.empty()) response.headers.emplace_back("Allow", joined(allowed));
    return response;
  }

  http_response server_answer(listener at, int status, std::string_view detail) override {
    return counted_problem(at, house_->server_row, {code_for(status), std::string{detail}, 0});
  }

  http_response shed(listener at, shed_reason why, std::string_view detail) override {
    const auto code = why == shed_reason::draining ? errc::draining : errc::overloaded;
    return counted_problem(at, house_->server_row, {code, std::string{detail}, 0});
  }

  bool is_one_client(const std::string& address) const override {
    return house_->is_one_client(address);
  }

  void heartbeat() override { house_->stream->heartbeat(); }
  void say_goodbye() override {
    house_->stream->say_goodbye();
    house_->desk.stop_waiting();
  }

 private:
  /// What OPTIONS * asks for: a sign of life, and what all paths together can do (RFC 9110 9.3.7).
  http_response about_the_listener(const http_request& request) {
    std::set<std::string> methods{"HEAD", "OPTIONS"};
    for (const auto& served : house_->endpoints)
      if (std::count(served.at.begin(), served.at.end(), request.at) > 0)
        methods.insert(served.method);
    http_response response;
    response.status = 204;
    response.headers.emplace_back("Allow", joined(methods));
    add_common_headers(response, house_->next_request_id());
    house_->count_answer(house_->unmatched_row, request.at, response.status, 0, errc::none);
    return response;
  }

  std::optional<http_response> refuse_foreign(const http_request& request) {
    auto& house = *house_;
    const auto why = house.origin_rules.judge(request, house.proxies.scheme(request));
    if (why == errc::none) return std::nullopt;
    auto refused = counted_problem(request.at, house.refused_row, {why, {}, 0});
    // Who asks for a foreign host was led here (DNS rebinding) or has lost his way: what he sends
    // behind it is meant for somebody else as well.
    refused.close = why == errc::misdirected_host;
    return refused;
  }

  std::optional<http_response> refuse_flood(http_request& request) {
    auto& house = *house_;
    const auto& limited = house.endpoints[house.selling_row];
    if (request.at != limited.at.front() || request.method != limited.method ||
        request.path != limited.path)
      return std::nullopt;
    const auto& decision = request.limit.emplace(
        house.limit.decide(house.proxies.client_address(request), house.options.monotonic_ms()));
    if (decision.pass) return std::nullopt;
    auto refused = counted_problem(request.at, house.selling_row,
                                   {errc::rate_limited, {}, decision.retry_after_ms});
    for (auto& field : house.limit.left_by(decision).fields)
      refused.headers.push_back(std::move(field));
    return refused;
  }

  http_response counted_problem(listener at, std::size_t row, const error& why) {
    auto response = problem(why, house_->next_request_id());
    house_->count_answer(row, at, response.status, 0, why.code);
    return response;
  }

  void handle(std::size_t row, const http_request& request, responder answer) {
    const auto& served = house_->endpoints[row];
    const exchange out{house_, row, request.at, std::move(answer)};
    if (served.guarded)
      if (const auto why = house_->admins.refuses(request, house_->options.monotonic_ms()))
        return out.refuse(*why);
    try {
      served.handle(request, out);
    } catch (const std::exception&) {
      // A broken invariant of ours. What it says is for our logs, not for strangers.
      out.refuse(error{errc::internal_error, {}, 0});
    }
  }

  std::shared_ptr<context> house_;
  std::vector<route> routes_;
};

}  // namespace

std::unique_ptr<application> make_application(gateway_options options,
                                              const std::shared_ptr<front_desk>& desk) {
  return std::make_unique<box_office_application>(std::move(options), desk);
}

}  // namespace taquilla::gateway
