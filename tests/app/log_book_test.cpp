// Goal: every service finds its lines in its own file, no text can forge a line, and a flood costs
// lines but neither memory nor waiting. Method: a log book on a temporary folder, read back after
// it is closed.
#include "app/log_book.hpp"

#include "app/log_follower.hpp"
#include "temporary_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace taquilla::app {

namespace {

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

log_line sample(const std::string& service) {
  log_line line;
  line.at = 1'795'505'812'345;
  line.service = service;
  line.kind = "reservation.confirmed";
  line.reservation = 17;
  line.subject = "EVT-001 A1";
  return line;
}

}  // namespace

TEST_CASE("a line is in the file of its service with its time, level and facts") {
  const temporary_folder folder;
  {
    log_book book{{}, folder.path()};
    book.write(sample("reservation"));
  }
  CHECK(lines_of(folder.path() + "/reservation.log") ==
        std::vector<std::string>{"2026-11-24 07:36:52.345Z info    reservation  "
                                 "reservation.confirmed #17 EVT-001 A1"});
  CHECK(lines_of(folder.path() + "/payment.log").empty());
}

TEST_CASE("a line has its level's name, and those below the least level are left out") {
  const temporary_folder folder;
  log_options options;
  options.level = log_level::warn;
  {
    log_book book{options, folder.path()};
    for (const auto level :
         {log_level::debug, log_level::info, log_level::warn, log_level::error}) {
      auto line = sample("gateway");
      line.level = level;
      book.write(line);
    }
  }
  const auto lines = lines_of(folder.path() + "/gateway.log");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].find("Z warn") != std::string::npos);
  CHECK(lines[1].find("Z error") != std::string::npos);
}

TEST_CASE("a JSON line is one object whatever the text holds") {
  const temporary_folder folder;
  log_options options;
  options.format = log_format::json;
  auto hostile = sample("payment");
  hostile.detail = "\"}\n{\"event\":\"forged\"}\x1b[31m\xff";
  {
    log_book book{options, folder.path()};
    book.write(hostile);
  }
  const auto lines = lines_of(folder.path() + "/payment.log");
  REQUIRE(lines.size() == 1);
  const auto line = nlohmann::json::parse(lines.front());
  CHECK(line["time"] == "2026-11-24T07:36:52.345Z");
  CHECK(line["level"] == "info");
  CHECK(line["service"] == "payment");
  CHECK(line["event"] == "reservation.confirmed");
  CHECK(line["reservationId"] == 17);
}

TEST_CASE("control characters are shown in a text line and not obeyed") {
  auto line = sample("gateway");
  line.detail = "a\nb\x1b[2Jc\x7f\x1f ";
  CHECK(render(line, log_format::text) ==
        "reservation.confirmed #17 EVT-001 A1: a\\nb\\x1b[2Jc\\x7f\\x1f ");
}

TEST_CASE("lines below the level are left out") {
  const temporary_folder folder;
  log_options options;
  options.level = log_level::warn;
  {
    log_book book{options, folder.path()};
    book.write(sample("inventory"));
    auto loud = sample("inventory");
    loud.level = log_level::error;
    book.write(loud);
  }
  CHECK(lines_of(folder.path() + "/inventory.log").size() == 1);
}

TEST_CASE("an unknown service is the supervisor's and a line can be in two files") {
  const temporary_folder folder;
  {
    log_book book{{}, folder.path()};
    auto line = sample("mail_relay");
    line.also_for = "notification";
    book.write(line);
  }
  CHECK(lines_of(folder.path() + "/supervisor.log").size() == 1);
  CHECK(lines_of(folder.path() + "/notification.log").size() == 1);
}

TEST_CASE("a flood drops the oldest lines, counts them, and keeps the files within their size") {
  const temporary_folder folder;
  log_options options;
  options.queue = 16;
  options.file_bytes = 4'096;
  options.files = 2;
  options.level = log_level::info;
  {
    log_book book{options, folder.path()};
    const auto second_file = std::filesystem::path{folder.path()} / "reservation.1.log";
    // Until the writer has filled a file: a machine with much to do lets it wait for long.
    for (int flood = 0; flood < 10'000 && !std::filesystem::exists(second_file); ++flood) {
      for (int i = 0; i < 1'000; ++i) book.write(sample("reservation"));
      std::this_thread::yield();
    }
    CHECK(book.dropped() > 0);
  }
  std::uintmax_t bytes = 0;
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator{folder.path()})
    if (file.path().filename().string().rfind("reservation", 0) == 0) {
      ++files;
      bytes += file.file_size();
    }
  CHECK(files == 2);
  CHECK(bytes <= 2 * 4'096);
}

TEST_CASE("a full file makes room, and the oldest of them goes") {
  const temporary_folder folder;
  log_options options;
  options.file_bytes = 1'024;
  options.files = 3;
  {
    log_book book{options, folder.path()};
    for (std::uint64_t id = 1; id <= 100; ++id) {  // about eighty bytes each
      auto line = sample("reservation");
      line.reservation = id;
      book.write(line);
    }
  }
  const std::string first = folder.path() + "/reservation";
  CHECK(lines_of(first + ".log").back().find("#100 ") != std::string::npos);
  CHECK(lines_of(first + ".2.log").front().find("#1 ") == std::string::npos);
  CHECK_FALSE(std::filesystem::exists(first + ".3.log"));
}

TEST_CASE("what was written before a wait for the writer is in the file after it") {
  const temporary_folder folder;
  log_book book{{}, folder.path()};
  for (int i = 0; i < 1'000; ++i) book.write(sample("payment"));
  REQUIRE(book.flush_within(30'000));
  CHECK(lines_of(folder.path() + "/payment.log").size() == 1'000);
}

TEST_CASE("a service's life is in its own file as well") {
  CHECK(line_of({1, 0, {"actor.up", "supervisor", 0, "reservation_desk", {}}}).also_for ==
        "reservation");
}

}  // namespace taquilla::app
