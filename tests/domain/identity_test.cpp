// Goal: two requests are the same purchase exactly when event, seat, e-mail and amount agree; and
// only plausible mailboxes are written to. Method: change one field at a time; a table of
// addresses.
#include "domain/reservation.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

namespace taquilla {

namespace {

purchase_order demo() { return {"EVT-001", {"A", 1}, "test@email.com", {5000}, {}, {}}; }

/// Whether it is the same purchase after the change; the fingerprint must say what the fields say.
template <class Change>
bool same_after(Change change) {
  auto order = demo();
  change(order);
  const bool same = is_same_purchase(demo(), order);
  CHECK((identity_of(order) == identity_of(demo())) == same);
  return same;
}

}  // namespace

TEST_CASE("the same four fields are the same purchase, whatever key or evidence came with them") {
  CHECK(same_after([](auto& o) { o.idempotency_key = "k"; }));
  CHECK(same_after([](auto& o) { o.evidence = "burst 3 of 5"; }));
}

TEST_CASE("another event, row, number, buyer or price is another purchase") {
  CHECK_FALSE(same_after([](auto& o) { o.event = "EVT-002"; }));
  CHECK_FALSE(same_after([](auto& o) { o.seat = {"B", 1}; }));
  CHECK_FALSE(same_after([](auto& o) { o.seat = {"A", 2}; }));
  CHECK_FALSE(same_after([](auto& o) { o.email = "tesd@email.com"; }));
  CHECK_FALSE(same_after([](auto& o) { o.amount = {5001}; }));
}

TEST_CASE("a field does not run over into the next one") {
  auto left = demo(), right = demo();
  left.event = "E";
  left.seat = {"A", 12};
  left.email = "3@x";
  right.event = "E";
  right.seat = {"A", 1};
  right.email = "23@x";
  CHECK(identity_of(left) != identity_of(right));
}

TEST_CASE("a mailbox has one @, something on both sides, and nothing that breaks a header") {
  CHECK(is_email("test@email.com"));
  CHECK(is_email("a@b"));
  CHECK(is_email("jos\xc3\xa9@correo.es"));
  CHECK(is_email("o'neil+x@exa-mple.org"));
  CHECK(is_email(std::string(252, 'a') + "@b"));
  CHECK_FALSE(is_email(std::string(253, 'a') + "@b"));
  for (const char* text :
       {"", "@", "a@", "@b", "ab", "a@b@c", "a b@c", "a@b\r\nBcc: x", "a@\tb", "<a@b>", "a@b,c@d",
        "a@b;c", "\"a\"@b", "a@b\x7f", "a(b@x.y", "a@[1.2.3.4]", "a:b@c", "a\\@b"})
    CHECK_MESSAGE(!is_email(text), std::string{text});
  CHECK_FALSE(is_email(std::string_view{"a@b\0c", 5}));
}

TEST_CASE("every state of a reservation has the name that the API promises") {
  CHECK(std::string{to_string(reservation_state::pending)} == "pending");
  CHECK(std::string{to_string(reservation_state::confirmed)} == "confirmed");
  CHECK(std::string{to_string(reservation_state::cancelled)} == "cancelled");
  CHECK(std::string{to_string(reservation_state::failed)} == "failed");
}

}  // namespace taquilla
