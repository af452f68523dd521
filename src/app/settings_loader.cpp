#include "app/settings_loader.hpp"

#include "app/venue_reader.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace taquilla::app {

namespace {

constexpr std::size_t file_bytes_max = 16 << 20;

/// Why a file cannot be read and what helps, for the one who named it.
struct unreadable_file {
  std::string why, fix;
};

unreadable_file why_not_read(const std::string& path, int error_number) {
  std::error_code problem;
  if (std::filesystem::is_directory(path, problem))
    return {"it is a folder", "name the file that is in it"};
  if (error_number == ENOENT || error_number == ENOTDIR)
    return {"there is no such file", "see that the name is right, as seen from " +
                                         std::filesystem::current_path(problem).string()};
  if (error_number == EACCES)
    return {std::strerror(error_number), "give this user the right to read it"};
  return {error_number == 0 ? "reading failed" : std::strerror(error_number),
          "see that it is a file that can be read"};
}

/// The text of a file; nothing when it cannot be read, and then `why` says so.
std::optional<std::string> text_of(const std::string& path, unreadable_file& why) {
  errno = 0;
  std::ifstream in{path, std::ios::binary};
  const int cause = errno;
  std::string text;
  char block[4096];
  while (in.read(block, sizeof block) || in.gcount() > 0) {
    text.append(block, static_cast<std::size_t>(in.gcount()));
    if (text.size() > file_bytes_max) {
      why = {"it is larger than 16 MiB", "see that it is the right file"};
      return {};
    }
  }
  if (in.eof() && !in.bad()) return text;
  why = why_not_read(path, cause);
  return {};
}

trouble unreadable(const std::string& what, const std::string& path, const unreadable_file& why) {
  return {"E014",
          "the " + what + " '" + path + "' cannot be read: " + why.why,
          {why.fix},
          exit_code::configuration};
}

std::optional<trouble> read_configuration(const settings_request& request, settings& all) {
  std::vector<complaint> wrong;
  const auto add = [&wrong](std::vector<complaint> more) {
    wrong.insert(wrong.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
  };
  if (!request.config_file.empty()) {
    unreadable_file why;
    const auto text = text_of(request.config_file, why);
    if (!text) return unreadable("configuration file", request.config_file, why);
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
    unreadable_file why;
    auto read = text_of(all.venue_file, why);
    if (!read) {
      auto refused = unreadable("venue file", all.venue_file, why);
      refused.fixes.emplace_back("leave venue.file empty for the demo hall");
      return refused;
    }
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
  out.all.config_file = request.config_file;
  out.all.overrides = request.overrides;
  out.refused = read_configuration(request, out.all);
  if (!out.refused) out.refused = read_plan(out.all, out.plan);
  return out;
}

}  // namespace taquilla::app
