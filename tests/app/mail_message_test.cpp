// Goal: a mail is readable by any server and client, and nothing a buyer typed leaves the text.
// Method: exact texts for the encodings, hostile addresses and subjects, lengths of lines.
#include "app/mail_message.hpp"

#include <doctest/doctest.h>

#include <sstream>

namespace taquilla::app {

namespace {

mail sample() {
  mail m;
  m.message_id = "17-confirmed";
  m.to = "test@email.com";
  m.about = {mail_kind::confirmed, 17, "EVT-001", {"A", 1}, {5000}};
  return m;
}

std::size_t longest_line(const std::string& text) {
  std::istringstream in{text};
  std::size_t longest = 0;
  for (std::string line; std::getline(in, line);) longest = std::max(longest, line.size());
  return longest;
}

}  // namespace

TEST_CASE("a message has the headers that mail needs and an encoded body") {
  CHECK(*message_of(sample(), "taquilla@localhost", 1'795'505'812'000) ==
        "From: taquilla <taquilla@localhost>\r\n"
        "To: <test@email.com>\r\n"
        "Subject: Reserva confirmada 17: EVT-001, asiento A1\r\n"
        "Date: Tue, 24 Nov 2026 07:36:52 +0000\r\n"
        "Message-ID: <17-confirmed@taquilla>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "Auto-Submitted: auto-generated\r\n\r\n"
        "Hola:\r\n\r\n"
        "Su reserva est=C3=A1 confirmada y pagada.\r\n\r\n"
        "  Reserva: 17\r\n  Evento:  EVT-001\r\n  Asiento: A1\r\n  Importe: 50.00\r\n\r\n"
        "Presente el n=C3=BAmero de reserva en la entrada.\r\n\r\n");
}

TEST_CASE("a subject beyond ASCII becomes encoded words that never split a character") {
  CHECK(header_text("plain") == "plain");
  CHECK(header_text("é") == "=?UTF-8?B?w6k=?=");
  CHECK(header_text("=?UTF-8?B?w6k=?=") == "=?UTF-8?B?PT9VVEYtOD9CP3c2az0/PQ==?=");
  std::string many;
  for (int i = 0; i < 100; ++i) many += "€";
  for (const auto& text : {many, std::string(100, 'x')}) {  // ASCII is folded so as well
    const auto encoded = header_text(text);
    CHECK(longest_line(encoded) <= 76);
    CHECK(encoded.find("\r\n =?UTF-8?B?") != std::string::npos);
  }
}

TEST_CASE("a line break in a subject or a body never becomes a header") {
  auto m = sample();
  m.about.event = "x\r\nBcc: all@example.org\r\n.\r\nMAIL FROM:<x@y.z>\rtail";
  const auto text = *message_of(m, "taquilla@localhost", 0);
  const auto headers = text.substr(0, text.find("\r\n\r\n"));
  CHECK(headers.find("\r\nBcc:") == std::string::npos);
  CHECK(headers.find("\r\nMessage-ID: <17-confirmed@taquilla>") != std::string::npos);
  CHECK(text.find("=0Dtail") != std::string::npos);
}

TEST_CASE("a mail to an address that could end its header is none") {
  auto m = sample();
  m.to = "a@b\r\nRCPT TO:<c@d>";
  CHECK_FALSE(message_of(m, "taquilla@localhost", 0));
}

TEST_CASE("long lines are broken softly and blanks before a break are kept") {
  CHECK(longest_line(quoted_printable(std::string(500, 'x'))) <= 77);
  CHECK(quoted_printable("a \nb \n") == "a=20\r\nb=20\r\n");
  CHECK(quoted_printable("a ") == "a=20");
  CHECK(quoted_printable("1=1") == "1=3D1");
  CHECK(quoted_printable(std::string(76, 'x')) == std::string(75, 'x') + "=\r\nx");
}

}  // namespace taquilla::app
