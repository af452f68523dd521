#include "gateway/chaos_kinds.hpp"
#include "gateway/exchange.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/wire.hpp"

namespace taquilla::gateway {

namespace {

using location = parameter_doc::location;

struct served_service {
  service which;
  listener at;
  const char* spanish_name;
};

constexpr served_service services[] = {
    {service::inventory, listener::inventory, "Inventario"},
    {service::payment, listener::payment, "Pagos"},
    {service::notification, listener::notification, "Notificaciones"},
};

std::string table_body(const chaos_table& table, service which, std::string_view message) {
  json_writer json;
  json.open_object().boolean("success", true).text("service", wire_name(which));
  if (!message.empty()) json.text("message", message);
  write_chaos_members(json, table);
  return json.close_object().take();
}

void show(const served_service& served, const http_request& request, const exchange& out) {
  if (const auto wrong = query_reader{request}.finish(); !wrong.empty()) return out.refuse(wrong);
  out.desk().chaos_state(
      served.which,
      answer_with<chaos_table>(out, [which = served.which](const exchange& to, const auto& table) {
        to.answer(table_body(table, which, {}));
      }));
}

void change(const served_service& served, const http_request& request, const exchange& out) {
  const auto* row = find_chaos_kind(served.which, request.captures.at(0));
  if (row == nullptr)
    return out.refuse(
        error{errc::unknown_path,
              std::string{wire_name(served.which)} + " takes: " + chaos_kinds_of(served.which), 0});
  query_reader query{request};
  auto order = read_chaos_order(served.which, *row, query);
  auto wrong = query.finish();
  // An option in a body would be ignored in silence, so it is pointed out instead.
  if (!request.body.empty())
    wrong.push_back({"(body)", "no lleva cuerpo: las opciones van en la dirección"});
  if (!wrong.empty()) return out.refuse(wrong);
  auto message = std::string{served.spanish_name} + ": " + std::string{row->message};
  out.desk().chaos(std::move(order),
                   answer_with<chaos_table>(
                       out, [which = served.which, message](const exchange& to, const auto& table) {
                         to.answer(table_body(table, which, message));
                       }));
}

std::string kinds_summary(service which) {
  std::string text = "Sets or ends trouble:";
  for (const auto& row : chaos_kind_table())
    if (find_chaos_kind(which, row.name) != nullptr)
      text.append(" ").append(row.name).append(" (").append(row.about).append(");");
  text.back() = '.';
  return text;
}

endpoint table_endpoint(const served_service& served) {
  auto e = get(
      {listener::gateway, served.at}, "/api/" + std::string{wire_name(served.which)} + "/chaos",
      "What trouble is set, since when, and how many requests it touched.",
      [served](const http_request& request, const exchange& out) { show(served, request, out); });
  e.answers = {200, 401, 422, 429, 503};
  e.example = std::string{R"({"success":true,"service":")"} + wire_name(served.which) +
              R"(","down":false,"chaos":[]})";
  e.guarded = true;
  return e;
}

endpoint kind_endpoint(const served_service& served) {
  auto e = table_endpoint(served);
  e.method = "POST";
  e.path += "/{kind}";
  e.summary = kinds_summary(served.which);
  e.parameters = {{location::path, "kind", chaos_kinds_of(served.which), true},
                  {location::query, "delay", "slow: seconds, required", false},
                  {location::query, "rate", "flaky, lossy: share of the requests, 0..1", false},
                  {location::query, "for", "seconds after which it ends by itself", false},
                  {location::query, "times", "touches the first N requests, then ends", false}};
  e.answers = {200, 401, 403, 404, 422, 429, 503};
  e.example = std::string{R"({"success":true,"service":")"} + wire_name(served.which) +
              R"(","message":"...","down":false,"chaos":[]})";
  e.handle = [served](const http_request& request, const exchange& out) {
    change(served, request, out);
  };
  return e;
}

}  // namespace

void add_chaos_endpoints(std::vector<endpoint>& table) {
  for (const auto& served : services) {
    table.push_back(table_endpoint(served));
    table.push_back(kind_endpoint(served));
  }
}

}  // namespace taquilla::gateway
