#include "gateway/exchange.hpp"
#include "gateway/routes/page.hpp"
#include "gateway/routes/routes.hpp"

namespace taquilla::gateway {

namespace {

void openapi(const http_request&, const exchange& out) { out.answer(out.house().openapi_json); }

void docs(const http_request&, const exchange& out) {
  out.send(page_response("text/html; charset=utf-8", out.house().docs_html));
}

}  // namespace

void add_documentation_endpoints(std::vector<endpoint>& table) {
  table.push_back(
      get(every_listener, "/openapi.json", "This API as an OpenAPI 3.1 document.", openapi));
  auto page = get(every_listener, "/docs", "This API as a page.", docs);
  page.content_type = "text/html";
  table.push_back(std::move(page));
}

}  // namespace taquilla::gateway
