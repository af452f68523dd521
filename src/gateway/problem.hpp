// Errors as HTTP answers: problem+json (RFC 9457) with the original's `success` and `message`.
// This is the one place where a kind of error becomes a status. The type of a problem is its entry
// in /docs, its instance the request id. Pure; no exception text, path or foreign bytes get in here
// unescaped.
#pragma once

#include "domain/error.hpp"
#include "gateway/http.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace taquilla::gateway {

/// One wrong field of a request, for the `errors` list of a 422. The message is Spanish.
struct field_error {
  std::string field;
  std::string message;
};

/// More wrong fields than this are not listed: the list is for people.
inline constexpr std::size_t field_errors_max = 16;

int status_of(error_kind kind);

/// `why` as a whole answer, with Retry-After where it is known, and on every 429 and 503.
http_response problem(const error& why, std::string_view request_id,
                      const std::vector<field_error>& fields = {});

/// What every answer of ours carries, problem or not.
void add_common_headers(http_response& response, std::string_view request_id);

}  // namespace taquilla::gateway
