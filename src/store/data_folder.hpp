// The data folder: created when missing, and owned by one process for as long as this object lives.
// The lock is the operating system's, on DATA/LOCK, so it goes with the process however that ends;
// the file's text (pid and start time) is for people alone. A second owner is refused and told who
// holds it.
// `--data :memory:` needs none. All that is POSIX about it is in data_folder.cpp. Any one thread.
#pragma once

#include "domain/error.hpp"
#include "domain/reservation.hpp"

#include <string>

namespace taquilla {

class data_folder {
 public:
  /// Creates (mode 0700: it holds addresses) and locks `path`. `now` is what LOCK says of the
  /// start. store_unavailable with a detail that says what, why and how to mend it.
  static result<data_folder> open(const std::string& path, wall_ms now);

  data_folder(data_folder&& other) noexcept;
  data_folder& operator=(data_folder&&) = delete;
  ~data_folder();  ///< gives the lock back; the LOCK file stays, for removing it would be a race

  const std::string& path() const { return path_; }
  std::string store_file() const { return path_ + "/taquilla.db"; }

 private:
  data_folder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_ = -1;
};

}  // namespace taquilla
