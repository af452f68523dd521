#include "store/data_folder.hpp"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace taquilla {

namespace {

error refused(const std::string& what, const std::string& advice) {
  return {errc::store_unavailable, what + "; " + advice, 0};
}

std::string reason() { return std::strerror(errno); }

/// A name is durable once the folder that holds it is synced. False: this file system cannot.
bool sync_folder(const std::filesystem::path& folder) {
  const auto name = folder.empty() ? std::string{"."} : folder.string();
  const int handle = ::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return false;
  const bool synced = ::fsync(handle) == 0;
  ::close(handle);
  return synced;
}

/// Creates the missing part of the path; each new name is synced into its parent.
bool create_folders(const std::filesystem::path& path) {
  std::error_code problem;
  if (std::filesystem::is_directory(path, problem)) return true;
  const auto parent = path.parent_path();
  if (!parent.empty() && parent != path && !create_folders(parent)) return false;
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return false;
  if (!std::filesystem::is_directory(path, problem)) {
    errno = ENOTDIR;
    return false;
  }
  return sync_folder(parent);
}

std::string holder_of(int lock) {
  char text[128] = {};
  const auto length = ::pread(lock, text, sizeof text - 1, 0);
  std::string holder{text, length > 0 ? static_cast<std::size_t>(length) : 0};
  while (!holder.empty() && holder.back() == '\n') holder.pop_back();
  return holder.empty() ? "another process" : holder;
}

bool write_holder(int lock, wall_ms now) {
  const auto seconds = static_cast<std::time_t>(now / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char since[32];
  std::strftime(since, sizeof since, "%Y-%m-%d %H:%M:%S", &utc);
  const auto text = "pid " + std::to_string(::getpid()) + ", since " + since + " UTC\n";
  return ::ftruncate(lock, 0) == 0 &&
         ::pwrite(lock, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

}  // namespace

result<data_folder> data_folder::open(const std::string& path, wall_ms now) {
  // "DATA/" is DATA: a trailing slash would be a nameless last part.
  auto folder = std::filesystem::path{path}.lexically_normal();
  if (folder.filename().empty() && folder.has_relative_path()) folder = folder.parent_path();
  if (path.empty() || !create_folders(folder))
    return refused("the data folder '" + path + "' cannot be created: " + reason(),
                   "choose another with --data, or --data :memory: to keep nothing");
  const auto file = (folder / "LOCK").string();
  const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0)
    return refused("the data folder '" + path + "' cannot be written: " + reason(),
                   "give this user the right to, or choose another with --data");
  data_folder owned{folder.string(), lock};
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      return refused("the data folder '" + path + "' is in use by " + holder_of(lock),
                     "stop that process, or choose another folder with --data");
    return refused("the data folder '" + path + "' cannot be locked: " + reason(),
                   "choose one on a local disk with --data");
  }
  if (!write_holder(lock, now))
    return refused("the data folder '" + path + "' cannot be written: " + reason(),
                   "make room on the disk, or choose another with --data");
  return owned;
}

data_folder::data_folder(data_folder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

data_folder::~data_folder() {
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace taquilla
