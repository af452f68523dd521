#include "gateway/endpoint.hpp"

#include <algorithm>
#include <stdexcept>

namespace taquilla::gateway {

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
