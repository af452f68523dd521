#include "gateway/endpoint.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace taquilla::gateway {

std::vector<parameter_doc> paged(std::vector<parameter_doc> own) {
  using location = parameter_doc::location;
  own.push_back({location::query, "limit", "1..1000, 100 when absent", false});
  own.push_back({location::query, "after", "cursor of the page before", false});
  return own;
}

endpoint get(std::vector<listener> at, std::string path, std::string summary,
             endpoint_handler handle) {
  endpoint e;
  e.at = std::move(at);
  e.method = "GET";
  e.path = std::move(path);
  e.summary = std::move(summary);
  e.handle = std::move(handle);
  return e;
}

std::size_t selling_row(const std::vector<endpoint>& table) {
  const auto sells = [](const endpoint& one) { return one.sells; };
  const auto found = std::find_if(table.begin(), table.end(), sells);
  if (std::count_if(table.begin(), table.end(), sells) != 1 || found->at.size() != 1 ||
      found->path.find('{') != std::string::npos)
    throw std::logic_error("one endpoint sells, on one listener, under a plain path");
  return static_cast<std::size_t>(found - table.begin());
}

std::string path_pattern(std::string_view path_template) {
  std::string pattern;
  for (std::size_t i = 0; i < path_template.size(); ++i) {
    if (path_template[i] == '{') {
      pattern += "([^/]+)";
      i = path_template.find('}', i);
    } else {
      if (path_template[i] == '.') pattern += '\\';
      pattern += path_template[i];
    }
  }
  return pattern;
}

}  // namespace taquilla::gateway
