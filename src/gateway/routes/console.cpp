#include "gateway/console_assets.hpp"
#include "gateway/exchange.hpp"
#include "gateway/routes/page.hpp"
#include "gateway/routes/routes.hpp"

#include <stdexcept>

namespace taquilla::gateway {

namespace {

struct kind_of_file {
  std::string_view ending;
  const char* type;
  const char* summary;
};

constexpr kind_of_file kinds[] = {
    {".html", "text/html", "The live console."},
    {".js", "text/javascript", "A part of its script."},
    {".css", "text/css", "Its looks."},
    {".svg", "image/svg+xml", "Its icon."},
};

const kind_of_file& kind_of(std::string_view name) {
  const auto ending = name.substr(name.rfind('.'));
  for (const auto& kind : kinds)
    if (kind.ending == ending) return kind;
  throw std::logic_error{"no content type for " + std::string{name}};
}

endpoint asset(const console_asset& file) {
  const auto& kind = kind_of(file.name);
  const std::string type = kind.type;
  const bool is_page = file.name == "index.html";
  // The documentation has the same looks on every port.
  const bool everywhere = kind.ending == ".css" || kind.ending == ".svg";
  auto e = get(everywhere ? every_listener : std::vector<listener>{listener::gateway},
               is_page ? "/" : "/console/" + std::string{file.name}, kind.summary,
               [type, content = file.content](const http_request&, const exchange& out) {
                 out.send(page_response(type + "; charset=utf-8", std::string{content}));
               });
  e.content_type = type;
  return e;
}

}  // namespace

void add_console_endpoints(std::vector<endpoint>& table) {
  for (const auto& file : console_assets()) table.push_back(asset(file));
}

}  // namespace taquilla::gateway
