#include "app/command_line.hpp"

#include "app/closest_name.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace taquilla::app {

namespace {

constexpr const char* about =
    "taquilla: a box office that keeps selling while its parts fail.\n"
    "Without a command it serves: REST API and console on port 80, chaos on 8082 to 8084.";

constexpr const char* exit_codes =
    "Exit codes: 0 done, 1 a check failed, 2 usage, 3 configuration, 4 cannot start or read\n"
    "the store, 5 not reachable, 70 internal, 130 or 143 forced stop (128 + the second signal)";

/// Notes the value of an option that is a name for a key. A wrong one is a wrong command line: it
/// is answered with the option that was typed, not with the key behind it.
void note(settings_request& request, const std::string& option, const std::string& key,
          const std::string& value) {
  if (const auto wrong = option_problem(option, key, value); !wrong.empty())
    throw CLI::ValidationError{wrong};
  request.overrides.push_back(key + '=' + value);
}

/// The options of `serve`, which `taquilla` alone takes as well. Each is a name for one key.
void add_serve_options(CLI::App& to, settings_request& request) {
  to.add_option("--config", request.config_file, "Configuration file (docs/configuration.md)")
      ->type_name("FILE");
  const auto key = [&](const char* option, const char* name, const char* type, const char* text) {
    to.add_option_function<std::string>(
          option,
          [&request, option, name](const std::string& value) {
            note(request, option, name, value);
          },
          text)
        ->type_name(type)
        ->trigger_on_parse();
  };
  key("--data", "data.folder", "DIR", "Where everything is kept; :memory: keeps nothing");
  key("--port-offset", "gateway.port_offset", "N", "Added to every port: 10000 makes 80 10080");
  key("--log", "log.format", "text|json", "Form of the log on the terminal and in DATA/logs");
  to.add_option_function<std::vector<std::string>>(
        "--bind",
        [&request](const std::vector<std::string>& addresses) {
          std::string list;
          for (const auto& one : addresses) list += (list.empty() ? "[\"" : "\",\"") + one;
          note(request, "--bind", "gateway.bind", list + "\"]");
        },
        "Address to listen on instead of 127.0.0.1 and ::1; may be repeated")
      ->type_name("ADDR")
      ->delimiter(',')
      ->allow_extra_args(false);
  to.add_option_function<std::vector<std::string>>(
        "--set",
        [&request](const std::vector<std::string>& given) {
          request.overrides.insert(request.overrides.end(), given.begin(), given.end());
        },
        "Sets one configuration key; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

/// What is wrong with a word that nobody takes, with the one that was meant.
std::string unknown_word(const CLI::App& root, const std::string& word) {
  const bool is_option = word.rfind('-', 0) == 0;
  const auto chosen = root.get_subcommands();
  if (!is_option && !chosen.empty())
    return "taquilla " + chosen.front()->get_name() + " takes no argument " + word;
  std::vector<std::string> known;
  if (is_option)
    for (const auto* option : (chosen.empty() ? root : *chosen.front()).get_options())
      for (const auto& name : option->get_lnames()) known.push_back("--" + name);
  else
    for (const auto* command : root.get_subcommands({})) known.push_back(command->get_name());
  const auto meant = closest_name(word, known);
  return "unknown " + std::string{is_option ? "option " : "command "} + word +
         (meant.empty() ? "" : "; did you mean " + meant + '?');
}

int explain(const CLI::App& root, const CLI::ParseError& problem) {
  if (problem.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    root.exit(problem);  // --help: printed on standard output
    return exit_code::ok;
  }
  std::string what = problem.what();
  std::string fix = "taquilla --help";
  const auto chosen = root.get_subcommands();
  if (!chosen.empty()) fix = "taquilla " + chosen.front()->get_name() + " --help";
  if (const auto unknown = root.remaining(true); !unknown.empty())
    what = unknown_word(root, unknown.front().substr(0, unknown.front().find('=')));
  std::cerr << render(usage_trouble(what, fix), log_format::text) << '\n';
  return exit_code::usage;
}

}  // namespace

int run_command_line(int argc, const char* const* argv, const commands& all) {
  CLI::App root{about, "taquilla"};
  root.footer(exit_codes);
  root.require_subcommand(0, 1);
  int code = exit_code::ok;
  settings_request serve;
  add_serve_options(root, serve);
  auto* serve_command = root.add_subcommand("serve", "Start the box office (the default)");
  add_serve_options(*serve_command, serve);

  audit_request audit;
  auto* audit_command = root.add_subcommand(
      "audit",
      "Check the promises on a stopped or running store; 1: one is broken, 4: cannot be read");
  audit_command->add_option("--data", audit.data, "The data folder")->type_name("DIR")->required();
  audit_command->add_flag("--final", audit.final,
                          "Everything is healed: open purchases and due mails are broken promises");

  check_request check;
  auto* check_command =
      root.add_subcommand("check-config", "Read a configuration without starting anything");
  auto* file = check_command->add_option("FILE", check.config_file, "The configuration file");
  auto* markdown = check_command->add_flag("--keys-markdown", check.keys_markdown,
                                           "Print docs/configuration.md instead");
  auto* defaults =
      check_command->add_flag("--defaults", check.defaults, "Print config/taquilla.json instead");
  markdown->excludes(file, defaults);
  defaults->excludes(file);

  auto* version_command = root.add_subcommand("version", "Print the version");
  if (all.add_more) all.add_more(root, code);

  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return explain(root, problem);
  }
  if (audit_command->parsed()) return all.audit(audit);
  if (check_command->parsed()) return all.check_config(check);
  if (version_command->parsed()) return all.version();
  if (serve_command->parsed() || root.get_subcommands().empty()) return all.serve(serve);
  return code;
}

}  // namespace taquilla::app
