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
  filter.state = query.text("state");
  filter.limit = query.limit();
  filter.after = query.after_id();
  bool known = filter.state.empty();
  for (const auto state : {charge_state::charged, charge_state::voided, charge_state::refunded})
    known = known || filter.state == to_string(state);
  if (!known) query.wrong("state", "debe ser charged, voided o refunded");
  if (const auto wrong = query.finish(); !wrong.empty()) return out.refuse(wrong);
  out.desk().charges_like(
      std::move(filter), answer_with<charges>(out, [](const exchange& to, const auto& found) {
        to.answer(page("charges", found.list, cursor_of(found.next), write_charge));
      }));
}

}  // namespace

void add_payment_endpoints(std::vector<endpoint>& table) {
  table.push_back({{listener::gateway, listener::payment},
                   "GET",
                   "/api/payments/charges",
                   "Charges, oldest first, by page.",
                   {{location::query, "state", "charged, voided or refunded", false},
                    {location::query, "limit", "1..1000, 100 when absent", false},
                    {location::query, "after", "cursor of the page before", false}},
                   {200, 422, 503},
                   "application/json",
                   "",
                   R"({"charges":[{"id":1,"reservationId":1,"amount":50.00,"state":"charged",)"
                   R"("at":"2026-01-01T20:00:00.020Z"}],"next":null})",
                   false,
                   list});
}

}  // namespace taquilla::gateway
