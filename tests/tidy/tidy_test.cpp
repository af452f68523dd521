// Goal: what is law in this house and can be read from the text stays so. Method: every rule is
// first shown a text that breaks it, so that we know that it bites; then all rules read the whole
// tree.
#include "rules.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace taquilla::tidy {

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

fs::path root() { return TAQUILLA_SOURCE_DIR; }

std::vector<source_file> tree(std::initializer_list<const char*> folders,
                              std::initializer_list<const char*> endings) {
  std::vector<source_file> out;
  for (const char* folder : folders)
    for (const auto& entry : fs::recursive_directory_iterator(root() / folder)) {
      const auto ending = entry.path().extension().string();
      if (entry.is_regular_file() && std::count(endings.begin(), endings.end(), ending) > 0)
        out.push_back({fs::relative(entry.path(), root()).generic_string(), read(entry.path())});
    }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return out;
}

std::string all(complaints (*rule)(const source_file&), const std::vector<source_file>& files) {
  std::string out;
  for (const auto& file : files)
    for (const auto& complaint : rule(file)) out += complaint + "\n";
  return out;
}

std::vector<source_file> sources() { return tree({"src", "tests", "bench"}, {".cpp", ".hpp"}); }

std::string lines(int count, const std::string& line) {
  std::string out;
  for (int i = 0; i < count; ++i) out += line + "\n";
  return out;
}

}  // namespace

TEST_CASE("every rule bites a text that breaks it, and lets a clean one pass") {
  const auto bites = [](complaints (*rule)(const source_file&), const char* path,
                        const std::string& text) {
    return !rule({path, text}).empty();
  };
  CHECK(bites(include_direction, "src/domain/x.hpp", "#include \"store/database.hpp\"\n"));
  CHECK(bites(include_direction, "src/actors/x.cpp", "#include \"gateway/http.hpp\"\n"));
  CHECK(bites(include_direction, "src/gateway/x.cpp", "#include \"actors/protocol.hpp\"\n"));
  CHECK(bites(include_direction, "src/gateway/x.cpp", "#include \"gateway/bridge/clerk.hpp\"\n"));
  CHECK(bites(include_direction, "src/gateway/http_server/x.cpp",
              "#include \"gateway/front_desk.hpp\"\n"));
  CHECK_FALSE(bites(include_direction, "src/gateway/bridge/x.cpp",
                    "#include \"actors/protocol.hpp\"\n#include \"gateway/http.hpp\"\n"));
  CHECK_FALSE(bites(include_direction, "src/actors/x.cpp", "#include \"store/database.hpp\"\n"));
  CHECK(bites(length, "src/x.cpp", lines(401, "int x;")));
  CHECK(bites(length, "src/x.cpp", std::string(101, 'x')));
  CHECK_FALSE(bites(length, "src/x.cpp",
                    "// " + lines(1, std::string(47, '\xc3') + std::string(47, '\xa9'))));
  CHECK_FALSE(bites(length, "src/x.cpp",
                    "// clang-format off\n" + std::string(150, 'x') + "\n// clang-format on\n"));
  CHECK(bites(function_length, "src/x.cpp", "void f() {\n" + lines(61, "  g();") + "}\n"));
  CHECK_FALSE(bites(function_length, "src/x.cpp", "void f() {\n" + lines(50, "  g();") + "}\n"));
  const auto broken_signature = "  int f(int a,\n        int b) {\n    g();\n  }\n" + lines(70, "");
  CHECK_FALSE(bites(function_length, "src/x.cpp", broken_signature));
  CHECK(bites(banned_words, "src/actors/x.cpp", std::string{"caf::infi"} + "nite"));
  CHECK(bites(banned_words, "src/actors/x.cpp", std::string{"// TO"} + "DO: later"));
  CHECK(bites(banned_words, "src/actors/x.cpp", std::string{"std::co"} + "ut << 1;"));
  CHECK_FALSE(bites(banned_words, "src/app/x.cpp", std::string{"std::co"} + "ut << 1;"));
  CHECK(bites(section_rulers, "src/x.cpp", "  // -- time\n  // " + std::string(80, '-') + "\n"));
  CHECK_FALSE(bites(section_rulers, "src/x.cpp", "// -- time " + std::string(80, '-') + "\n"));
  CHECK(bites(header_essay, "src/x.hpp", "#pragma once\n"));
  CHECK_FALSE(bites(header_essay, "src/x.hpp", "// What it is,\n// in two lines.\n#pragma once\n"));
  CHECK(bites(third_party, "src/domain/x.cpp", "#include <sqlite3.h>\n"));
  CHECK(bites(third_party, "src/store/x.cpp", "#include <caf/all.hpp>\n"));
  CHECK(bites(third_party, "src/gateway/x.cpp", "#include <httplib.h>\n"));
  CHECK(bites(third_party, "src/gateway/http.hpp", "#include <httplib.h>\n"));
}

TEST_CASE("includes go down the layers") { CHECK(all(include_direction, sources()) == ""); }

TEST_CASE("files have at most 400 lines of at most 100 columns") {
  CHECK(all(length, sources()) == "");
}

TEST_CASE("functions have at most 60 lines") { CHECK(all(function_length, sources()) == ""); }

TEST_CASE("words that have a better one are not used") {
  CHECK(all(banned_words, sources()) == "");
}

TEST_CASE("nothing is left behind by a patch or an editor") {
  std::string leftovers;
  const auto everywhere = {"src", "tests", "bench", "config", "docs", "scripts"};
  for (const auto& file : tree(everywhere, {".orig", ".rej", ".bak", ".swp", ".save", ".cpp~"}))
    leftovers += file.path + "\n";
  CHECK(leftovers == "");
}

TEST_CASE("the rulers of sections stand on one line") {
  CHECK(all(section_rulers, sources()) == "");
}

TEST_CASE("every header opens with an essay and is included once") {
  CHECK(all(header_essay, tree({"src", "tests"}, {".hpp"})) == "");
}

TEST_CASE("third-party headers stay where they are known") {
  CHECK(all(third_party, sources()) == "");
}

TEST_CASE("every key of the configuration is documented") {
  const auto page = read(root() / "docs/configuration.md");
  const auto keys = quoted(read(root() / "src/app/config_keys.cpp"), "([a-z_]+(?:\\.[a-z_]+)+)");
  CHECK(keys.size() > 20);
  for (const auto& key : keys)
    CHECK_MESSAGE(page.find("`" + key + "`") != std::string::npos,
                  (key + " is not in docs/configuration.md"));
}

TEST_CASE("the README names every endpoint") {
  const auto page = read(root() / "README.md");
  std::size_t endpoints = 0;
  for (const auto& file : tree({"src/gateway/routes"}, {".cpp"}))
    for (const auto& path : quoted(file.text, "(/[a-z][a-z/{}.]*)")) {
      if (path.rfind("/console/", 0) == 0) continue;  // parts of the console, not of the API
      ++endpoints;
      CHECK_MESSAGE(page.find(path) != std::string::npos, (path + " is not in the README"));
    }
  CHECK(endpoints > 15);
}

TEST_CASE("every decision is written down with its context, price and expiry") {
  for (const auto& page : tree({"docs/adr"}, {".md"}))
    for (const char* part :
         {"## Context", "## Decision", "## Consequence", "## What would change our mind"})
      CHECK_MESSAGE(page.text.find(part) != std::string::npos, (page.path + " lacks " + part));
}

}  // namespace taquilla::tidy
