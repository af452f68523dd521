#include "gateway/endpoint.hpp"

namespace taquilla::gateway {

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
