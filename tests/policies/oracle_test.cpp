// Goal: agree with recordings of the originals: the real nginx and the real circuitbreaker library.
// Method: every row of every CSV is replayed with the parameters of its comment lines.
// TAQUILLA_ORACLES names another folder with nginx-limit-req/*.csv and circuit-breaker/*.csv, at
// any depth; a word that is not known is an error, so that nothing is passed over in silence.
#include "policies/circuit_breaker.hpp"
#include "policies/rate_limiter.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using namespace taquilla;

namespace {

struct recording {
  std::string name;
  std::map<std::string, std::string> parameters;
  std::vector<std::map<std::string, std::string>> rows;  // by the names of the columns
};

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> found;
  std::istringstream cells(line);
  for (std::string cell; std::getline(cells, cell, ',');) {
    cell.erase(0, cell.find_first_not_of(" \t"));
    cell.erase(cell.find_last_not_of(" \t\r") + 1);
    found.push_back(cell);
  }
  return found;
}

bool is_comment(const std::string& line) {
  const auto mark = line.find('#');
  return mark == 0 || (mark == 3 && line[0] == '\xEF');  // behind a byte order mark
}

void read_parameters(const std::string& line, recording& into) {
  std::istringstream words(line);
  for (std::string word; words >> word;)
    if (const auto equals = word.find('='); equals != std::string::npos)
      into.parameters[word.substr(0, equals)] = word.substr(equals + 1);
}

recording read_recording(const std::filesystem::path& file) {
  recording read;
  read.name = file.filename().string();
  std::ifstream in(file);
  std::vector<std::string> columns;
  for (std::string line; std::getline(in, line);) {
    if (is_comment(line)) {
      read_parameters(line, read);
      continue;
    }
    const auto cells = cells_of(line);
    if (cells.empty() || cells == std::vector<std::string>{""}) continue;
    if (columns.empty()) {
      columns = cells;
      continue;
    }
    auto& row = read.rows.emplace_back();
    for (std::size_t at = 0; at < columns.size() && at < cells.size(); ++at)
      row[columns[at]] = cells[at];
  }
  return read;
}

std::vector<recording> recordings(const std::string& original) {
  const char* elsewhere = std::getenv("TAQUILLA_ORACLES");
  const std::filesystem::path root =
      elsewhere != nullptr ? std::filesystem::path(elsewhere)
                           : std::filesystem::path(TAQUILLA_SOURCE_DIR) / "tests/data/oracles";
  std::vector<recording> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / original)) {
    const auto kind = entry.path().extension();
    if (kind == ".csv" || kind == ".CSV") found.push_back(read_recording(entry.path()));
  }
  MESSAGE(original, ": ", found.size(), " recordings in ", root.string());
  return found;
}

bool passed(const std::string& decision) {
  CAPTURE(decision);
  const bool let_in = decision == "passed" || decision == "delayed";
  const bool known = let_in || decision == "rejected";
  REQUIRE(known);
  return let_in;
}

breaker_outcome outcome_of(const std::string& word) {
  CAPTURE(word);
  if (word == "ok") return breaker_outcome::success;
  if (word == "unmatched") return breaker_outcome::neutral;  // an exception that is not counted
  REQUIRE(word == "fail");
  return breaker_outcome::failure;
}

std::int64_t rate_milli(const std::string& rate) {
  const bool per_minute = rate.find("r/m") != std::string::npos;
  return std::stoll(rate) * 1'000 / (per_minute ? 60 : 1);
}

duration_ms milliseconds(const std::string& text) {
  const bool already = text.find("ms") != std::string::npos;
  return std::llround(std::stod(text) * (already ? 1 : 1'000));
}

}  // namespace

TEST_CASE("the limiter decides every recorded request as nginx did") {
  const auto files = recordings("nginx-limit-req");
  REQUIRE_FALSE(files.empty());
  for (const recording& each : files) {
    CAPTURE(each.name);
    rate_limiter_config config;
    config.rate_milli = rate_milli(each.parameters.at("rate"));
    config.burst = each.parameters.count("burst") ? std::stoll(each.parameters.at("burst")) : 0;
    config.profile = full_table::nginx;
    config.keys_max = 1'000'000;
    rate_limiter limiter(config);
    REQUIRE_FALSE(each.rows.empty());
    for (const auto& row : each.rows) {
      CAPTURE(row.at("t_ms"));
      const auto verdict = limiter.decide(row.at("key"), std::stoll(row.at("t_ms")));
      CHECK(verdict.pass == passed(row.at("decision")));
    }
  }
}

TEST_CASE("the legacy breaker takes every recorded step as the library did") {
  const auto files = recordings("circuit-breaker");
  REQUIRE_FALSE(files.empty());
  for (const recording& each : files) {
    CAPTURE(each.name);
    circuit_breaker_config config;
    config.profile = breaker_profile::legacy;
    config.failures = std::stoi(each.parameters.at("failure_threshold"));
    config.open_ms = milliseconds(each.parameters.at("recovery_timeout"));
    circuit_breaker breaker(config);
    instant_ms opened = instant_never - config.open_ms;  // as recorded
    REQUIRE_FALSE(each.rows.empty());
    for (const auto& row : each.rows) {
      const instant_ms now = std::stoll(row.at("t_ms"));
      CAPTURE(now);
      // A rejected call (allowed = 0) never ran: its outcome column is what it would have been.
      // The library adds and subtracts seconds as doubles: in the very millisecond in which its
      // open time ends, a rest of 1e-15 s may keep it shut. Only there is a recorded refusal
      // believed, and only against the recording's own opening.
      const bool rounded = row.at("allowed") == "0" && now == opened + config.open_ms;
      const instant_ms asked = rounded ? now - 1 : now;
      const breaker_admission admission = breaker.acquire(asked);
      CHECK(admission.admitted == (row.at("allowed") == "1"));
      if (admission.admitted)
        breaker.report(asked, admission.permit, outcome_of(row.at("outcome")));
      if (row.at("allowed") == "1" && row.at("state_after") == "open") opened = now;
      const breaker_view shown = breaker.view(asked);
      CHECK(to_string(shown.state) == row.at("state_after"));
      CHECK(shown.consecutive == std::stoi(row.at("failures_after")));
    }
  }
}
