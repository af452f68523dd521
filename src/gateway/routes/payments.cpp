#include "gateway/exchange.hpp"
#include "gateway/query.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/wire.hpp"

namespace taquilla::gateway {

namespace {

using location = parameter_doc::location;

void list(const http_request& request, const exchange& out) {
  query_reader query{request};
  list_charges filter;
  filter.state =
      query.one_of("state", {to_string(charge_state::charged), to_string(charge_state::voided),
                             to_string(charge_state::refunded)});
  filter.limit = query.limit();
  filter.after = query.after_id();
  if (const auto wrong = query.finish(); !wrong.empty()) return out.refuse(wrong);
  out.desk().charges_like(
      std::move(filter), answer_with<charges>(out, [](const exchange& to, const auto& found) {
        to.answer(page("charges", found.list, cursor_of(found.next), write_charge));
      }));
}

}  // namespace

void add_payment_endpoints(std::vector<endpoint>& table) {
  auto e = get({listener::gateway, listener::payment}, "/api/payments/charges",
               "Charges, oldest first, by page.", list);
  e.parameters = paged({{location::query, "state", "charged, voided or refunded", false}});
  e.answers = {200, 422, 503};
  e.example = R"({"charges":[{"id":1,"reservationId":1,"amount":50.00,"state":"charged",)"
              R"("at":"2026-01-01T20:00:00.020Z"}],"next":null})";
  table.push_back(std::move(e));
}

}  // namespace taquilla::gateway
