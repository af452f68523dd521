#include "gateway/problem.hpp"

#include "gateway/json_writer.hpp"
#include "policies/rate_limiter.hpp"

#include <algorithm>

namespace taquilla::gateway {

int status_of(error_kind kind) {
  switch (kind) {
    case error_kind::malformed:
      return 400;
    case error_kind::too_slow:
      return 408;
    case error_kind::no_length:
      return 411;
    case error_kind::long_target:
      return 414;
    case error_kind::unmet:
      return 417;
    case error_kind::large_head:
      return 431;
    case error_kind::unimplemented:
      return 501;
    case error_kind::wrong_version:
      return 505;
    case error_kind::unauthorized:
      return 401;
    case error_kind::declined:
      return 402;
    case error_kind::forbidden:
      return 403;
    case error_kind::missing:
      return 404;
    case error_kind::wrong_method:
      return 405;
    case error_kind::conflict:
      return 409;
    case error_kind::too_large:
      return 413;
    case error_kind::wrong_type:
      return 415;
    case error_kind::misdirected:
      return 421;
    case error_kind::invalid:
      return 422;
    case error_kind::too_many:
      return 429;
    case error_kind::broken:
      return 500;
    case error_kind::unavailable:
      return 503;
    case error_kind::too_late:
      return 504;
  }
  return 500;
}

http_response problem(const error& why, std::string_view request_id,
                      const std::vector<field_error>& fields) {
  const int status = status_of(kind_of(why.code));
  const std::string_view code = to_string(why.code);
  json_writer json;
  json.open_object()
      .text("type", std::string{"/docs#"}.append(code))
      .text("title", title_of(why.code))
      .signed_number("status", status)
      .text("detail", why.detail.empty() ? std::string_view{title_of(why.code)} : why.detail)
      .text("instance", request_id)
      .boolean("success", false)
      .text("message", message_of(why.code))
      .text("code", code);
  if (why.reservation != 0) json.number("reservationId", why.reservation);
  if (!fields.empty()) {
    json.key("errors").open_array();
    const auto shown = std::min(fields.size(), field_errors_max);
    for (std::size_t i = 0; i < shown; ++i)
      json.open_object()
          .text("field", fields[i].field)
          .text("message", fields[i].message)
          .close_object();
    json.close_array();
  }
  http_response response;
  response.status = status;
  response.content_type = "application/problem+json; charset=utf-8";
  response.body = json.close_object().take();
  add_common_headers(response, request_id);
  if (why.retry_after_ms > 0 || status == 429 || status == 503)
    response.headers.emplace_back("Retry-After",
                                  std::to_string(retry_after_seconds(why.retry_after_ms)));
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"taquilla\"");
  // So that the client does not try another coding (RFC 9110 12.5.3).
  if (why.code == errc::encoded_body) response.headers.emplace_back("Accept-Encoding", "identity");
  return response;
}

void add_common_headers(http_response& response, std::string_view request_id) {
  response.headers.emplace_back("X-Request-Id", request_id);
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
}

}  // namespace taquilla::gateway
