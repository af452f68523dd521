// Goal: a letter names what was bought and is the same every time it is made, so that it can be
// sent again under its message id. Method: look for each fact in the text.
#include "domain/mail_text.hpp"

#include <doctest/doctest.h>

namespace taquilla {

namespace {

const purchase_order demo{"EVT-001", {"A", 1}, "test@email.com", {5000}, {}, {}};

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a confirmation names reservation, event, seat and amount") {
  const auto letter = confirmation_text(17, demo);
  CHECK(has(letter.subject, "17"));
  for (const char* fact : {"17", "EVT-001", "A1", "50.00"}) CHECK(has(letter.body, fact));
}

TEST_CASE("a cancellation is told from a confirmation by its subject") {
  const auto letter = cancellation_text(17, demo);
  CHECK(letter.subject != confirmation_text(17, demo).subject);
  for (const char* fact : {"17", "EVT-001", "A1", "50.00"}) CHECK(has(letter.body, fact));
}

TEST_CASE("the same reservation gives the same letter, in one line of subject") {
  CHECK(confirmation_text(17, demo).body == confirmation_text(17, demo).body);
  CHECK_FALSE(has(confirmation_text(17, demo).subject, "\n"));
}

}  // namespace taquilla
