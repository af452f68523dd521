#include "gateway/exchange.hpp"
#include "gateway/query.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/wire.hpp"
#include "store/mail_number.hpp"

#include <algorithm>

namespace taquilla::gateway {

namespace {

using location = parameter_doc::location;

constexpr std::int64_t wait_ms_max = 30'000;
constexpr std::size_t cursor_bytes_max = 128;

std::string cursor(query_reader& query) {
  auto after = query.text("after", cursor_bytes_max);
  if (!after.empty() && !store::parse_cursor(after)) query.wrong("after", not_a_cursor);
  return after;
}

void read_mailbox(const http_request& request, const exchange& out) {
  query_reader query{request};
  list_mailbox filter;
  filter.to = query.text("to");
  filter.limit = query.limit();
  filter.after = cursor(query);
  constexpr int milli = 3;
  constexpr std::uint64_t asked_s_max = 86'400;  // more than we wait is cut, nonsense is refused
  const auto asked_ms = query.decimal("wait", milli, asked_s_max).value_or(0);
  const auto wait_ms = std::min(wait_ms_max, static_cast<std::int64_t>(asked_ms));
  if (const auto wrong = query.finish(); !wrong.empty()) return out.refuse(wrong);
  auto done = answer_with<mails>(out, [](const exchange& to, const auto& found) {
    to.answer(page("messages", found.list, found.next, write_message));
  });
  if (wait_ms > 0)
    out.desk().wait_for_mail(std::move(filter), wait_ms, std::move(done),
                             {out.house().share_holder(request),
                              [client = request.client] { return client.expired(); }});
  else
    out.desk().mailbox(std::move(filter), std::move(done));
}

void read_outbox(const http_request& request, const exchange& out) {
  query_reader query{request};
  list_outbox filter;
  filter.limit = query.limit();
  filter.after = cursor(query);
  if (const auto wrong = query.finish(); !wrong.empty()) return out.refuse(wrong);
  out.desk().outbox(std::move(filter),
                    answer_with<mails>(out, [](const exchange& to, const auto& found) {
                      to.answer(page("due", found.list, found.next, write_due_mail));
                    }));
}

endpoint mailbox_endpoint() {
  auto e = get({listener::gateway, listener::notification}, "/api/notifications/mailbox",
               "Mail that was delivered.", read_mailbox);
  e.parameters = paged({{location::query, "to", "only to this address", false},
                        {location::query, "wait",
                         "seconds (30 at most) to wait for a message when there is none", false}});
  e.answers = {200, 422, 503};
  e.example =
      R"({"messages":[{"messageId":"1-confirmed","reservationId":1,)"
      R"("to":"test@email.com","subject":"Reserva confirmada 1: EVT-001, asiento A1","body":"...",)"
      R"("deliveredAt":"2026-01-01T20:00:00.100Z"}],"next":null})";
  return e;
}

endpoint outbox_endpoint() {
  auto e = get({listener::gateway, listener::notification}, "/api/notifications/outbox",
               "Mail that waits, and why.", read_outbox);
  e.parameters = paged();
  e.answers = {200, 422, 503};
  e.example =
      R"({"due":[{"messageId":"2-confirmed","reservationId":2,"to":"test@email.com",)"
      R"("subject":"Reserva confirmada 2: EVT-001, asiento A2","createdAt":"2026-01-01T20:00:00.000Z",)"
      R"("notBefore":"2026-01-01T20:00:05.000Z","attempts":3,"dead":false,)"
      R"("reason":"notification_unavailable"}],"next":null})";
  return e;
}

}  // namespace

void add_mail_endpoints(std::vector<endpoint>& table) {
  table.push_back(mailbox_endpoint());
  table.push_back(outbox_endpoint());
}

}  // namespace taquilla::gateway
