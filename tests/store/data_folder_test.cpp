// Goal: a data folder has one owner at a time, and whoever comes second is told who that is.
// Method: open the same folder twice, in one process and from a child that is killed.
#include "store/data_folder.hpp"

#include "store_fixture.hpp"

#include <csignal>
#include <fstream>
#include <sys/wait.h>

using namespace taquilla;
using namespace taquilla::testing;

TEST_CASE("a data folder is created with its parents, for its owner alone") {
  scratch_folder scratch;
  const auto wanted = scratch.path() + "/one/two/";
  const auto folder = data_folder::open(wanted, 1000);
  REQUIRE(folder);
  CHECK(std::filesystem::is_directory(folder->path()));
  CHECK(folder->store_file() == scratch.path() + "/one/two/taquilla.db");
  const auto rights = std::filesystem::status(folder->path()).permissions();
  CHECK(rights == std::filesystem::perms::owner_all);
  std::ifstream lock{folder->path() + "/LOCK"};
  std::string text;
  std::getline(lock, text);
  CHECK(text == "pid " + std::to_string(::getpid()) + ", since 1970-01-01 00:00:01 UTC");
}

TEST_CASE("the mark of an owner leaves nothing of a longer one before it") {
  scratch_folder scratch;
  std::ofstream{scratch.path() + "/LOCK"} << std::string(200, 'x') << '\n';
  const auto folder = data_folder::open(scratch.path(), 1000);
  REQUIRE(folder);
  std::ifstream lock{scratch.path() + "/LOCK"};
  const std::string text{std::istreambuf_iterator<char>{lock}, {}};
  CHECK(text == "pid " + std::to_string(::getpid()) + ", since 1970-01-01 00:00:01 UTC\n");
}

TEST_CASE("a data folder in use is refused, and the refusal names the holder's pid") {
  scratch_folder scratch;
  {
    const auto first = data_folder::open(scratch.path(), 1000);
    REQUIRE(first);
    const auto second = data_folder::open(scratch.path(), 2000);
    REQUIRE_FALSE(second);
    const auto& detail = second.failure().detail;
    CHECK_MESSAGE(detail.find("pid " + std::to_string(::getpid())) != std::string::npos, detail);
    CHECK(detail.find(scratch.path()) != std::string::npos);
    CHECK(detail.find("--data") != std::string::npos);
  }
  CHECK(data_folder::open(scratch.path(), 3000));
}

TEST_CASE("a data folder is free again when its owner is killed") {
  scratch_folder scratch;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto mine = data_folder::open(scratch.path(), 1000);
    if (!mine || ::write(ready[1], "x", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  const auto refused = data_folder::open(scratch.path(), 2000);
  REQUIRE_FALSE(refused);
  CHECK(refused.failure().detail.find("pid " + std::to_string(child)) != std::string::npos);
  ::kill(child, SIGKILL);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(data_folder::open(scratch.path(), 3000));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("a data folder that cannot be is refused with the reason") {
  scratch_folder scratch;
  std::ofstream{scratch.path() + "/file"} << "x";
  for (const auto& path :
       {scratch.path() + "/file", scratch.path() + "/file/below", std::string{}}) {
    const auto folder = data_folder::open(path, 1000);
    REQUIRE_FALSE(folder);
    CHECK(folder.failure().code == errc::store_unavailable);
    CHECK(folder.failure().detail.find("cannot be created") != std::string::npos);
  }
}

TEST_CASE("a data folder that was moved is still held") {
  scratch_folder scratch;
  auto first = data_folder::open(scratch.path(), 1000);
  REQUIRE(first);
  const data_folder moved{std::move(*first)};
  CHECK_FALSE(data_folder::open(scratch.path(), 2000));
  CHECK(moved.path() == scratch.path());
}
