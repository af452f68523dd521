#include "gateway/house.hpp"

#include "gateway/console_assets.hpp"

#include <regex>
#include <set>

namespace taquilla::gateway {

std::optional<std::vector<std::string>> match_whole(const std::string& text,
                                                    const std::string& pattern) {
  std::smatch match;
  if (!std::regex_match(text, match, std::regex{pattern})) return std::nullopt;
  return std::vector<std::string>(std::next(match.begin()), match.end());
}

std::vector<std::vector<std::string>> find_all(const std::string& text,
                                               const std::string& pattern) {
  std::vector<std::vector<std::string>> all;
  const std::regex compiled{pattern};
  for (std::sregex_iterator at{text.begin(), text.end(), compiled}, end; at != end; ++at)
    all.emplace_back(at->begin(), at->end());
  return all;
}

std::optional<http_response> house::try_ask(http_request request) {
  if (auto refused = app->refuse(request)) return refused;
  std::set<std::string> allowed;
  for (const auto& route : app->routes()) {
    if (std::count(route.at.begin(), route.at.end(), request.at) == 0) continue;
    auto captures = match_whole(request.path, route.pattern);
    if (!captures) continue;
    if (route.method != request.method) {
      allowed.insert(route.method);
      continue;
    }
    request.captures = std::move(*captures);
    const auto answer = std::make_shared<std::optional<http_response>>();
    route.handle(request, [answer](http_response response) {
      if (!*answer) *answer = std::move(response);
    });
    return *answer;
  }
  if (allowed.count("GET") > 0) allowed.insert("HEAD");
  return app->unmatched(request, {allowed.begin(), allowed.end()});
}

std::string house::scripts() {
  std::string all;
  for (const auto& [name, content] : console_assets())
    if (name.find(".js") != std::string_view::npos)
      all += get("/console/" + std::string{name}).body;
  return all;
}

}  // namespace taquilla::gateway
