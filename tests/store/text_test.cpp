// Goal: what is written as text comes back as it was, whatever bytes it holds.
// Method: round trips over awkward fields, over every single byte, and over damaged lines.
#include "store/mail_number.hpp"
#include "store/timeline_text.hpp"

#include <doctest/doctest.h>

using namespace taquilla;
using namespace taquilla::store;

namespace {

timeline_entry round_trip(const timeline_entry& entry) {
  const auto back = decode_timeline(encode_timeline({entry}));
  REQUIRE(back.size() == 1);
  return back[0];
}

}  // namespace

TEST_CASE("a timeline comes back byte by byte") {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text{static_cast<char>(byte), 'x', static_cast<char>(byte)};
    const auto back = round_trip({-5, 7, text, text, text});
    CHECK(back.at == -5);
    CHECK(back.lasted_ms == 7);
    CHECK(back.step == text);
    CHECK(back.detail == text);
    CHECK(back.fault == text);
  }
  CHECK(round_trip({1, 2, "\\t", "\\\\n", "\\0\\"}).step == "\\t");
  CHECK(round_trip({1, 2, "\\t", "\\\\n", "\\0\\"}).fault == "\\0\\");
}

TEST_CASE("timelines that are appended as text are one timeline") {
  const auto text = encode_timeline({{1, 0, "a", "", ""}, {2, 0, "b", "", ""}}) +
                    encode_timeline({}) + encode_timeline({{3, 0, "c", "", "f"}});
  const auto back = decode_timeline(text);
  REQUIRE(back.size() == 3);
  CHECK(back[2].step == "c");
  CHECK(back[2].fault == "f");
  CHECK(decode_timeline("").empty());
}

TEST_CASE("a line that is no entry is left out") {
  const auto back = decode_timeline("nonsense\n1\t\tx\t\t\n5\t6\tkept\td\tf\n\n7");
  REQUIRE(back.size() == 1);
  CHECK(back[0].step == "kept");
}

TEST_CASE("a mail's number and its id name each other") {
  for (reservation_id id : {1ULL, 2ULL, 999'999'999'999ULL})
    for (auto kind : {mail_kind::confirmed, mail_kind::cancelled}) {
      const auto number = mail_number(id, kind);
      CHECK(reservation_of(number) == id);
      CHECK(parse_message_id(message_id_of(number)) == number);
    }
  CHECK(message_id_of(mail_number(17, mail_kind::confirmed)) == "17-confirmed");
  CHECK(mail_number(17, mail_kind::confirmed) < mail_number(17, mail_kind::cancelled));
}
