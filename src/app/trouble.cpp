#include "app/trouble.hpp"

#include <nlohmann/json.hpp>

namespace taquilla::app {

std::string render(const trouble& why, log_format format) {
  if (format == log_format::json) {
    const nlohmann::ordered_json line = {{"event", "failed"},
                                         {"code", why.code},
                                         {"what", why.what},
                                         {"fix", why.fixes},
                                         {"exit", why.exit}};
    return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  auto out = "error[" + why.code + "] " + why.what;
  for (std::size_t i = 0; i < why.fixes.size(); ++i)
    out += (i == 0 ? "\n   fix: " : "\n        ") + why.fixes[i];
  return out;
}

trouble usage_trouble(const std::string& what, const std::string& fix) {
  return {"E002", what, {fix}, exit_code::usage};
}

trouble configuration_trouble(const std::vector<complaint>& wrong) {
  std::string what;
  for (const auto& one : wrong) what += (what.empty() ? "" : "\nerror[E012] ") + one.text();
  return {"E012",
          what,
          {"docs/configuration.md names every key, its range and its default"},
          exit_code::configuration};
}

trouble data_trouble(const error& why) {
  const auto split = why.detail.find("; ");
  const bool in_use = why.detail.find("in use") != std::string::npos;
  trouble out{in_use ? "E021" : "E022", why.detail.substr(0, split), {}, exit_code::cannot_start};
  if (split != std::string::npos) out.fixes.push_back(why.detail.substr(split + 2));
  return out;
}

}  // namespace taquilla::app
