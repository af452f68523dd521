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

TEST_CASE("a mailbox has one @, a domain behind it, and nothing that breaks a header") {
  CHECK(is_email("test@email.com"));
  CHECK(is_email("a@b"));
  CHECK(is_email("jos\xc3\xa9@correo.es"));
  CHECK(is_email("o'neil+x@exa-mple.org"));
  CHECK(is_email(std::string(252, 'a') + "@b"));
  CHECK_FALSE(is_email(std::string(253, 'a') + "@b"));
  for (const char* text :
       {"",        "@",       "a@",      "@b",     "ab",      "a@b@c",   "a b@c",   "a@b\r\nBcc: x",
        "a@\tb",   "<a@b>",   "a@b,c@d", "a@b;c",  "\"a\"@b", "a@b\x7f", "a(b@x.y", "a@[1.2.3.4]",
        "a:b@c",   "a\\@b",   "a@.",     "a@..",   "a@-",     "a@b..co", "a@.b",    "a@b.",
        "a@-b.co", "a@b-.co", "a@b.-co", "a@b.co-"})
    CHECK_MESSAGE(!is_email(text), std::string{text});
  CHECK_FALSE(is_email(std::string_view{"a@b\0c", 5}));
}

TEST_CASE("a mailbox may be of any script, but has no character that nobody sees") {
  struct range {
    const char *before, *first, *inside, *last, *behind;
  };
  const range table[] = {
      {"~", "\xc2\x80", "\xc2\x85", "\xc2\xa0", "\u00a1"},  // next line among them
      {"\u061b", "\u061c", "\u061c", "\u061c", "\u061d"},
      {"\u1fff", "\u2000", "\u200b", "\u200f", "\u2010"},  // zero width space
      {"\u2027", "\u2028", "\u202e", "\u202f", "\u2030"},  // right-to-left override
      {"\u205e", "\u205f", "\u2066", "\u206f", "\u2070"},  // left-to-right isolate
      {"\u2fff", "\u3000", "\u3000", "\u3000", "\u3001"},
      {"\ufefe", "\ufeff", "\ufeff", "\ufeff", "\uff00"},
      {"\ufffd", "\ufffe", "\ufffe", "\uffff", "\U00010000"},
  };
  for (const auto& [before, first, inside, last, behind] : table) {
    for (const std::string fit : {before, behind})
      CHECK_MESSAGE(is_email("a" + fit + "@b.co"), fit);
    for (const std::string unfit : {first, inside, last})
      for (const auto& text : {unfit + "a@b.co", "a@b" + unfit + ".co", "a@b.co" + unfit})
        CHECK_MESSAGE(!is_email(text), text);
  }
  for (const char* text :
       {"用户@例子.广告", "διάς@παράδειγμα.ελ", "مثال@موقع.وزارة", "\U0001F39F@b.co"})
    CHECK_MESSAGE(is_email(text), text);
}

TEST_CASE("every state of a reservation has the name that the API promises") {
  CHECK(std::string{to_string(reservation_state::pending)} == "pending");
  CHECK(std::string{to_string(reservation_state::confirmed)} == "confirmed");
  CHECK(std::string{to_string(reservation_state::cancelled)} == "cancelled");
  CHECK(std::string{to_string(reservation_state::failed)} == "failed");
}

}  // namespace taquilla
