// Goal: a letter names what was bought and is the same every time it is made, so that it can be
// sent again under its message id. Method: look for each fact in the text.
#include "domain/mail_text.hpp"

#include <doctest/doctest.h>

namespace taquilla {

namespace {

const mail_facts confirmed{mail_kind::confirmed, 17, "EVT-001", {"A", 1}, {5000}};
const mail_facts cancelled{mail_kind::cancelled, 17, "EVT-001", {"A", 1}, {5000}};

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a confirmation names reservation, event, seat and amount") {
  const auto letter = text_of(confirmed);
  CHECK(has(letter.subject, "17"));
  for (const char* fact : {"17", "EVT-001", "A1", "50.00"}) CHECK(has(letter.body, fact));
}

TEST_CASE("a cancellation is told from a confirmation by its subject") {
  const auto letter = text_of(cancelled);
  CHECK(letter.subject != text_of(confirmed).subject);
  for (const char* fact : {"17", "EVT-001", "A1", "50.00"}) CHECK(has(letter.body, fact));
}

TEST_CASE("the same reservation gives the same letter, in one line of subject") {
  CHECK(text_of(confirmed).body == text_of(confirmed).body);
  CHECK_FALSE(has(text_of(confirmed).subject, "\n"));
}

}  // namespace taquilla
