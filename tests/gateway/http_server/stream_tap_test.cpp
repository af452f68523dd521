// The answer without an end, on memory: what it takes, in which form, and how it ends.
#include "gateway/http_server/stream_tap.hpp"

#include "gateway/http_server/fake_application.hpp"

#include <doctest/doctest.h>

namespace taquilla::gateway::testing {

namespace {

std::string all_of(unsent_bytes& out) {
  std::string bytes;
  while (!out.empty()) {
    bytes += out.pending();
    out.sent(out.pending().size());
  }
  return bytes;
}

struct poured {
  std::shared_ptr<fake_stream> source = std::make_shared<fake_stream>();
  unsent_bytes out;
  stream_tap tap;
  explicit poured(bool chunked, std::string first = "first") {
    tap.open(source, chunked, std::move(first), out);
  }
};

}  // namespace

TEST_CASE("a stream goes out in chunks, and its end is one") {
  poured p{true};
  CHECK(all_of(p.out) == "5\r\nfirst\r\n");
  CHECK_FALSE(p.tap.pour(p.out));
  p.source->push("and what comes later");
  CHECK(p.tap.pour(p.out));
  CHECK(all_of(p.out) == "14\r\nand what comes later\r\n");
  p.source->finish();
  CHECK(p.tap.pour(p.out));
  CHECK(all_of(p.out) == "0\r\n\r\n");
  CHECK_FALSE(p.tap.is_open());
  CHECK(p.source->wait_closed());
}

TEST_CASE("a stream for HTTP/1.0 goes out as it is") {
  poured p{false};
  p.source->push("more");
  p.source->finish();
  while (p.tap.is_open()) p.tap.pour(p.out);
  CHECK(all_of(p.out) == "firstmore");
}

TEST_CASE("a stream without first bytes has no empty chunk, which would be its end") {
  poured p{true, ""};
  CHECK(p.out.empty());
}

TEST_CASE("of a stream no more is taken than there is room for") {
  poured p{true, ""};
  p.source->push(std::string(200'000, 'x'));
  while (p.tap.pour(p.out)) {
  }
  const auto once = p.out.size();
  CHECK(once >= 64 * 1024);
  CHECK(once < 65 * 1024);
  CHECK_FALSE(p.tap.pour(p.out));
  all_of(p.out);
  CHECK(p.tap.pour(p.out));
}

TEST_CASE("a stream that is cut says nothing more, and its source hears of it") {
  poured p{true, ""};
  p.source->push("never sent");
  p.tap.cut();
  p.tap.cut();
  CHECK(p.out.empty());
  CHECK_FALSE(p.tap.is_open());
  CHECK(p.source->wait_closed());
}

TEST_CASE("who follows a stream may send some bytes behind his request, and no more") {
  poured p{true, ""};
  CHECK_FALSE(p.tap.overrun_by(60'000));
  CHECK_FALSE(p.tap.overrun_by(5'000));
  CHECK(p.tap.overrun_by(1'000));
}

}  // namespace taquilla::gateway::testing
