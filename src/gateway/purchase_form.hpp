// From the body of POST /api/reservations to a purchase order. Tells apart what is not JSON
// (malformed_json, 400) and what is JSON but no purchase (422, each wrong field named). Amounts go
// from the digits of the request straight to cents. Pure.
#pragma once

#include "domain/reservation.hpp"
#include "gateway/problem.hpp"

#include <string_view>
#include <vector>

namespace taquilla::gateway {

struct purchase_form {
  purchase_order order;  ///< complete only when `wrong` is empty
  std::vector<field_error> wrong;
};

result<purchase_form> read_purchase(std::string_view body);

/// True for 1..255 visible ASCII characters.
bool is_idempotency_key(std::string_view text);

/// True for application/json, with no parameter or charset=utf-8.
bool is_json_content_type(std::string_view value);

}  // namespace taquilla::gateway
