#include "app/checks.hpp"

#include "app/config_keys.hpp"
#include "app/version.hpp"
#include "store/audit.hpp"

#include <filesystem>
#include <iostream>
#include <optional>

namespace taquilla::app {

namespace {

int refuse(const trouble& why) {
  std::cerr << render(why, log_format::text) << '\n';
  return why.exit;
}

/// Why there is nothing to look at, as far as the folder can tell.
std::optional<trouble> no_store_at(const std::string& data, const std::string& file) {
  std::error_code problem;
  const bool there = std::filesystem::exists(file, problem);
  if (problem)
    return trouble{"E022",
                   "the store " + file + " cannot be looked for: " + problem.message(),
                   {"give this user the right to read and write the folder"},
                   exit_code::cannot_start};
  if (there) return {};
  return trouble{"E024",
                 "there is no store in '" + data + "'",
                 {"name the folder that taquilla serves with --data"},
                 exit_code::unreachable};
}

}  // namespace

int audit(const audit_request& request) {
  const auto file = (std::filesystem::path{request.data} / "taquilla.db").string();
  if (const auto none = no_store_at(request.data, file)) return refuse(*none);
  const auto report = run_audit(file, request.final ? audit_mode::final : audit_mode::running);
  if (report.unreadable) return refuse(data_trouble(*report.unreadable));
  for (const auto& row : report.broken)
    std::cout << "BROKEN " << row.invariant << ": " << row.detail << '\n';
  std::cout << "audit: " << report.checked << " invariants asked, "
            << (report.clean() ? std::string{"all hold"}
                               : std::to_string(report.broken.size()) + " rows break them")
            << '\n';
  return report.clean() ? exit_code::ok : exit_code::check_failed;
}

int check_config(const check_request& request) {
  if (request.keys_markdown || request.defaults) {
    std::cout << (request.defaults ? default_config_text() : config_keys_markdown());
    return exit_code::ok;
  }
  if (request.config_file.empty())
    return refuse(usage_trouble("check-config needs a FILE", "taquilla check-config --help"));
  settings_request read;
  read.config_file = request.config_file;
  const auto loaded = load_settings(read);
  if (loaded.refused) return refuse(*loaded.refused);
  std::cout << request.config_file << ": can be used\n";
  return exit_code::ok;
}

int print_version() {
  std::cout << "taquilla " << version() << '\n';
  return exit_code::ok;
}

}  // namespace taquilla::app
