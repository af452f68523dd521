// Goal: every follower gets each line once and in order, is told of what it missed, and never costs
// more than its bounded queue.
// Method: the stream is read as the server reads it, by `take`, whole or byte by byte.
#include "gateway/house.hpp"
#include "gateway/live_stream.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using namespace taquilla;
using namespace taquilla::gateway;

namespace {

std::string take_all(byte_source& source, std::size_t step = 65'536) {
  std::string all;
  for (auto part = source.take(step); !part.empty(); part = source.take(step)) {
    CHECK(part.size() <= step);
    all += part;
  }
  return all;
}

std::size_t times(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

http_request follower(const std::string& last_event_id = {}) {
  auto request = request_to("GET", "/api/stream");
  if (!last_event_id.empty()) request.headers.emplace_back("Last-Event-ID", last_event_id);
  return request;
}

feed_news news(std::uint64_t sequence) {
  return {sequence, [sequence] { return feed_line{sequence, "k", "{}"}; }};
}

std::string line(std::uint64_t sequence) {
  const auto n = std::to_string(sequence);
  return "id: " + n + "\ndata: {\"sequence\":" + n + ",\"kind\":\"k\",\"data\":{}}\n\n";
}

}  // namespace

TEST_CASE("a follower gets a snapshot first and then what happens") {
  house h;
  h.desk.tell("k", "{}");
  const auto answer = h.ask(follower());
  CHECK(answer.status == 200);
  CHECK(answer.content_type == "text/event-stream; charset=utf-8");
  CHECK(answer.body == "retry: 2000\n\n");
  REQUIRE(answer.stream);
  int woken = 0;
  answer.stream->on_ready([&] { ++woken; });
  const auto first = take_all(*answer.stream);
  CHECK(first.find("id: 1\nevent: snapshot\ndata: {\"sequence\":1,\"version\":\"1.2.3\",\"health\":"
                   "{\"ready\":true") == 0);
  CHECK(first.find("\"eventId\":\"EVT-001\"") != std::string::npos);
  CHECK(times(first, "\"service\":") == 3);
  CHECK(times(first, "\n\n") == 1);
  CHECK(answer.stream->take(100).empty());
  h.desk.tell("breaker.opened", "{\"why\":\n\"x\"}");
  CHECK(woken == 1);
  CHECK(take_all(*answer.stream) ==
        "id: 2\ndata: {\"sequence\":2,\"kind\":\"breaker.opened\",\"data\":{\"why\": \"x\"}}\n\n");
  CHECK(!answer.stream->finished());
}

TEST_CASE("who comes back with the last id gets exactly what was missed") {
  house h;
  for (int i = 0; i < 5; ++i) h.desk.tell("k", "{}");
  const auto answer = h.ask(follower("3"));
  const auto text = take_all(*answer.stream);
  CHECK(text.find("event: snapshot\n") == 0);
  CHECK(text.substr(text.find("\n\n") + 2) == line(4) + line(5));
  h.desk.tell("k", "{}");
  CHECK(take_all(*answer.stream) == line(6));
  CHECK(h.ask(follower("x")).status == 422);
  auto twice = follower("3");
  twice.headers.emplace_back("last-event-id", "4");
  CHECK(h.ask(twice).status == 422);
  auto both = follower("5");  // a browser that comes back asks for the address it was given
  both.query.emplace_back("after", "1");
  const auto later = take_all(*h.ask(both).stream);
  CHECK(later.substr(later.find("\n\n") + 2) == line(6));
}

TEST_CASE(
    "lines that come while the snapshot is being made are given once, after the missed ones") {
  house h;
  for (int i = 0; i < 3; ++i) h.desk.tell("k", "{}");
  h.desk.answer_later = true;
  const auto answer = h.ask(follower("1"));
  h.desk.tell("k", "{}");
  CHECK(take_all(*answer.stream).empty());
  h.desk.answer_all();  // the five parts of the snapshot; then the missed lines are asked for
  h.desk.tell("k", "{}");
  CHECK(take_all(*answer.stream).empty());
  h.desk.answer_all();
  h.desk.tell("k", "{}");
  const auto text = take_all(*answer.stream);
  CHECK(text.substr(text.find("\n\n") + 2) == line(2) + line(3) + line(4) + line(5) + line(6));
}

TEST_CASE("a line that was among the missed ones is not given again when it is told late") {
  stream_client client{1};
  client.start("snapshot\n\n", {{2, "k", "{}"}, {3, "k", "{}"}});
  for (std::uint64_t sequence : {3, 4}) client.push(render_line({sequence, "k", "{}"}));
  CHECK(take_all(client) == "snapshot\n\n" + line(2) + line(3) + line(4));
}

TEST_CASE("a slow follower keeps 256 lines and is told how many it lost") {
  house h;
  h.desk.tell("k", "{}");
  const auto answer = h.ask(follower());
  take_all(*answer.stream);
  for (int i = 0; i < 300; ++i) h.desk.tell("k", "{}");
  const auto text = take_all(*answer.stream);
  CHECK(text.find("event: skipped\ndata: {\"n\":44}\n\n" + line(46)) == 0);
  CHECK(times(text, "id: ") == 256);
  CHECK(text.substr(text.size() - line(301).size()) == line(301));
  h.desk.tell("k", "{}");
  CHECK(take_all(*answer.stream) == line(302));
}

TEST_CASE("who was away too long is told of the lines that nobody keeps any more") {
  house h;
  for (int i = 0; i < 9; ++i) h.desk.tell("k", "{}");
  h.desk.kept_feed.erase(h.desk.kept_feed.begin(), h.desk.kept_feed.begin() + 6);
  const auto text = take_all(*h.ask(follower("2")).stream);
  CHECK(text.substr(text.find("\n\n") + 2) ==
        "event: skipped\ndata: {\"n\":4}\n\n" + line(7) + line(8) + line(9));
}

TEST_CASE("who comes back with an id of another start gets the snapshot and what follows") {
  for (const char* strange : {"0", "41", "53", "1767297600000001", "99999999999999999"}) {
    CAPTURE(strange);
    const auto start = [](house& h) {
      for (std::uint64_t n = 50; n <= 52; ++n) h.desk.kept_feed.push_back({n, "k", "{}"});
      h.desk.kept_feed.pop_back();
      h.desk.tell("k", "{}");  // 52, the first of this start
    };
    house h;
    start(h);
    const auto answer = h.ask(follower(strange));
    const auto text = take_all(*answer.stream);
    CHECK(text.find("id: 52\nevent: snapshot\n") == 0);
    CHECK(times(text, "\n\n") == 1);
    h.desk.tell("k", "{}");
    CHECK(take_all(*answer.stream) == line(53));
  }
  house fresh;
  const auto answer = fresh.ask(follower("7"));
  CHECK(times(take_all(*answer.stream), "\n\n") == 1);
  fresh.desk.tell("k", "{}");
  CHECK(take_all(*answer.stream) == line(1));
}

TEST_CASE("bytes come in any portion that the server asks for") {
  house h;
  for (int i = 0; i < 5; ++i) h.desk.tell("k", "{}");
  const auto whole = take_all(*h.ask(follower("1")).stream);
  for (std::size_t step : {1U, 2U, 7U, 40U})
    CHECK(take_all(*h.ask(follower("1")).stream, step) == whole);
}

TEST_CASE("who has seen nothing may ask for the last lines, and has missed none before them") {
  house h;
  h.desk.kept_feed.push_back({7, "of another start", "{}"});
  using parameters = std::vector<std::pair<std::string, std::string>>;
  const auto ask_for = [&h](parameters query, const std::string& last_event_id = {}) {
    auto request = follower(last_event_id);
    request.query = std::move(query);
    return take_all(*h.ask(request).stream);
  };
  const auto lines = [](const std::string& text) { return text.substr(text.find("\n\n") + 2); };
  CHECK(lines(ask_for({{"recent", "2"}})).empty());
  h.desk.kept_feed.clear();
  for (int i = 0; i < 5; ++i) h.desk.tell("k", "{}");
  CHECK(lines(ask_for({{"recent", "2"}})) == line(4) + line(5));
  CHECK(lines(ask_for({{"recent", "100"}})) == line(1) + line(2) + line(3) + line(4) + line(5));
  CHECK(lines(ask_for({{"recent", "0"}})).empty());
  CHECK(lines(ask_for({{"after", "2"}, {"recent", "1"}})) == line(3) + line(4) + line(5));
  CHECK(lines(ask_for({{"recent", "1"}}, "3")) == line(4) + line(5));
  CHECK(lines(ask_for({{"after", "99"}, {"recent", "1"}})) == line(5));
  h.desk.kept_feed.erase(h.desk.kept_feed.begin(), h.desk.kept_feed.begin() + 4);
  CHECK(lines(ask_for({{"recent", "4"}})) == line(5));
  CHECK(h.ask(request_to("GET", "/api/stream?recent=101")).status == 422);
}

TEST_CASE("a heartbeat is sent when there is nothing else, and never piles up") {
  house h;
  const auto answer = h.ask(follower());
  take_all(*answer.stream);
  h.app->heartbeat();
  h.app->heartbeat();
  CHECK(take_all(*answer.stream) == ": heartbeat\n\n");
}

TEST_CASE("the end is told to every follower after its last line, and nobody joins any more") {
  house h;
  const auto answer = h.ask(follower());
  take_all(*answer.stream);
  int woken = 0;
  answer.stream->on_ready([&] { ++woken; });
  h.desk.tell("k", "{}");
  h.app->say_goodbye();
  CHECK(woken == 2);
  CHECK(!answer.stream->finished());
  CHECK(take_all(*answer.stream) == line(1) + "event: bye\ndata: {}\n\n");
  CHECK(answer.stream->finished());
  CHECK(!h.desk.is_followed());
  CHECK(h.desk.waiting_stopped);
  CHECK(h.ask(follower()).status == 503);
}

TEST_CASE("a snapshot that comes when the desk has gone asks nobody for the missed lines") {
  house h;
  for (int i = 0; i < 3; ++i) h.desk.tell("k", "{}");
  h.desk.answer_later = true;
  auto request = follower();
  request.query.emplace_back("after", "1");
  const auto answer = h.try_ask(request);
  REQUIRE(answer);
  const auto late = h.desk.take_answers();
  h.app = nullptr;
  h.kept = nullptr;
  for (const auto& one : late) one();  // the sanitizers see whoever touches the desk
  CHECK(take_all(*answer->stream).find("snapshot") == std::string::npos);
}

TEST_CASE("followers have a limit, and one that leaves makes room") {
  auto options = house::quiet();
  options.stream_clients_max = 2;
  house h{options};
  const auto first = h.ask(follower());
  const auto second = h.ask(follower());
  const auto third = h.ask(follower());
  CHECK(third.status == 503);
  CHECK(json_of(third)["code"] == "overloaded");
  CHECK(header_of(third, "Retry-After") == "5");
  int woken = 0;
  first.stream->on_ready([&] { ++woken; });
  first.stream->closed();
  CHECK(first.stream->finished());
  h.desk.tell("k", "{}");
  CHECK(woken == 0);
  CHECK(h.ask(follower()).status == 200);
}

TEST_CASE("one address has a quarter of the followers' places, and the others are for the others") {
  auto options = house::quiet();
  options.stream_clients_max = 8;
  house h{options};
  const auto follow_from = [&h](const char* peer) {
    auto request = follower();
    request.peer = peer;
    return h.ask(request);
  };
  const auto first = follow_from("192.0.2.1"), second = follow_from("192.0.2.1");
  CHECK(second.status == 200);
  CHECK(follow_from("192.0.2.1").status == 503);
  CHECK(follow_from("192.0.2.2").status == 200);
  first.stream->closed();
  CHECK(follow_from("192.0.2.1").status == 200);
  CHECK(follow_from("192.0.2.1").status == 503);
  for (int i = 0; i < 5; ++i) CHECK(follow_from("127.0.0.1").status == 200);
  CHECK(follow_from("127.0.0.1").status == 503);  // these are all there are
}

TEST_CASE("a line is written out once for all who watch, and not at all when nobody does") {
  const auto stream = std::make_shared<live_stream>(4);
  int written = 0;
  const auto counted = [&written](std::uint64_t n) {
    return feed_news{n, [&written, n] {
                       ++written;
                       return feed_line{n, "k", "{}"};
                     }};
  };
  stream->publish(counted(1));
  CHECK(written == 0);
  const auto first = stream->join({}), second = stream->join({});
  stream->publish(counted(2));
  CHECK(written == 1);
  for (const auto& one : {first, second}) one->closed();
  stream->heartbeat();
  stream->publish(counted(3));
  CHECK(written == 1);
  CHECK(stream->last_sequence() == 3);
}

TEST_CASE("a feed that counts from one again is followed without a gap or a loss") {
  const auto stream = std::make_shared<live_stream>(4);
  for (std::uint64_t n : {7, 8}) stream->publish(news(n));
  const auto client = stream->join(7);
  client->start("s\n\n", {{8, "k", "{}"}});
  stream->publish(news(1));
  stream->publish(news(2));
  CHECK(take_all(*client) == "s\n\n" + line(8) + line(1) + line(2));

  const auto young = std::make_shared<live_stream>(4);  // that feed died after its first line
  young->publish(news(1));
  const auto early = young->join(0);
  early->start("s\n\n", {{1, "k", "{}"}});
  young->publish(news(1));
  CHECK(take_all(*early) == "s\n\n" + line(1) + line(1));
}

TEST_CASE("a feed that was born later is followed without a word of millions that are lost") {
  const auto stream = std::make_shared<live_stream>(4);
  const std::uint64_t born = 5'000'000'000, again = born + 7'000'000;
  stream->publish(news(born + 1));
  const auto client = stream->join({});
  client->start("s\n\n", {});
  const auto slow = stream->join({});
  slow->start("s\n\n", {});
  stream->publish(news(born + 2));
  stream->publish(news(again + 1));
  stream->publish(news(again + 3));
  const auto lost = std::string{"event: skipped\ndata: {\"n\":1}\n\n"};
  CHECK(take_all(*client) == "s\n\n" + line(born + 2) + line(again + 1) + lost + line(again + 3));
  CHECK_FALSE(stream->continues(born + 2));
  // The line that began it may be among those that a slow reader has lost.
  for (std::uint64_t n = 4; n < 4 + stream_client::lines_max; ++n) stream->publish(news(again + n));
  CHECK(take_all(*slow).find("s\n\n" + line(again + 4)) == 0);
}

TEST_CASE("a stream goes on for whoever saw the line before its first, and for nobody else") {
  const auto stream = std::make_shared<live_stream>(4);
  CHECK_FALSE(stream->continues(0));
  stream->publish(news(52));
  stream->publish(news(53));
  for (std::uint64_t seen : {51, 52, 53}) CHECK(stream->continues(seen));
  for (std::uint64_t seen : {50, 54}) CHECK_FALSE(stream->continues(seen));
  stream->publish(news(1));  // the feed counts from one again
  stream->publish(news(2));
  CHECK(stream->continues(1));
  CHECK_FALSE(stream->continues(52));
}

TEST_CASE("who joins is told of a line that is lost before the first that comes") {
  const auto stream = std::make_shared<live_stream>(4);
  stream->publish(news(7));
  const auto client = stream->join({});
  client->start("s\n\n", {});
  stream->publish(news(9));
  CHECK(take_all(*client) == "s\n\nevent: skipped\ndata: {\"n\":1}\n\n" + line(9));
}

TEST_CASE("a single line that was lost is told, and one that comes after the end is not") {
  stream_client client{3};
  client.start("s\n\n", {});
  client.push(render_line({5, "k", "{}"}));
  CHECK(take_all(client) == "s\n\nevent: skipped\ndata: {\"n\":1}\n\n" + line(5));
  client.end();
  client.push(render_line({6, "k", "{}"}));
  std::string end;
  while (!client.finished()) end += client.take(7);  // the end is not over before its last byte
  CHECK(end == "event: bye\ndata: {}\n\n");
}

TEST_CASE("lines pushed by one thread and taken by another arrive in order, whatever is skipped") {
  const auto stream = std::make_shared<live_stream>(4);
  const auto client = stream->join({});
  std::atomic<int> woken{0};
  client->on_ready([&] { ++woken; });
  client->start("s\n\n", {});
  constexpr int lines = 5'000;
  std::thread publisher{[&] {
    for (std::uint64_t n = 1; n <= lines; ++n) {
      stream->publish(news(n));
      if (n % 100 == 0) stream->heartbeat();
    }
    stream->say_goodbye();
  }};
  std::string text;
  while (!client->finished()) text += client->take(1'000);
  publisher.join();
  std::uint64_t last = 0, seen = 0, skipped = 0;
  for (const auto& groups : find_all(text, R"(id: (\d+)|\{"n":(\d+)\})")) {
    if (!groups[2].empty()) {
      skipped += std::stoull(groups[2]);
      continue;
    }
    const auto sequence = std::stoull(groups[1]);
    CHECK(sequence > last);
    last = sequence;
    ++seen;
  }
  CHECK(last == lines);
  CHECK(seen + skipped == lines);
  const std::string bye = "event: bye\ndata: {}\n\n";
  CHECK(text.substr(text.size() - bye.size()) == bye);
  CHECK(woken > 0);
}
