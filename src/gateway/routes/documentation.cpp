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
  table.push_back({every_listener,
                   "GET",
                   "/openapi.json",
                   "This API as an OpenAPI 3.1 document.",
                   {},
                   {200},
                   "application/json",
                   "",
                   "",
                   false,
                   openapi});
  table.push_back({every_listener,
                   "GET",
                   "/docs",
                   "This API as a page.",
                   {},
                   {200},
                   "text/html",
                   "",
                   "",
                   false,
                   docs});
}

}  // namespace taquilla::gateway
