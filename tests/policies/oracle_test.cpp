// Goal: agree with recordings of the originals: the real nginx and the real circuitbreaker library.
// Method: every row of every CSV is replayed with the parameters of its first line.
// TAQUILLA_ORACLES names another folder with nginx-limit-req/*.csv and circuit-breaker/*.csv.
#include "policies/circuit_breaker.hpp"
#include "policies/rate_limiter.hpp"

#include <doctest/doctest.h>

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
  std::vector<std::vector<std::string>> rows;
};

recording read_recording(const std::filesystem::path& file) {
  recording read;
  read.name = file.filename().string();
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  std::istringstream words(line);
  for (std::string word; words >> word;)
    if (const auto equals = word.find('='); equals != std::string::npos)
      read.parameters[word.substr(0, equals)] = word.substr(equals + 1);
  std::getline(in, line);  // the names of the columns
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    auto& row = read.rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) {
      if (!cell.empty() && cell.back() == '\r') cell.pop_back();
      row.push_back(cell);
    }
  }
  return read;
}

std::vector<recording> recordings(const std::string& original) {
  const char* elsewhere = std::getenv("TAQUILLA_ORACLES");
  const std::filesystem::path root =
      elsewhere != nullptr ? std::filesystem::path(elsewhere)
                           : std::filesystem::path(TAQUILLA_SOURCE_DIR) / "tests/data/oracles";
  std::vector<recording> found;
  for (const auto& entry : std::filesystem::directory_iterator(root / original))
    if (entry.path().extension() == ".csv") found.push_back(read_recording(entry.path()));
  return found;
}

std::int64_t rate_milli(const std::string& rate) {
  const bool per_minute = rate.find("r/m") != std::string::npos;
  return std::stoll(rate) * 1'000 / (per_minute ? 60 : 1);
}

duration_ms milliseconds(const std::string& text) {
  const bool already = text.find("ms") != std::string::npos;
  return static_cast<duration_ms>(std::stod(text) * (already ? 1 : 1'000));
}

}  // namespace

TEST_CASE("the limiter decides every recorded request as nginx did") {
  const auto files = recordings("nginx-limit-req");
  REQUIRE_FALSE(files.empty());
  for (const recording& each : files) {
    CAPTURE(each.name);
    rate_limiter_config config;
    config.rate_milli = rate_milli(each.parameters.at("rate"));
    config.burst = std::stoll(each.parameters.at("burst"));
    rate_limiter limiter(config);
    REQUIRE_FALSE(each.rows.empty());
    for (const auto& row : each.rows) {
      CAPTURE(row.at(1));
      CHECK(limiter.decide(row.at(0), std::stoll(row.at(1))).pass == (row.at(2) == "passed"));
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
    REQUIRE_FALSE(each.rows.empty());
    for (const auto& row : each.rows) {
      const instant_ms now = std::stoll(row.at(0));
      CAPTURE(now);
      // A rejected call (allowed = 0) never ran: its outcome column is what it would have been.
      const breaker_admission admission = breaker.acquire(now);
      CHECK(admission.admitted == (row.at(2) == "1"));
      if (admission.admitted)
        breaker.report(now, admission.permit,
                       row.at(1) == "ok" ? breaker_outcome::success : breaker_outcome::failure);
      const breaker_view shown = breaker.view(now);
      CHECK(to_string(shown.state) == row.at(3));
      CHECK(shown.consecutive == std::stoi(row.at(4)));
    }
  }
}
