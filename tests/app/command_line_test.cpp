// Goal: each command gets what was typed for it, in order, and wrong words start nothing.
// Method: the parser with commands that note what they were given.
#include "app/command_line.hpp"

#include "app/exit_code.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace taquilla::app {

namespace {

struct heard {
  std::string command;
  settings_request serve;
  audit_request audit;
  check_request check;
};

heard type(std::vector<const char*> words, int expected = 0) {
  heard out;
  commands all;
  all.serve = [&](const settings_request& r) { return out.command = "serve", out.serve = r, 0; };
  all.audit = [&](const audit_request& r) { return out.command = "audit", out.audit = r, 0; };
  all.check_config = [&](const check_request& r) {
    return out.command = "check", out.check = r, 0;
  };
  all.version = [&] { return out.command = "version", 0; };
  words.insert(words.begin(), "taquilla");
  CHECK(run_command_line(static_cast<int>(words.size()), words.data(), all) == expected);
  return out;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("taquilla alone serves with the defaults") {
  const auto got = type({});
  CHECK(got.command == "serve");
  CHECK(got.serve.config_file.empty());
  CHECK(got.serve.overrides.empty());
}

TEST_CASE("options of serve are names for keys, with or without the command's name") {
  for (const bool named : {false, true}) {
    std::vector<const char*> words{"--config", "f.json", "--data", ":memory:", "--port-offset",
                                   "10000",    "--log",  "json",   "--bind",   "127.0.0.1",
                                   "--set",    "a=1",    "--set",  "b=2"};
    if (named) words.insert(words.begin(), "serve");
    const auto got = type(words);
    CHECK(got.command == "serve");
    CHECK(got.serve.config_file == "f.json");
    auto sorted = got.serve.overrides;
    std::sort(sorted.begin(), sorted.end());
    CHECK(sorted == texts{"a=1", "b=2", "data.folder=:memory:", "gateway.bind=[\"127.0.0.1\"]",
                          "gateway.port_offset=10000", "log.format=json"});
  }
}

TEST_CASE("several addresses can be given one by one or in one word") {
  const texts both{"gateway.bind=[\"127.0.0.1\",\"::1\"]"};
  CHECK(type({"--bind", "127.0.0.1", "--bind", "::1"}).serve.overrides == both);
  CHECK(type({"--bind", "127.0.0.1,::1"}).serve.overrides == both);
}

TEST_CASE("the other commands get their words") {
  CHECK(type({"audit", "--data", "d", "--final"}).audit.final);
  CHECK(type({"audit", "--data", "d"}).audit.data == "d");
  CHECK(type({"check-config", "f.json"}).check.config_file == "f.json");
  CHECK(type({"check-config", "--keys-markdown"}).check.keys_markdown);
  CHECK(type({"version"}).command == "version");
}

TEST_CASE("wrong words start nothing and are a usage error") {
  for (const auto& words :
       std::vector<std::vector<const char*>>{{"adit"},
                                             {"--dta", "x"},
                                             {"audit"},
                                             {"serve", "now"},
                                             {"--port-offset"},
                                             {"--port-offset", "70000"},
                                             {"serve", "--port-offset", "abc"},
                                             {"--log", "xml"},
                                             {"--data", ""},
                                             {"--bind", "127.0.0.1,localhost"},
                                             {"version", "-x"},
                                             {"audit", "--data", "d", "version"}})
    CHECK(type(words, exit_code::usage).command.empty());
}

}  // namespace taquilla::app
