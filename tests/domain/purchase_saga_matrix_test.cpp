// Goal: no row of the saga changes, appears or falls into the last row ("nothing changes")
// unnoticed. Method: print what every stage does with every event, with and without an
// Idempotency-Key, and compare with purchase_saga_matrix.txt. A row that shall change is changed by
// running this test with TAQUILLA_REWRITE_GOLDEN=1 and reading the difference.
#include "saga_text.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace taquilla {

namespace {

const char* const golden_file = TAQUILLA_SOURCE_DIR "/tests/domain/purchase_saga_matrix.txt";

std::string row(const saga::stage& stage, const saga::event& event) {
  const auto plain = testing::text_of(saga::step({false}, stage, event));
  const auto with_key = testing::text_of(saga::step({true}, stage, event));
  if (plain == testing::text_of(stage) + ":" && with_key == plain) return "-";
  if (plain == with_key) return plain;
  return plain + "\n      with a key: " + with_key;
}

std::string matrix() {
  std::ostringstream out;
  out << "What a purchase does: stage, event -> next stage: effects. '-' changes nothing.\n";
  for (const auto& stage : testing::every_stage()) {
    out << "\n" << testing::text_of(stage) << "\n";
    for (const auto& event : testing::every_event())
      out << "  " << testing::text_of(event) << " -> " << row(stage, event) << "\n";
  }
  return out.str();
}

}  // namespace

TEST_CASE("every stage does with every event what the golden table says") {
  const auto now = matrix();
  if (std::getenv("TAQUILLA_REWRITE_GOLDEN") != nullptr) std::ofstream{golden_file} << now;
  std::ifstream file{golden_file};
  std::istringstream lines{now};
  std::string expected, actual, where;
  for (int number = 1; std::getline(lines, actual); ++number) {
    std::getline(file, expected);
    if (!actual.empty() && actual.front() != ' ') where = actual;
    CAPTURE(number);
    CAPTURE(where);
    REQUIRE(actual == expected);
  }
  CHECK_FALSE(std::getline(file, expected));
}

TEST_CASE("the matrix asks every stage and every event there is") {
  std::set<std::size_t> stages, events;
  for (const auto& stage : testing::every_stage()) stages.insert(stage.index());
  for (const auto& event : testing::every_event()) events.insert(event.index());
  CHECK(stages.size() == std::variant_size_v<saga::stage>);
  CHECK(events.size() == std::variant_size_v<saga::event>);
}

TEST_CASE("stages, events and effects have names of their own") {
  std::set<std::string> stages, events;
  for (const auto& stage : testing::every_stage()) stages.insert(saga::name_of(stage));
  for (const auto& event : testing::every_event()) events.insert(saga::name_of(event));
  CHECK(stages.size() == std::variant_size_v<saga::stage>);
  CHECK(events.size() == std::variant_size_v<saga::event>);
  CHECK(std::string{saga::name_of(saga::stage{saga::failing{}})} == "failing");
  CHECK(std::string{saga::name_of(saga::event{saga::deadline_passed{}})} == "deadline_passed");
  CHECK(std::string{saga::name_of(saga::effect{saga::decline{}})} == "decline");
}

}  // namespace taquilla
