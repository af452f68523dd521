// Goal: hints name what was meant, and are silent about what is nothing like it.
// Method: distances known by hand; typed words against small vocabularies.
#include "app/closest_name.hpp"

#include <doctest/doctest.h>

namespace taquilla::app {

TEST_CASE("an edit is an insertion, a deletion, a replacement or a swap of neighbours") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("port", "sport") == 1);
  CHECK(edit_distance("attempts", "atempts") == 1);
  CHECK(edit_distance("burst", "bursd") == 1);
  CHECK(edit_distance("brust", "burst") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest known word is proposed when it is near enough") {
  const std::vector<std::string> known{"serve", "audit", "simulate", "version"};
  CHECK(closest_name("simulat", known) == "simulate");
  CHECK(closest_name("adit", known) == "audit");
  CHECK(closest_name("versoin", known) == "version");
  CHECK(closest_name("banana", known).empty());
  CHECK(closest_name("", known).empty());
  CHECK(closest_name(std::string(10'000, 's'), known).empty());
}

}  // namespace taquilla::app
