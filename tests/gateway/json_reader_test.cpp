// Goal: nothing but strict JSON gets past the reader, and everything that is strict JSON does.
// Method: shapes of broken JSON are generated (truncations, planted bytes, wrong tokens, depth,
// size) around texts that are first shown to be good.
#include "gateway/json_reader.hpp"

#include "gateway/house.hpp"

#include <doctest/doctest.h>

using namespace taquilla;
using namespace taquilla::gateway;

namespace {

std::vector<std::string> broken_tokens() {
  std::vector<std::string> all = {"tru",
                                  "TRUE",
                                  "nul",
                                  "None",
                                  "NaN",
                                  "-NaN",
                                  "Infinity",
                                  "-Infinity",
                                  "undefined",
                                  "'a'",
                                  "\"",
                                  "\"a",
                                  "\"a\\\"",
                                  "\"\\x41\"",
                                  "\"\\u12\"",
                                  "\"\\u12G4\"",
                                  "\"\\uD800\"",
                                  "\"\\uDC00\"",
                                  "\"\\uD800\\u0041\"",
                                  "\"\\uDBFF\\uDBFF\"",
                                  "\"\\uD83D\"",
                                  "\"\\uDE00\\uD83D\"",
                                  "\"\\u0000\"",
                                  "\"a\\u0000b\"",
                                  "\"\\U0041\"",
                                  "\"\\a\"",
                                  "\"\\'\"",
                                  "\"\\0\"",
                                  "\"\\",
                                  "\"\t\"",
                                  "\"\n\"",
                                  "\"\r\"",
                                  "\"\x01\"",
                                  "\"\x1f\"",
                                  "+1",
                                  "01",
                                  "-01",
                                  "00",
                                  "1.",
                                  ".1",
                                  "-.1",
                                  "1.e1",
                                  "1e",
                                  "1e+",
                                  "1e-",
                                  "-",
                                  "--1",
                                  "1-1",
                                  "0x10",
                                  "0b1",
                                  "1_000",
                                  "1,5",
                                  "1 2",
                                  "0.1.2",
                                  "1e1.5",
                                  "[",
                                  "[1",
                                  "[1,",
                                  "[1,]",
                                  "[,1]",
                                  "[1,,2]",
                                  "]",
                                  "[1}",
                                  "{",
                                  "{\"a\"",
                                  "{\"a\":",
                                  "{\"a\":1",
                                  "{\"a\":1,",
                                  "{\"a\":1,}",
                                  "{,\"a\":1}",
                                  "{\"a\" 1}",
                                  "{\"a\"::1}",
                                  "{\"a\",1}",
                                  "{a:1}",
                                  "{1:1}",
                                  "{null:1}",
                                  "{'a':1}",
                                  "{\"a\":1 \"b\":2}",
                                  "{\"a\":1]",
                                  "}",
                                  ",",
                                  ":",
                                  "//x\n1",
                                  "/**/1",
                                  "1//",
                                  "#1",
                                  "1;",
                                  "()",
                                  "`a`",
                                  "\\u0031",
                                  "*",
                                  "@",
                                  "<a/>",
                                  "&",
                                  "\xC2\xA0"
                                  "1",
                                  "1\x0B",
                                  "\x0C"
                                  "1",
                                  "\"a\" \"b\"",
                                  "truefalse",
                                  "nulll",
                                  "1true",
                                  "{}{}",
                                  "[][]",
                                  "{} 1",
                                  "[]x"};
  for (const char* bytes : {"\x80",
                            "\xBF",
                            "\xC0\x80",
                            "\xC0\xAF",
                            "\xC1\xBF",
                            "\xC2",
                            "\xC3(",
                            "\xE0\x80\x80",
                            "\xE0\x9F\xBF",
                            "\xE2\x82",
                            "\xE2(\xA1",
                            "\xED\xA0\x80",
                            "\xED\xBF\xBF",
                            "\xEF\xBF",
                            "\xF0\x80\x80\x80",
                            "\xF0\x8F\xBF\xBF",
                            "\xF0\x9F\x98",
                            "\xF4\x90\x80\x80",
                            "\xF5\x80\x80\x80",
                            "\xF8\x88\x80\x80\x80",
                            "\xFE",
                            "\xFF",
                            "\xFF\xFE",
                            "\xFE\xFF"}) {
    all.push_back("\"" + std::string{bytes} + "\"");
    all.push_back(bytes);
  }
  return all;
}

std::vector<std::string> broken_documents() {
  std::vector<std::string> all = broken_tokens();
  const auto tokens = all.size();
  for (std::size_t i = 0; i < tokens; ++i) {
    all.push_back("{\"a\":" + all[i] + "}");
    all.push_back("[" + all[i] + ",0]");
  }
  const std::string whole =
      R"({"eventId":"EVT-001","seatId":"A1","userEmail":"test@email.com","amount":50.0})";
  for (std::size_t length = 0; length < whole.size(); ++length)
    all.push_back(whole.substr(0, length));
  all.push_back("\xEF\xBB\xBF" + whole);
  all.push_back("\xEF\xBB" + whole);
  all.push_back(whole + "\xEF\xBB\xBF");
  for (std::size_t at : {std::size_t{0}, std::size_t{1}, std::size_t{14}, whole.size()}) {
    auto planted = whole;
    planted.insert(at, 1, '\0');
    all.push_back(planted);
  }
  all.push_back(whole + whole);
  all.push_back(whole + "x");
  all.push_back(whole + ",");
  all.push_back(" ");
  all.push_back("\n\n");
  all.push_back(std::string(17, '[') + std::string(17, ']'));
  all.push_back(std::string(16'000, '['));
  std::string nested;
  for (int i = 0; i < 17; ++i) nested += "{\"a\":";
  all.push_back(nested + "1" + std::string(17, '}'));
  all.push_back(R"({"amount":1,"amount":1})");
  all.push_back(R"({"amount":1,"\u0061mount":2})");
  all.push_back(R"({"a":{"b":1,"b":2}})");
  all.push_back(R"([{"b":1,"b":2}])");
  all.push_back(R"({"":1,"":2})");
  return all;
}

bool is_broken(const std::string& text) {
  const auto read = read_json(text);
  return !read && read.failure().code == errc::malformed_json && !read.failure().detail.empty();
}

}  // namespace

TEST_CASE("three hundred and more broken bodies are malformed, each as a value and as a purchase") {
  const auto all = broken_documents();
  CHECK(all.size() >= 300);
  house h;
  for (const auto& text : all) {
    CAPTURE(text);
    if (text == "[1,5,0]") continue;  // the one token that is good inside an array
    CHECK(is_broken(text));
    const auto answer = h.ask(purchase(text));
    CHECK(answer.status == 400);
    CHECK(json_of(answer)["code"] == "malformed_json");
  }
  CHECK(h.desk.asked.empty());
}

TEST_CASE("strict JSON of every shape is read") {
  for (const char* text : {"{}",
                           "[]",
                           "0",
                           "-0",
                           "1",
                           "-1",
                           "1.5",
                           "1e2",
                           "1E-2",
                           "true",
                           "false",
                           "null",
                           "\"\"",
                           " { } ",
                           "\t[\r\n]\t",
                           "\"\\u0041\"",
                           "\"\\uD83D\\uDE00\"",
                           "\"\\/\"",
                           "\"\x7f\"",
                           "\"\xF4\x8F\xBF\xBF\"",
                           "\"\xE2\x82\xAC\"",
                           "[1,[2,[3]]]",
                           "{\"a\":{\"a\":{\"a\":1}}}",
                           "[{\"a\":1},{\"a\":2}]",
                           "{\"a\":[{\"b\":1}],\"b\":1}",
                           "1e400"}) {
    CAPTURE(text);
    CHECK(bool(read_json(text)));
  }
  CHECK(bool(read_json(std::string(16, '[') + std::string(16, ']'))));
}

TEST_CASE("what stands behind a number that is too large is read as strictly as the rest") {
  for (const char* text :
       {"1e400u", "{\"a\":1e400", "{\"a\":1e400,}", "{\"a\":1e400} x", "[1e400,[-1e999,]]",
        "{\"a\":1e400,\"a\":1}", "01e400", "[1e400,01e400]", "[1e400,+1e400]", "[1e400,1e400-]",
        "[1e400,1e400e]", "[1e400 1e400]", "[1e400,\"1e400]", "[1e400,\"\\\"1e400]"}) {
    CAPTURE(text);
    CHECK(is_broken(text));
  }
  const auto read = read_json(R"({"a":[1e999],"b":-1e400 ,"c":"\\\",1e400,\"","d":1e+1101})");
  REQUIRE(bool(read));
  REQUIRE(read->members.size() == 4);
  CHECK(read->find("b")->text == unacceptable_number);
  CHECK(read->find("c")->text == "\\\",1e400,\"");
  CHECK(read->find("d")->text == unacceptable_number);
  // Within a member it is that member's own business.
  const auto inner = read_json(R"({"a":{"b":1e999},"c":5,"d":[1e999]})");
  REQUIRE(bool(inner));
  CHECK(inner->find("c")->text == "5");
}

TEST_CASE("however many numbers are too large, they are wrong values of good JSON") {
  house h;
  std::string all = "{\"amount\":" + std::string(400, '9');
  for (int i = 0; i < 60; ++i) all += ",\"" + std::to_string(i) + "\":-1E+400";
  const auto answer = h.ask(purchase(all + "}"));
  CHECK(answer.status == 422);
  CHECK(json_of(answer)["code"] == "invalid_field");
}

TEST_CASE("members keep their order, their kind and the digits of their numbers") {
  const auto read =
      read_json(R"({"b":"x\u00e9","a":50.00,"n":-0,"big":123456789012345678901234567890,"t":true,)"
                R"("o":{"a":1},"l":[1,"x"],"z":null})");
  REQUIRE(bool(read));
  CHECK(read->is_object);
  const auto& members = read->members;
  REQUIRE(members.size() == 8);
  CHECK(members[0].name == "b");
  CHECK(members[0].text == "x\xC3\xA9");
  CHECK(members[1].text == "50.00");
  CHECK(members[3].text == "123456789012345678901234567890");
  CHECK(members[4].kind == json_kind::boolean);
  CHECK(members[5].kind == json_kind::object);
  CHECK(members[6].kind == json_kind::array);
  CHECK(members[7].kind == json_kind::null);
  CHECK(read->find("a") == &members[1]);
  CHECK(read->find("A") == nullptr);
}

TEST_CASE("an object has a limit of members") {
  const auto with_members = [](std::size_t count) {
    std::string text = "{";
    for (std::size_t i = 0; i < count; ++i)
      text += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":0";
    return text + "}";
  };
  CHECK(bool(read_json(with_members(json_members_max))));
  CHECK(is_broken(with_members(json_members_max + 1)));
  CHECK(is_broken("[" + with_members(json_members_max + 1) + "]"));
}
