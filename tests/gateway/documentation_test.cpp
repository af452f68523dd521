// Goal: what the API says about itself is what it does, and its pages run nothing but our own
// files. Method: the document is compared with the routes in both directions; pages are searched
// for what must not be in them.
#include "gateway/endpoint.hpp"
#include "gateway/house.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace taquilla;
using namespace taquilla::gateway;

namespace {

using operation = std::pair<std::string, std::string>;  // method, pattern

std::set<operation> documented(const nlohmann::ordered_json& document) {
  std::set<operation> all;
  for (const auto& [path, methods] : document["paths"].items())
    for (const auto& [method, what] : methods.items()) {
      std::string upper = method;
      for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
      all.emplace(upper, path_pattern(path));
    }
  return all;
}

}  // namespace

TEST_CASE("openapi lists every route, and no other") {
  house h;
  std::set<operation> served;
  for (const auto& route : h.app->routes()) served.emplace(route.method, route.pattern);
  CHECK(documented(json_of(h.get("/openapi.json"))) == served);
  CHECK(served.size() == h.app->routes().size());
  CHECK(served.size() >= 24);
}

TEST_CASE(
    "openapi is complete: operation ids, path parameters, good answers, resolvable references") {
  house h;
  const auto document = json_of(h.get("/openapi.json"));
  CHECK(document["openapi"] == "3.1.0");
  CHECK(document["info"]["version"] == "1.2.3");
  CHECK(document["components"]["schemas"].contains("problem"));
  std::set<std::string> ids;
  for (const auto& [path, methods] : document["paths"].items())
    for (const auto& [method, what] : methods.items()) {
      CAPTURE(path);
      CHECK(ids.insert(what["operationId"]).second);
      CHECK(what["responses"].contains("200"));
      CHECK(!what["summary"].get<std::string>().empty());
      std::set<std::string> in_path;
      const auto parameters = what.value("parameters", nlohmann::ordered_json::array());
      for (const auto& parameter : parameters)
        if (parameter["in"] == "path") {
          in_path.insert(parameter["name"]);
          CHECK(parameter["required"] == true);
          CHECK(path.find("{" + parameter["name"].get<std::string>() + "}") != std::string::npos);
        }
      CHECK(in_path.size() == static_cast<std::size_t>(std::count(path.begin(), path.end(), '{')));
    }
  const auto& buy = document["paths"]["/api/reservations"]["post"];
  CHECK(buy["requestBody"]["content"]["application/json"]["schema"]["required"].size() == 4);
  CHECK(buy["responses"].contains("429"));
}

TEST_CASE("an answer that an endpoint gives to a wrong question is documented") {
  house h;
  const auto document = json_of(h.get("/openapi.json"));
  for (const auto& [path, methods] : document["paths"].items())
    for (const auto& [method, what] : methods.items()) {
      auto target = path;
      if (const auto hole = target.find('{'); hole != std::string::npos)
        target.replace(hole, target.find('}') - hole + 1, method == "post" ? "crash" : "1");
      std::string upper = method;
      for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
      auto request = request_to(upper, target + "?x=1");
      CAPTURE(method + ' ' + target);
      CHECK(what["responses"].contains(std::to_string(h.ask(request).status)));
      request.headers.emplace_back("Origin", "http://evil.example");
      CHECK(what["responses"].contains(std::to_string(h.ask(request).status)));
    }
}

TEST_CASE("the documented example of a purchase is what is answered") {
  house h;
  const auto document = json_of(h.get("/openapi.json"));
  const auto& answer = document["paths"]["/api/reservations"]["post"]["responses"]["200"];
  CHECK(answer["content"]["application/json"]["example"].dump() == h.ask(purchase()).body);
}

TEST_CASE("docs name every path and every error code, on every port") {
  house h;
  for (const auto at :
       {listener::gateway, listener::inventory, listener::payment, listener::notification}) {
    const auto page = h.get("/docs", at);
    CHECK(page.status == 200);
    CHECK(page.content_type == "text/html; charset=utf-8");
    const auto document = json_of(h.get("/openapi.json", at));
    for (const auto& [path, methods] : document["paths"].items())
      CHECK(page.body.find(path) != std::string::npos);
    for (int i = 1; errc_from_string(to_string(static_cast<errc>(i))) == static_cast<errc>(i); ++i)
      CHECK(page.body.find(std::string{"id=\""} + to_string(static_cast<errc>(i)) + "\"") !=
            std::string::npos);
    CHECK(h.get("/console/style.css", at).status == 200);
  }
}

TEST_CASE("the console is served with a policy that allows our own files alone") {
  house h;
  const std::pair<const char*, const char*> files[] = {
      {"/", "text/html; charset=utf-8"},
      {"/console/app.js", "text/javascript; charset=utf-8"},
      {"/console/words.js", "text/javascript; charset=utf-8"},
      {"/console/style.css", "text/css; charset=utf-8"},
      {"/console/icon.svg", "image/svg+xml; charset=utf-8"},
      {"/docs", "text/html; charset=utf-8"}};
  for (const auto& [path, type] : files) {
    CAPTURE(path);
    const auto answer = h.get(path);
    CHECK(answer.status == 200);
    CHECK(answer.content_type == type);
    CHECK(answer.body.size() > 100);
    const auto policy = header_of(answer, "Content-Security-Policy");
    CHECK(policy.find("default-src 'self'") == 0);
    CHECK(policy.find("frame-ancestors 'none'") != std::string::npos);
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(header_of(answer, "X-Content-Type-Options") == "nosniff");
    CHECK(header_of(answer, "Referrer-Policy") == "no-referrer");
  }
  CHECK(h.get("/", listener::payment).status == 404);
}

TEST_CASE("the pages need nothing that the policy forbids, and the script writes text only") {
  house h;
  for (const char* path : {"/", "/docs"}) {
    const auto page = h.get(path).body;
    for (const char* inline_code : {"<script>", "<style", " style=", " onclick=", "javascript:",
                                    "http://", "https://", "src=\"//", "data:"}) {
      CAPTURE(inline_code);
      CHECK(page.find(inline_code) == std::string::npos);
    }
  }
  const auto script = h.scripts();
  for (const char* dangerous : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write",
                                "eval(", "new Function", "http://", "https://", "import("}) {
    CAPTURE(dangerous);
    CHECK(script.find(dangerous) == std::string::npos);
  }
}

TEST_CASE("every file and every API path that the console asks for is served") {
  house h;
  auto page = h.get("/").body + h.scripts();
  for (auto own = page.find("from './"); own != std::string::npos; own = page.find("from './"))
    page.replace(own, 8, "from '/console/");
  const auto found =
      find_all(page, R"re([`'"](/(api|console|docs|metrics|health|openapi)[^`'"?]*))re");
  for (const auto& groups : found) {
    auto target = groups[1];
    for (auto hole = target.find("${"); hole != std::string::npos; hole = target.find("${"))
      target.replace(hole, target.find('}', hole) - hole + 1, "inventory");
    CAPTURE(target);
    const auto& routes = h.app->routes();
    const bool served = std::any_of(routes.begin(), routes.end(), [&](const route& r) {
      return match_whole(target, r.pattern) || match_whole(target + "1", r.pattern);
    });
    CHECK((served || target == "/api/inventory/chaos/{kind}"));
  }
  CHECK(found.size() >= 12);
}
