#include "gateway/console_assets.hpp"
#include "gateway/exchange.hpp"
#include "gateway/routes/page.hpp"
#include "gateway/routes/routes.hpp"

namespace taquilla::gateway {

namespace {

endpoint asset(std::vector<listener> at, std::string path, std::string summary, std::string type,
               std::string_view content) {
  endpoint e;
  e.at = std::move(at);
  e.method = "GET";
  e.path = std::move(path);
  e.summary = std::move(summary);
  e.answers = {200};
  e.content_type = type;
  e.handle = [type, content](const http_request&, const exchange& out) {
    out.send(page_response(type + "; charset=utf-8", std::string{content}));
  };
  return e;
}

}  // namespace

void add_console_endpoints(std::vector<endpoint>& table) {
  const std::vector<listener> front = {listener::gateway};
  table.push_back(asset(front, "/", "The live console.", "text/html", console_index_html));
  table.push_back(
      asset(front, "/console/app.js", "Its script.", "text/javascript", console_app_js));
  // The documentation has the same looks on every port.
  table.push_back(
      asset(every_listener, "/console/style.css", "Its looks.", "text/css", console_style_css));
  table.push_back(
      asset(every_listener, "/console/icon.svg", "Its icon.", "image/svg+xml", console_icon_svg));
}

}  // namespace taquilla::gateway
