#include "app/settings_loader.hpp"

#include "app/venue_reader.hpp"

#include <fstream>
#include <iterator>
#include <utility>

namespace taquilla::app {

namespace {

constexpr std::size_t file_bytes_max = 16 << 20;

/// The text of a file; nothing when it cannot be read.
std::optional<std::string> text_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) return {};
  std::string text;
  char block[4096];
  while (in.read(block, sizeof block) || in.gcount() > 0) {
    text.append(block, static_cast<std::size_t>(in.gcount()));
    if (text.size() > file_bytes_max) return {};
  }
  if (in.bad()) return {};
  return text;
}

trouble unreadable(const std::string& what, const std::string& path, const std::string& fix) {
  return {
      "E014", "the " + what + " '" + path + "' cannot be read", {fix}, exit_code::configuration};
}

std::optional<trouble> read_configuration(const settings_request& request, settings& all) {
  std::vector<complaint> wrong;
  const auto add = [&wrong](std::vector<complaint> more) {
    wrong.insert(wrong.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
  };
  if (!request.config_file.empty()) {
    const auto text = text_of(request.config_file);
    if (!text)
      return unreadable(
          "configuration file", request.config_file,
          "name another with --config, or leave --config out: every key has a default");
    add(apply_file(all, request.config_file, *text));
  }
  for (const auto& one : request.overrides) add(apply_override(all, one));
  if (wrong.empty()) add(check_interlocks(all));
  if (wrong.empty()) return {};
  return configuration_trouble(wrong);
}

std::optional<trouble> read_plan(const settings& all, std::shared_ptr<const venue>& plan) {
  std::string text = demo_venue_text;
  if (!all.venue_file.empty()) {
    auto read = text_of(all.venue_file);
    if (!read)
      return unreadable("venue file", all.venue_file,
                        "name another in venue.file, or leave it empty for the demo hall");
    text = std::move(*read);
  }
  auto events = read_venue(text);
  if (!events)
    return trouble{"E013",
                   all.venue_file + ':' + events.failure().detail,
                   {"config/venue.json shows the form"},
                   exit_code::configuration};
  plan = std::make_shared<const venue>(std::move(*events));
  return {};
}

}  // namespace

loaded_settings load_settings(const settings_request& request) {
  loaded_settings out;
  out.refused = read_configuration(request, out.all);
  if (!out.refused) out.refused = read_plan(out.all, out.plan);
  return out;
}

}  // namespace taquilla::app
